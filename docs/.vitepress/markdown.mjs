// How Markdown of the repository becomes pages: which file is which page, and what a heading's
// anchor is. config.mjs and check-links.mjs share it.
import { existsSync } from 'node:fs'
import { dirname, join, normalize, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The pages outside of docs/. */
const others = {
  'README.md': 'index.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'SECURITY.md': 'security-policy.md',
  'bench/README.md': 'bench.md',
  'examples/README.md': 'examples.md',
}

/** Files that are no pages and that the site has all the same. */
export const copied = {
  LICENSE: 'LICENSE.txt',
  'examples/docker/Dockerfile': 'Dockerfile.txt',
  'examples/grafana/treadle.json': 'treadle.json',
  'examples/kubernetes/treadle.yaml': 'treadle.yaml',
}

/** Whether a Markdown file of the repository is a page. */
export function isPage(file) {
  return file in others || /^docs\/(adr\/)?[^/]+\.md$/.test(file)
}

/** The page of a Markdown file: its path in the site. */
export function pageOf(file) {
  if (file in others) {
    return others[file]
  }
  const inDocs = file.replace(/^docs\//, '')
  return inDocs === 'README.md' ? 'overview.md' : inDocs.replace(/README\.md$/, 'index.md')
}

/** The anchor of a heading, as GitHub makes it. */
export function slugOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replace(/ /g, '-')
}

/** Splits a relative link of a file into a path from the root of the repository and an anchor. */
export function targetOf(link, file) {
  const [path, anchor = ''] = link.split('#')
  const target =
    path === '' ? file : normalize(join(dirname(file), decodeURI(path))).split(sep).join('/')
  return { target: target.replace(/\/$/, ''), anchor }
}

/** Whether a link leads to another host, or is none to a file. */
export function isExternal(link) {
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(link)
}

/**
 * A rule for markdown-it: links are relative to the file, as on GitHub, and become links of the
 * site. A link to a file that is no page becomes plain text.
 */
export function linksOfSite(md) {
  md.core.ruler.push('links_of_site', (state) => {
    const file = relative(root, state.env.realPath ?? state.env.path).split(sep).join('/')
    for (const block of state.tokens) {
      for (const token of block.children ?? []) {
        const link = token.type === 'link_open' ? token.attrGet('href') : null
        if (!link || link.startsWith('#') || isExternal(link)) {
          continue
        }
        const { target, anchor } = targetOf(link, file)
        const page = isPage(target) ? target : `${target}/README.md`
        const hash = anchor && `#${anchor}`
        if (isPage(page) && existsSync(join(root, page))) {
          token.attrSet('href', `/${pageOf(page)}${hash}`)
        } else if (target in copied) {
          token.attrSet('href', `/${copied[target]}`)
        }
      }
    }
  })
}
