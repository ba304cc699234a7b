// The HTML of panels: whole, escaped, and with a policy that nothing given can widen.

import assert from 'node:assert/strict'
import test from 'node:test'
import { contentSecurityPolicy, escapeHtml, type PageRequest, page } from '../../media/page.ts'
import { PANEL_TITLES, PANELS } from '../../media/panels.ts'

const request: PageRequest = {
  panel: 'workers',
  nonce: 'abcdefghijklmnop',
  cspSource: "'self'",
  scripts: ['/media/workers.js'],
  styles: ['/media/theme.css', '/media/panel.css'],
  feed: { kind: 'webSocket', url: '/feed' },
}

test('the whole page of a panel', () => {
  assert.equal(
    page(request),
    `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;nonce-abcdefghijklmnop&#39;; style-src &#39;self&#39;; font-src &#39;self&#39;; img-src &#39;self&#39; data:; connect-src &#39;self&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="heddle-panel" content="workers">
<meta name="heddle-feed" content="webSocket /feed">
<title>Workers · Heddle</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/media/theme.css">
<link rel="stylesheet" href="/media/panel.css">
</head>
<body>
<div id="root"></div>
<noscript>This panel needs JavaScript.</noscript>
<script type="module" nonce="abcdefghijklmnop" src="/media/workers.js"></script>
</body>
</html>
`,
  )
})

test('every panel has a page with its title', () => {
  for (const panel of PANELS)
    assert.ok(
      page({ ...request, panel }).includes(`<title>${escapeHtml(PANEL_TITLES[panel])} · Heddle</title>`),
    )
})

test('addresses that try to be markup stay addresses', () => {
  const nasty = '"><script>alert(1)</script>'
  const html = page({
    ...request,
    scripts: [nasty],
    styles: [nasty],
    feed: { kind: 'webSocket', url: nasty },
  })
  assert.equal(html.includes('<script>alert'), false)
  assert.equal(html.split('<script').length, 2)
  assert.ok(html.includes(`src="${escapeHtml(nasty)}"`))
})

test('a webview connects to nothing; a feed of another origin is the only one added', () => {
  const connect = (feed: PageRequest['feed']): string | undefined =>
    contentSecurityPolicy({ ...request, feed })
      .split('; ')
      .find((directive) => directive.startsWith('connect-src'))
  assert.equal(connect({ kind: 'vscode' }), "connect-src 'none'")
  assert.equal(
    connect({ kind: 'webSocket', url: 'wss://hpc.example:8787/feed?x=1' }),
    "connect-src 'self' wss://hpc.example:8787",
  )
})

test('a nonce, a source or a panel that could break the page is refused by name', () => {
  assert.throws(() => page({ ...request, nonce: "x'; script-src *" }), {
    name: 'PageRequestError',
    part: 'nonce',
    message: 'a page needs a nonce of at least 16 base64 characters',
  })
  assert.throws(() => page({ ...request, cspSource: "'self'; script-src *" }), {
    name: 'PageRequestError',
    part: 'cspSource',
    message: '"\'self\'; script-src *" is no source list: ; and , would end it',
  })
  assert.throws(() => page({ ...request, panel: '<b>' as 'workers' }), {
    name: 'PageRequestError',
    part: 'panel',
    message: 'there is no panel "<b>": see PANELS for their names',
  })
})
