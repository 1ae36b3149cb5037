// The page of the stats server: it asks each second, and builds everything by textContent, for
// paths and names come from clients.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';
const TEN_MINUTES = 600;
const open = new Set();
const byId = (id) => document.getElementById(id);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function duration(millis) {
  if (millis < 1000) return millis + ' ms';
  if (millis < 100000) return (millis / 1000).toFixed(1) + ' s';
  return Math.floor(millis / 60000) + ' m ' + Math.floor((millis % 60000) / 1000) + ' s';
}

function percent(share) {
  return Math.round(share * 100) + ' %';
}

// without package and file: the stack has them
function short(frame) {
  return frame.replace(/^(?:[\w$]+\.)+(?=[\w$]+\.[\w$<>]+(?:\(|$))/, '').replace(/\([^():]+:(\d+)\)$/, ':$1');
}

function perSecond(counters, times) {
  return counters.map((value, i) =>
    i === 0 ? 0 : Math.max(0, (value - counters[i - 1]) * 1000 / Math.max(1, times[i] - times[i - 1])));
}

function tile(name, value, warn) {
  const box = element('div', warn ? 'warn' : '');
  box.append(element('dt', '', name), element('dd', '', value));
  return box;
}

function rounded(most) {
  if (most <= 1) return 1;
  const ten = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 5, 10]) if (most <= step * ten) return step * ten;
  return most;
}

// x is the age of a sample: a plot that has just begun fills from the right
function plot(svg, series) {
  const width = 600, height = 100;
  const most = rounded(Math.max(...series.flatMap((each) => each.values)));
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const parts = [0, 0.5, 1].map((share) => {
    const line = document.createElementNS(SVG, 'line');
    const y = height - share * height;
    for (const [name, value] of Object.entries({x1: 0, x2: width, y1: y, y2: y})) line.setAttribute(name, value);
    return line;
  });
  for (const each of series) {
    const line = document.createElementNS(SVG, 'polyline');
    const first = TEN_MINUTES - each.values.length;
    line.setAttribute('class', each.name);
    line.setAttribute('points', each.values.map((value, i) =>
      `${((first + i) * width / (TEN_MINUTES - 1)).toFixed(1)},${(height - value * height / most).toFixed(1)}`).join(' '));
    parts.push(line);
  }
  svg.replaceChildren(...parts);
  let scale = svg.parentElement.querySelector('.note');
  if (!scale) {
    scale = element('span', 'note');
    svg.parentElement.querySelector('figcaption').append(' ', scale);
  }
  scale.textContent = '(0 to ' + most.toLocaleString('en') + ')';
}

function showNumbers(stats, history) {
  const gate = stats.gate, queue = gate.queue, last = history.millis.length - 1;
  const done = perSecond(history.completed, history.millis);
  const refused = perSecond(history.refused, history.millis);
  byId('server').textContent = [stats.container, stats.model + ' ' + gate.limit,
    stats.hubs.count ? stats.hubs.count + ' hubs' : ''].filter(Boolean).join(' · ');
  const state = gate.draining ? 'draining' : stats.ready ? 'ready' : 'stopping';
  byId('state').textContent = state;
  byId('state').className = 'state ' + (state === 'ready' ? 'good' : 'bad');
  byId('tiles').replaceChildren(
    tile('inside, of N', gate.active + ' / ' + gate.limit, gate.active >= gate.limit),
    tile('queued', queue.waiting, queue.waiting > 0),
    tile('completed', Math.round(done[last] || 0) + ' /s'),
    tile('refused', Math.round(refused[last] || 0) + ' /s', refused[last] > 0),
    tile('queue p50', duration(queue.medianMillis)),
    tile('queue p99', duration(queue.p99Millis)),
    tile('run p50', duration(gate.run.medianMillis)),
    tile('run p99', duration(gate.run.p99Millis)),
    tile('oldest inside', duration(gate.longestRunningMillis)),
    tile('stuck', gate.stuck, gate.stuck > 0),
    tile('harakiri', gate.harakiris),
    tile('hub lag', duration(stats.hubs.lagMillis), stats.hubs.lagMillis > 100),
    tile('busiest hub', percent(Math.max(0, ...stats.hubs.each.map((hub) => hub.busyShare)))),
    tile('long slices', stats.hubs.longSlices),
    tile('retakes', stats.hubs.retakes));
  plot(byId('plot-requests'), [{name: 'c', values: history.limit}, {name: 'b', values: history.queued}, {name: 'a', values: history.inside}]);
  plot(byId('plot-rates'), [{name: 'b', values: refused}, {name: 'a', values: done}]);
  plot(byId('plot-queue'), [{name: 'b', values: history.queueP99Millis}, {name: 'a', values: history.queueMedianMillis}]);
  plot(byId('plot-run'), [{name: 'b', values: history.runP99Millis}, {name: 'a', values: history.runMedianMillis}]);
  plot(byId('plot-lag'), [{name: 'a', values: history.lagMillis}]);
  byId('control').hidden = !history.control;
}

