// Where a page's elements lie: what reaches beyond its edge, and what lies over something else.

import type { Page } from 'playwright-core'

/** What reaches beyond the right edge of the page. */
export const beyondEdge = (page: Page): Promise<string[]> =>
  page.locator('#root *').evaluateAll((elements) =>
    elements
      .filter((element) => {
        const { width, right } = element.getBoundingClientRect()
        return width > 1 && right > innerWidth + 1 && !element.closest('.grid, pre, thead:not(:focus-within)')
      })
      .map((element) => `${element.tagName} ${element.className}: ${element.textContent?.slice(0, 40)}`),
  )

/** Pairs of texts of the page that lie over each other, as far as both can be seen. */
export const overlaps = (page: Page): Promise<string[]> =>
  page.locator('#root').evaluate((root) => {
    const seen: { text: string; of: Element; box: DOMRect }[] = []
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const of = text.parentElement!
      if (of.closest('thead:not(:focus-within), .visually-hidden')) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      for (const box of Array.from(range.getClientRects()))
        seen.push({ text: text.textContent ?? '', of, box })
    }
    for (const of of Array.from(root.querySelectorAll('button, vscode-button')))
      seen.push({ text: of.getAttribute('aria-label') ?? '', of, box: of.getBoundingClientRect() })
    // Lines of text touch each other by a pixel or two.
    const isOver = (a: DOMRect, b: DOMRect): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
    return seen.flatMap((one, i) =>
      seen
        .slice(i + 1)
        .filter(
          (other) => !one.of.contains(other.of) && !other.of.contains(one.of) && isOver(one.box, other.box),
        )
        .map((other) => `${one.text.slice(0, 40)} | ${other.text.slice(0, 40)}`),
    )
  })
