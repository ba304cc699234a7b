// What a test needs to know about the workbench's page.

import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core'
import { installChromium } from './installServer.ts'

/** How long anything is waited for: a shorter time is for who writes a test. */
export const WAIT_MS = Number(process.env.HEDDLE_WAIT_MS ?? 180_000)

const EXTENSION = 'heddle.heddle-vscode'

/** @param started makes of the browser's program the one that starts it */
export function openBrowser(started: (program: string) => string = (program) => program): Promise<Browser> {
  return chromium.launch({
    executablePath: started(installChromium()),
    timeout: WAIT_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Every name but loopback fails at once, so nothing waits for a network that is not there.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
}

/**
 * The document inside a visible webview of Heddle's. It is two frames down: VS Code's iframe.webview (its address names the
 * extension) holds iframe#active-frame, which holds the page.
 * @param title the title of the page inside, when there are several
 */
export function webviews(page: Page): Locator {
  return page.locator(`iframe.webview.ready[src*="extensionId=${EXTENSION}&"]`)
}

/** The page inside the n-th webview. */
export function insideWebview(frames: Locator): FrameLocator {
  return frames.contentFrame().locator('iframe#active-frame').contentFrame()
}

/** The panel whose page has a `heddle-panel` of that name. */
export async function panelPage(page: Page, panel: string, ms = WAIT_MS): Promise<FrameLocator> {
  const deadline = Date.now() + ms
  for (;;) {
    const frames = webviews(page)
    for (let i = 0; i < (await frames.count()); i++) {
      const inside = insideWebview(frames.nth(i))
      const found = await inside
        .locator(`meta[name="heddle-panel"][content="${panel}"]`)
        .count()
        .catch(() => 0)
      if (found > 0) return inside
    }
    if (Date.now() > deadline) throw new Error(`the panel ${panel} did not show`)
    await pause(100)
  }
}

/** Code lenses by their text, from top to bottom. Only those on screen are in the page. */
export function codeLens(page: Page, text: string | RegExp): Locator {
  return page.locator('.codelens-decoration a', { hasText: text })
}

/**
 * Waits for exactly `count` such lenses, and for them to stay: whenever any extension registers a lens provider, all
 * lenses turn to plain text (nothing to click) and back within some two seconds.
 */
export async function settledLenses(page: Page, text: string | RegExp, count: number): Promise<Locator> {
  const steadyMs = 2500
  const deadline = Date.now() + WAIT_MS
  let since = 0
  let seen = 0
  while (Date.now() < deadline) {
    seen = await codeLens(page, text).count()
    if (seen !== count) since = 0
    else since ||= Date.now()
    if (since && Date.now() - since >= steadyMs) return codeLens(page, text)
    await pause(50)
  }
  throw new Error(`expected ${count} steady code lenses "${text}", last saw ${seen}`)
}

export function editorTab(page: Page, name: string | RegExp): Locator {
  return page.getByRole('tab', { name })
}

/** Makes the side bar so many pixels wider: descriptions in its trees are cut where there is no room. */
export async function widenSideBar(page: Page, pixels: number): Promise<void> {
  const bar = await page.locator('.part.sidebar').boundingBox()
  if (!bar) throw new Error('there is no side bar to widen')
  const [x, y] = [bar.x + bar.width + 1, bar.y + bar.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + pixels, y, { steps: 4 })
  await page.mouse.up()
}

/**
 * Opens a file of the folder by its name; resolves when its text stands in an editor: its tab alone is there before, above the
 * text and the lenses of another file.
 */
export async function openFile(page: Page, name: string): Promise<void> {
  const palette = page.locator('.quick-input-widget:visible')
  await again(async (timeout) => {
    await page.keyboard.press('Control+P')
    try {
      await palette.locator('input[type="text"]').fill(name, { timeout })
      await palette.locator('.monaco-list-row', { hasText: name }).first().click({ timeout })
    } catch (error) {
      await page.keyboard.press('Escape')
      throw error
    }
    await page.locator(`.monaco-editor[data-uri$="/${name}"]`).first().waitFor({ timeout })
  })
}

/** Clicks a button of a tree's row: pointed at again where an event moved the row, since only under the mouse it has buttons. */
export async function clickOnRow(row: Locator, button: string): Promise<void> {
  await again(async (timeout) => {
    await row.hover({ timeout })
    await row.getByRole('button', { name: button }).click({ timeout: Math.min(timeout, 3000) })
  })
}

/** Answers the box of that title: the one before it may still be there. */
export async function answerBox(page: Page, title: string, text: string): Promise<void> {
  const quick = page.locator('.quick-input-widget:visible', { hasText: title })
  await quick.locator('input[type="text"]').fill(text)
  await quick.locator('input[type="text"]').press('Enter')
}

/** Takes the name that VS Code's own dialog for a file offers, once it is this one. */
export async function saveAs(page: Page, file: string): Promise<void> {
  const input = page.locator('.quick-input-widget:visible')
  const name = input.locator('input[type="text"]')
  const deadline = Date.now() + WAIT_MS
  while ((await name.inputValue()) !== file) {
    if (Date.now() > deadline) throw new Error(`the dialog offers ${await name.inputValue()}, not ${file}`)
    await pause(50)
  }
  await input.getByRole('button', { name: 'OK' }).click()
}

/** Before something is opened again that may have been opened too early. */
const AGAIN_MS = 10_000

/** Runs a command through the command palette, by its title: one that is open lists the commands that were there then. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const palette = page.locator('.quick-input-widget:visible')
  await again(async (timeout) => {
    await page.keyboard.press('F1')
    try {
      // The key is lost where the page inside a panel has the focus and is not ready.
      await palette.locator('input[type="text"]').fill(`>${title}`, { timeout })
      await palette.locator('.monaco-list-row', { hasText: title }).first().click({ timeout })
    } catch (error) {
      await page.keyboard.press('Escape')
      throw error
    }
  })
}

/** Runs a command and clicks what it offers: a list closes where an editor that has just been restored takes the focus. */
export async function runAndPick(page: Page, title: string, offered: Locator): Promise<void> {
  await again(async (timeout) => {
    await runCommand(page, title)
    try {
      await offered.click({ timeout })
    } catch (error) {
      await page.keyboard.press('Escape')
      throw error
    }
  })
}

/**
 * Clicks an entry of a row's menu until what it should do is seen: a click that comes just when the menu opens is not taken,
 * and a list that is drawn anew closes it.
 */
export async function pickFromMenu<Seen>(
  page: Page,
  row: Locator,
  entry: string,
  seen: (timeoutMs: number) => Promise<Seen>,
): Promise<Seen> {
  const found = page.locator('.monaco-menu .action-label', { hasText: entry })
  return await again(async (timeout) => {
    if (!(await found.isVisible())) await row.click({ button: 'right', timeout })
    await found.click({ timeout })
    await found.waitFor({ state: 'hidden', timeout: 1000 })
    return await seen(timeout)
  })
}

/**
 * Notifications of that text. Under the driver they do not pop up, but wait behind the bell, and a list that was opened while
 * it was empty stays closed when the first one comes.
 */
export async function notifications(page: Page, text: string | RegExp): Promise<Locator> {
  const found = page.locator('.notification-list-item', { hasText: text })
  await again(async (timeout) => {
    await runCommand(page, 'Notifications: Show Notifications')
    await found.first().waitFor({ timeout })
  })
  return found
}

/** Does something until it succeeds, for three minutes; each time for a while. */
export async function again<T>(attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + WAIT_MS; ; ) {
    try {
      return await attempt(AGAIN_MS)
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/**
 * What stands beside the lines of the visible editors: decorations are CSS content, which no text of the page holds.
 */
export async function lineTexts(page: Page): Promise<string[]> {
  return await page.locator('.view-lines span[class*="ced-"]').evaluateAll((spans: Element[]) => {
    interface View {
      getComputedStyle(element: unknown, pseudo: string): { content: string }
    }
    const view = globalThis as unknown as View
    return spans
      .map((span) => view.getComputedStyle(span, '::after').content)
      .filter((content) => content.startsWith('"'))
      .map((content) => content.slice(1, -1).replaceAll('\u00a0', ' '))
  })
}

/** Waits until a line's text matches; returns it. */
export async function lineText(page: Page, pattern: RegExp, ms = WAIT_MS): Promise<string> {
  const deadline = Date.now() + ms
  for (;;) {
    const texts = await lineTexts(page)
    const found = texts.find((text) => pattern.test(text))
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`no line says ${pattern}; they say ${JSON.stringify(texts)}`)
    await pause(50)
  }
}
