import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { copied, linksOfSite, pageOf, root, slugOf } from './markdown.mjs'

const decisions = readdirSync(join(root, 'docs/adr'))
  .filter((name) => /^\d{4}-.*\.md$/.test(name))
  .sort()
  .map((name) => {
    const title = /^# (.*)$/m.exec(readFileSync(join(root, 'docs/adr', name), 'utf8'))[1]
    return { text: title.replaceAll('`', ''), link: `/adr/${name.replace(/\.md$/, '')}` }
  })

export default defineConfig({
  title: 'Treadle',
  description: 'One flag decides how a Java server runs its requests.',
  lang: 'en',

  // The Markdown is read where it is. Its links are those of the repository, so it reads well on
  // GitHub too, and links_of_site turns them into those of the site.
  srcDir: '..',
  srcExclude: ['**/target/**', '.treadle/**', 'bench/results/**', 'docs/node_modules/**'],
  rewrites: (file) => pageOf(file),
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify: slugOf },
    config: linksOfSite,
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  // Nothing of the outside: fonts, pictures and the index of the search are part of the site.
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['meta', { name: 'color-scheme', content: 'light dark' }],
  ],
  buildEnd(site) {
    for (const [from, to] of Object.entries(copied)) {
      copyFileSync(join(root, from), join(site.outDir, to))
    }
  },

  vite: {
    plugins: [
      {
        // Pages outside of docs/ are rendered with the Vue of docs/node_modules, as all others are.
        name: 'one-vue',
        enforce: 'pre',
        resolveId: (id, _importer, { ssr }) =>
          ssr && (id === 'vue' || id === 'vue/server-renderer') ? { id, external: true } : null,
      },
    ],
  },

  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    externalLinkIcon: true,
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Which model', link: '/which-model' },
      { text: 'Settings', link: '/settings' },
      { text: 'Operations', link: '/operations' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'Treadle', link: '/' },
          { text: 'Overview', link: '/overview' },
          { text: 'Getting started', link: '/getting-started' },
          { text: 'Which model for whom', link: '/which-model' },
          { text: 'How to choose N', link: '/choosing-n' },
        ],
      },
      {
        text: 'Use',
        items: [
          { text: 'Spring Boot', link: '/spring-boot' },
          { text: 'The agent', link: '/agent' },
          { text: 'Standalone servers', link: '/standalone' },
          { text: 'Several applications, and reload', link: '/reload' },
          { text: 'WARs', link: '/wars' },
          { text: 'Settings', link: '/settings' },
          { text: 'The server\'s options', link: '/server-options' },
          { text: 'The bad hour', link: '/bad-hour' },
          { text: 'Operations', link: '/operations' },
          { text: 'Requests', link: '/observability' },
          { text: 'Examples for operators', link: '/examples' },
          { text: 'Several calls at once', link: '/greenlets' },
          { text: 'The view of an application', link: '/application' },
          { text: 'Security', link: '/security' },
          { text: 'FAQ', link: '/faq' },
        ],
      },
      {
        text: 'Understand',
        items: [
          { text: 'How it works', link: '/how-it-works' },
          { text: 'Hub and blocking', link: '/hub' },
          { text: 'JDK internals', link: '/jdk-internals' },
          { text: 'Compatibility', link: '/compatibility' },
          { text: 'Versions and support', link: '/versioning' },
          { text: 'Benchmarks', link: '/benchmarks' },
          { text: 'Alternatives', link: '/alternatives' },
        ],
      },
      {
        text: 'Project',
        items: [
          { text: 'Contributing', link: '/contributing' },
          { text: 'Changelog', link: '/changelog' },
          { text: 'The benchmark command', link: '/bench' },
          { text: 'Decisions', link: '/adr/', collapsed: true, items: decisions },
        ],
      },
    ],
  },
})
