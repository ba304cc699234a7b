// The rows of a table that stays on the cluster, as far as they are here: which stretch is in view, and which pages are to be asked for. Pure.

import type { RowsPage, RowsView } from '../../runtime/protocol/rows.ts'
import { type Stretch, stretchInView } from './tableRows.ts'

export const PAGE_ROWS = 200
/** Pages that are kept: those looked at last. */
const PAGES_MAX = 50
/** Browsers draw nothing that is higher than some 16 million pixels. */
export const HEIGHT_MAX = 8_000_000

export interface RemoteRows {
  view: RowsView
  /** Of the view, once that is known. */
  total: number | undefined
  /** By number, those that came last at the end. */
  pages: ReadonlyMap<number, readonly string[][]>
}

/** What is here at first: the first rows of the whole table. */
export function firstRows(rows: readonly string[][], total: number): RemoteRows {
  const pages = new Map<number, readonly string[][]>()
  for (let page = 0; (page + 1) * PAGE_ROWS <= rows.length; page++)
    pages.set(page, rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS))
  return { view: { filter: '' }, total, pages }
}

export const sameView = (a: RowsView, b: RowsView): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Takes a page in; one of a view that nobody looks at any more changes nothing. */
export function withPage(rows: RemoteRows, view: RowsView, page: RowsPage): RemoteRows {
  if (!sameView(rows.view, view)) return rows
  const pages = new Map(rows.pages)
  const number = page.start / PAGE_ROWS
  pages.delete(number)
  pages.set(number, page.rows)
  for (const [oldest] of pages) {
    if (pages.size <= PAGES_MAX) break
    pages.delete(oldest)
  }
  return { ...rows, total: page.totalRows, pages }
}

/** The pages that a stretch needs and that are not here. */
export function missingPages({ pages, total }: RemoteRows, first: number, end: number): number[] {
  if (total === undefined) return [0]
  const missing: number[] = []
  for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < Math.min(end, total); page++)
    if (!pages.has(page)) missing.push(page)
  return missing
}

/** A row; nothing where it has not come yet. */
export const rowAt = ({ pages }: RemoteRows, index: number): readonly string[] | undefined =>
  pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS]

/**
 * The stretch of rows in view, of any number of rows: a scroller that would be too high for a browser stands for more rows
 * than it has room for, and what is scrolled by is then a part of all.
 */
export function stretchOfMany(
  total: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  heightMax = HEIGHT_MAX,
): Stretch {
  if (total * rowHeight <= heightMax) return stretchInView(total, rowHeight, scrollTop, viewHeight)
  const spare = 12
  const fit = Math.ceil(viewHeight / rowHeight)
  const part = Math.min(1, Math.max(0, scrollTop / (heightMax - viewHeight)))
  const top = Math.round(part * (total - Math.floor(viewHeight / rowHeight)))
  const first = Math.max(0, top - spare)
  const end = Math.min(total, top + fit + spare)
  // Rows stand where the eye is; at the end they end where the scroller does.
  const above = Math.min(
    Math.max(0, scrollTop - (top - first) * rowHeight),
    heightMax - (end - first) * rowHeight,
  )
  return { first, end, above, below: heightMax - above - (end - first) * rowHeight }
}
