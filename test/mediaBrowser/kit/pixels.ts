// What a canvas really shows: its colours.

import type { Page } from 'playwright-core'

/** How many different colours stand on the first canvas that matches; fully transparent is none. */
export async function coloursOf(page: Page, selector: string): Promise<number> {
  return (await census(page, selector)).size
}

/** The opaque colour that covers most of it, e.g. `29,33,41`. */
export async function commonestColour(page: Page, selector: string): Promise<string> {
  const [first] = [...(await census(page, selector))].sort(([, a], [, b]) => b - a)
  return first[0]
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