function showGroups(answer) {
  const rows = answer.groups.map((group) => {
    const key = group.state + group.stack.join('\n');
    const details = element('details');
    details.open = open.has(key);
    details.addEventListener('toggle', () => { if (details.open) open.add(key); else open.delete(key); });
    const summary = element('summary');
    summary.append(
      element('span', 'count', group.count),
      element('span', '', group.state),
      element('span', 'dim', duration(group.oldestMillis)),
      element('span', '', short(group.waitsIn)),
      element('span', '', short(group.frame)),
      element('span', 'dim', group.requests.join(', ')));
    const stack = (group.waitsIn ? 'in ' + group.waitsIn + '\n' : '') + group.stack.map((frame) => 'at ' + frame).join('\n');
    details.append(summary, element('pre', '', stack || (answer.stacksMissing > 0 ? 'no thread runs for these, or its stack is missing' : 'no thread runs for these')));
    return details;
  });
  byId('groups').replaceChildren(...(rows.length ? rows : [element('p', 'none', 'no requests')]));
  if (answer.stacksMissing > 0) {
    byId('groups').append(element('p', 'none', answer.stacksMissing + ' requests without their stack: the server took stacks for as long as it may'));
  }
}

function showReports(answer) {
  const rows = answer.reports.map((report) => {
    const key = 'report' + report.timeMillis + report.frame;
    const details = element('details');
    details.open = open.has(key);
    details.addEventListener('toggle', () => { if (details.open) open.add(key); else open.delete(key); });
    const summary = element('summary', 'report');
    summary.append(
      element('span', 'dim', new Date(report.timeMillis).toLocaleTimeString()),
      element('span', '', report.kind),
      element('span', 'dim', duration(report.lastedMillis)),
      element('span', '', report.cause),
      element('span', '', short(report.frame)),
      element('span', 'dim', report.request));
    details.append(summary,
      element('pre', '', report.advice + '\n' + report.stack.map((frame) => 'at ' + frame).join('\n')));
    return details;
  });
  byId('reports').replaceChildren(...(rows.length ? rows : [element('p', 'none', 'none')]));
}

async function json(path) {
  const answer = await fetch(path, {cache: 'no-store'});
  if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()).trim());
  return answer.json();
}

async function refresh() {
  try {
    const [stats, history, groups, reports] = await Promise.all(
      [json('../'), json('history'), json('requests?group=stack&format=json'), json('reports?format=json')]);
    showNumbers(stats, history);
    showGroups(groups);
    showReports(reports);
  } catch (failed) {
    byId('state').textContent = 'no answer: ' + failed.message;
    byId('state').className = 'state bad';
  }
  setTimeout(refresh, 1000);
}

async function change(path) {
  try {
    const answer = await fetch(path, {method: 'POST', headers: {'Treadle-Control': 'page'}});
    byId('answer').textContent = (await answer.text()).trim();
  } catch (failed) {
    byId('answer').textContent = 'no answer: ' + failed.message;
  }
}

byId('switch').addEventListener('click', () =>
  change('switch?' + byId('model').value + '=' + encodeURIComponent(byId('n').value)));
byId('drain').addEventListener('click', () => change('drain'));
byId('resume').addEventListener('click', () => change('resume'));
refresh();
