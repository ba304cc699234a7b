// The cursor of the editor, and what the workbench tells and offers where it stands.

import type { Locator, Page } from 'playwright-core'
import { until } from './kit.ts'
import { again, runCommand } from './workbench.ts'

/** A click that soon after another would be taken for a double one. */
const CLICK_MS = 1000

/**
 * Puts the cursor at the beginning or the end of the first line with that text: again where a lens that came or went has
 * moved another line under the mouse.
 */
export async function goToLine(page: Page, text: string, end: 'Home' | 'End'): Promise<void> {
  const line = page.locator('.view-line', { hasText: text }).first()
  const cursor = line
    .locator('xpath=ancestor::*[contains(@class, "lines-content")]')
    .locator('.cursors-layer .cursor')
    .first()
  await again(async (timeout) => {
    await line.click({ timeout })
    await page.keyboard.press(end)
    const isThere = async (): Promise<boolean> => {
      const [row, place] = [await line.boundingBox({ timeout }), await cursor.boundingBox({ timeout })]
      return row !== null && place !== null && Math.abs(row.y - place.y) < row.height / 2
    }
    await until(isThere, `the cursor is in the line of ${text}`, CLICK_MS)
  })
}

/** Waits for texts in the hover where the cursor stands: asked for again where it was closed, or a busy server told less. */
export async function hoverAtCursor(page: Page, ...texts: (string | RegExp)[]): Promise<void> {
  const hover = page.locator('.monaco-hover:visible')
  await again(async (timeout) => {
    await runCommand(page, 'Show or Focus Hover')
    try {
      for (const text of texts) await hover.getByText(text).first().waitFor({ timeout })
    } catch (error) {
      await page.keyboard.press('Escape')
      throw error
    }
  })
}

/** Takes a fix where `goThere` puts the cursor: asked for again where what is said of the text is still on its way. */
export async function takeFix(page: Page, goThere: () => Promise<void>, fix: string): Promise<void> {
  await again(async (timeout) => {
    await goThere()
    await runCommand(page, 'Quick Fix...')
    try {
      const offered = page.locator('.action-widget:visible').getByText(fix).first()
      await offered.click({ timeout: Math.min(timeout, 3000) })
    } catch (error) {
      await page.keyboard.press('Escape')
      throw error
    }
  })
}

/** What is offered where the cursor stands: asked for again where something else was offered, since a busy server answers from less. */
export async function suggestion(page: Page, text: string): Promise<Locator> {
  const offered = page.locator('.suggest-widget:visible .monaco-list-row', { hasText: text }).first()
  await again(async (timeout) => {
    try {
      await offered.waitFor({ timeout })
    } catch (error) {
      await page.keyboard.press('Escape')
      await runCommand(page, 'Trigger Suggest')
      throw error
    }
  })
  return offered
}
