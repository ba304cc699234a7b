// The dashboard over HTTP: signs browsers in, serves the panels' pages and their files, and nothing else.

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Auth, isLoopbackHost } from './auth.ts'

/** The pages, by the panel that each shows. */
const PAGES: Readonly<Record<string, string>> = {
  '/': 'dashboard',
  '/task-graph': 'taskGraph',
  '/task-stream': 'taskStream',
  '/workers': 'workers',
  '/jobs': 'jobs',
  '/gpu': 'gpu',
  '/results': 'results',
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
}

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

/** The template of `media`, as it is built into its folder. */
interface PageModule {
  page(request: PageRequest): string
  contentSecurityPolicy(request: PageRequest): string
}

interface PageRequest {
  panel: string
  nonce: string
  cspSource: string
  scripts: readonly string[]
  styles: readonly string[]
  feed: { kind: 'webSocket'; url: string }
}

export class Dashboard {
  readonly #auth: Auth
  readonly #mediaFolder: string
  #template: Promise<PageModule> | undefined

  /** @param mediaFolder the panels as they were built, e.g. `dist/media` */
  constructor(auth: Auth, mediaFolder: string) {
    this.#auth = auth
    this.#mediaFolder = mediaFolder
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request
    if (!isLoopbackHost(headers.host)) {
      answer(response, 403, 'This dashboard is served under localhost and 127.0.0.1 alone.')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'Only GET is served here.', { allow: 'GET, HEAD' })
      return
    }
    const url = new URL(request.url ?? '/', 'http://localhost')
    const signIn = url.searchParams.get('token')
    if (signIn !== null) {
      this.#signIn(url, signIn, response)
      return
    }
    if (!this.#auth.hasCookie(headers)) {
      answer(response, 401, SIGN_IN)
      return
    }
    if (Object.hasOwn(PAGES, url.pathname)) await this.#page(PAGES[url.pathname], response)
    else if (url.pathname.startsWith('/media/'))
      await this.#file(url.pathname.slice('/media/'.length), response)
    else answer(response, 404, `There is no page ${url.pathname}. There are: ${Object.keys(PAGES).join(' ')}`)
  }

  /** Turns the sign-in of the address into a cookie, and takes it out of the address: it then stays in no history. */
  #signIn(url: URL, given: string, response: ServerResponse): void {
    if (!this.#auth.isSignIn(given)) {
      answer(response, 401, SIGN_IN)
      return
    }
    // Relative, as all addresses in pages are: an editor in a browser serves the dashboard below a path of its own.
    const location = Object.hasOwn(PAGES, url.pathname) ? `.${url.pathname}` : './'
    response.writeHead(303, { ...ALWAYS, location, 'set-cookie': this.#auth.setCookie() }).end()
  }

  async #page(panel: string, response: ServerResponse): Promise<void> {
    const request: PageRequest = {
      panel,
      nonce: randomBytes(18).toString('base64url'),
      cspSource: "'self'",
      scripts: [`./media/${panel}.js`],
      styles: ['./media/theme.css', './media/panel.css'],
      feed: { kind: 'webSocket', url: './feed' },
    }
    let html: string
    let policy: string
    try {
      this.#template ??= import(pathToFileURL(join(this.#mediaFolder, 'page.js')).href) as Promise<PageModule>
      const { page, contentSecurityPolicy } = await this.#template
      html = page(request)
      policy = `${contentSecurityPolicy(request)}; frame-ancestors 'none'`
    } catch (error) {
      this.#template = undefined
      answer(response, 500, `The panels are not built or cannot be read: ${(error as Error).message}`)
      return
    }
    response
      .writeHead(200, {
        ...ALWAYS,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      })
      .end(html)
  }

  /** Files lie flat in one folder: a name with anything but letters, digits, `.`, `-` and `_` is none of them. */
  async #file(name: string, response: ServerResponse): Promise<void> {
    const type = TYPES[extname(name)]
    const found =
      type !== undefined && /^[\w-][\w.-]*$/.test(name)
        ? await readFile(join(this.#mediaFolder, name)).catch(() => undefined)
        : undefined
    if (found) response.writeHead(200, { ...ALWAYS, 'content-type': type }).end(found)
    else answer(response, 404, 'There is no such file.')
  }
}

const SIGN_IN =
  'This dashboard asks for a sign-in: open the whole address that heddle printed when the cluster started ' +
  '(`heddle clusters` prints it again).'

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { ...ALWAYS, ...headers, 'content-type': 'text/plain; charset=utf-8' })
    .end(`${text}\n`)
}
