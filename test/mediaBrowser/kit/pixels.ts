// What a canvas really shows: its colours.

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** A busy browser draws what came a few frames later. */
const FRAMES_MAX = 60
/** And a colour that must come is waited for so long. */
const FRAMES_UNTIL_MAX = 600
/** With so many colours a canvas is drawn for certain; fewer are looked at again. */
const DRAWN_COLOURS = 12

/** How many different colours stand on the first canvas that matches, within some frames; fully transparent is none. */
export async function coloursOf(page: Page, selector: string): Promise<number> {
  let colours = 0
  for (let frame = 0; frame < FRAMES_MAX && colours < DRAWN_COLOURS; frame++) {
    colours = (await census(page, selector)).size
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  return colours
}

/** Waits until something is drawn on the first canvas that matches: it is laid out then, and knows what stands where. */
export async function untilDrawn(page: Page, selector: string): Promise<void> {
  while ((await census(page, selector)).size < 2)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
}

/**
 * Waits until a colour covers more of the canvas than any other: a canvas follows what the page looks like some frames later.
 * @param colour e.g. `29,33,41`
 */
export async function untilCommonest(page: Page, selector: string, colour: string): Promise<void> {
  let commonest: string | undefined
  for (let frame = 0; frame < FRAMES_UNTIL_MAX; frame++) {
    const [first] = [...(await census(page, selector))].sort(([, a], [, b]) => b - a)
    commonest = first?.[0]
    if (commonest === colour) return
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  assert.equal(commonest, colour)
}

async function census(page: Page, selector: string): Promise<Map<string, number>> {
  // A canvas has no size before it is laid out for the first time.
  await page.waitForFunction((wanted) => {
    const canvas = document.querySelector<HTMLCanvasElement>(wanted)
    return canvas !== null && canvas.width > 0 && canvas.height > 0
  }, selector)
  const counts = await page.evaluate((wanted) => {
    // Read from a copy: the browser warns when a canvas that is drawn on is read again and again.
    const canvas = document.querySelector<HTMLCanvasElement>(wanted)!
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {
      willReadFrequently: true,
    })!
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
    const seen = new Map<string, number>()
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] === 0) continue
      const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`
      seen.set(colour, (seen.get(colour) ?? 0) + 1)
    }
    return [...seen]
  }, selector)
  return new Map(counts)
}
