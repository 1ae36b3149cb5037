// Fails on a broken link: first in the Markdown of the repository as it stands, then in the site
// that was built from it. Links to other hosts are not followed, so it needs no network.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMarkdownRenderer } from 'vitepress'
import { isExternal, root, slugOf, targetOf } from './markdown.mjs'

const broken = []
let links = 0

function filesOf(...patterns) {
  // those that are not committed yet as well, and none that git ignores
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns]
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
}

const md = await createMarkdownRenderer(root)

function inline(text) {
  return text.map((token) => (token.type === 'image' ? '' : token.content)).join('')
}

/** The links of a Markdown file, and the anchors of its headings. */
function read(file) {
  const found = { links: [], anchors: new Set() }
  const tokens = md.parse(readFileSync(join(root, file), 'utf8'), { path: join(root, file) })
  tokens.forEach((token, at) => {
    for (const child of token.children ?? []) {
      const link = child.attrGet(child.type === 'image' ? 'src' : 'href')
      if (link && (child.type === 'image' || child.type === 'link_open')) {
        const anchorOfHeading = child.attrGet('class') === 'header-anchor'
        if (!anchorOfHeading) found.links.push(link)
      }
    }
    if (token.type === 'heading_open') {
      const words = tokens[at + 1].children.filter(
        (child) => child.type === 'text' || child.type === 'code_inline',
      )
      const slug = slugOf(inline(words))
      let unique = slug
      for (let n = 1; found.anchors.has(unique); n++) unique = `${slug}-${n}`
      found.anchors.add(unique)
    }
  })
  return found
}

const markdown = new Map(filesOf('*.md').filter((file) => existsSync(join(root, file))).map((file) => [file, read(file)]))
const files = new Set(filesOf())

for (const [file, { links: all }] of markdown) {
  for (const link of all.filter((link) => !isExternal(link))) {
    links++
    const { target, anchor } = targetOf(link, file)
    const isFile = files.has(target) && existsSync(join(root, target))
    const isDirectory = [...files].some((name) => name.startsWith(`${target}/`))
    if (!isFile && !isDirectory) {
      broken.push(`${file}: ${link}: no such file`)
    } else if (anchor && !markdown.get(target)?.anchors.has(decodeURIComponent(anchor))) {
      broken.push(`${file}: ${link}: no such heading`)
    }
  }
}

// Each page is in one of the two lists.
const listed = new Set()
for (const list of ['docs/README.md', 'docs/adr/README.md']) {
  for (const link of markdown.get(list)?.links ?? []) listed.add(targetOf(link, list).target)
}
for (const file of markdown.keys()) {
  if (/^docs\/(adr\/)?[^/]+\.md$/.test(file) && file !== 'docs/README.md' && !listed.has(file)) {
    broken.push(`${file}: not in docs/README.md or docs/adr/README.md`)
  }
}
console.log(`${links} links in ${markdown.size} Markdown files`)

const site = join(dirname(fileURLToPath(import.meta.url)), 'dist')
const pages = new Map()
for (const name of readdirSync(site, { recursive: true })) {
  if (name.endsWith('.html')) pages.set(name, readFileSync(join(site, name), 'utf8'))
}
let siteLinks = 0
for (const [name, html] of pages) {
  if (name === '404.html') continue
  for (const [, link] of html.matchAll(/\b(?:href|src)="([^"]*)"/g)) {
    if (isExternal(link) || link === '') continue
    siteLinks++
    const [path, anchor] = link.split('#')
    let target = path === '' ? name : path.startsWith('/') ? path.slice(1) : join(dirname(name), path)
    if (target === '' || target.endsWith('/')) target += 'index.html'
    const file = join(site, decodeURI(target))
    if (!existsSync(file) || statSync(file).isDirectory()) {
      broken.push(`site: ${name}: ${link}: no such file`)
    } else if (anchor && !pages.get(relative(site, file))?.includes(` id="${decodeURIComponent(anchor)}"`)) {
      broken.push(`site: ${name}: ${link}: no such heading`)
    }
  }
}
console.log(`${siteLinks} links in ${pages.size} pages of the site`)

if (broken.length > 0) {
  console.error(broken.join('\n'))
  console.error(`${broken.length} broken links`)
  process.exit(1)
}
