// A headless Chromium for panels: what a page says on its console, and every violation of its policy, is kept.

import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where Debian and others put it; the tests of panels need one of them. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** @throws {Error} when there is no Chromium; says how to have one */
export function launchBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place))
  if (!executablePath)
    throw new Error('The tests of panels need Chromium: apt-get install -y chromium fonts-dejavu-core')
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface WatchedPage {
  page: Page
  /** Errors and warnings of the console, uncaught errors, and violations of the page's policy. */
  complaints: string[]
  /** Addresses outside the page's own origin that it asked for. */
  foreign: string[]
  close(): Promise<void>
}

export async function openWatched(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { before?: (page: Page) => Promise<void> } = {},
): Promise<WatchedPage> {
  const { before, ...contextOptions } = options
  const context = await browser.newContext({ viewport: { width: 1180, height: 720 }, ...contextOptions })
  // What does not come on a busy machine in this time does not come.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(new URL(url).origin) && !address.startsWith('data:')) foreign.push(address)
  })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    )
  })
  await before?.(page)
  await page.goto(url)
  return { page, complaints, foreign, close: () => context.close() }
}
