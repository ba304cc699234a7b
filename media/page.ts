// The HTML of a panel: one pure function, used by the extension for its webviews and by the HTTP dashboard.

import { isPanelName, PANEL_TITLES, type PanelName } from './panels.ts'

/** Where the page finds its feed: the editor's `postMessage`, or a WebSocket at `url` (relative to the page, or absolute). */
export type FeedAddress = { kind: 'vscode' } | { kind: 'webSocket'; url: string }

export interface PageRequest {
  panel: PanelName
  /** Fresh for every page, at least 16 characters of base64url. */
  nonce: string
  /** Where styles, fonts and images may come from: `webview.cspSource` in VS Code, `'self'` on the HTTP page. */
  cspSource: string
  /** Addresses of the panel's modules, normally one: `<panel>.js`. */
  scripts: readonly string[]
  /** Addresses of style sheets: `panel.css`, and on the HTTP page `theme.css` before it. */
  styles: readonly string[]
  feed: FeedAddress
}

/** The request names something that has no place in a page: says which part and what it should be. */
export class PageRequestError extends Error {
  override name = 'PageRequestError'
  readonly part: keyof PageRequest
  constructor(part: keyof PageRequest, text: string) {
    super(text)
    this.part = part
  }
}

/**
 * Writes a panel's page. Every value is escaped; scripts run only with the nonce, nothing is fetched from elsewhere.
 * @throws {PageRequestError} for an unknown panel, or a nonce or source that could break out of the policy
 * @example page({ panel: 'workers', nonce, cspSource: "'self'", scripts: ['/media/workers.js'],
 *   styles: ['/media/theme.css', '/media/panel.css'], feed: { kind: 'webSocket', url: '/feed' } })
 */
export function page(request: PageRequest): string {
  const { panel, scripts, styles, nonce, feed } = request
  if (!isPanelName(panel))
    throw new PageRequestError(
      'panel',
      `there is no panel ${JSON.stringify(panel)}: see PANELS for their names`,
    )
  const title = `${PANEL_TITLES[panel]} · Heddle`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(request))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="heddle-panel" content="${escapeHtml(panel)}">
<meta name="heddle-feed" content="${escapeHtml(feed.kind === 'vscode' ? 'vscode' : `webSocket ${feed.url}`)}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`).join('\n')}
</head>
<body>
<div id="root"></div>
<noscript>This panel needs JavaScript.</noscript>
${scripts
  .map((src) => `<script type="module" nonce="${escapeHtml(nonce)}" src="${escapeHtml(src)}"></script>`)
  .join('\n')}
</body>
</html>
`
}

/**
 * The page's policy; the HTTP dashboard may send it as a header too.
 * @throws {PageRequestError} when the nonce or the source holds anything that could end its directive
 */
export function contentSecurityPolicy({ nonce, cspSource, feed }: PageRequest): string {
  if (!/^[\w+/=-]{16,}$/.test(nonce))
    throw new PageRequestError('nonce', 'a page needs a nonce of at least 16 base64 characters')
  if (/[;,"<>]/.test(cspSource))
    throw new PageRequestError(
      'cspSource',
      `${JSON.stringify(cspSource)} is no source list: ; and , would end it`,
    )
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    `connect-src ${connectSource(feed)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function connectSource(feed: FeedAddress): string {
  if (feed.kind === 'vscode') return "'none'"
  if (!/^wss?:/i.test(feed.url)) return "'self'"
  return `'self' ${new URL(feed.url).origin}`
}

/** Text as it may stand in an element or between double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
