// What a person wants to see of an expression's value: a lazy one is computed, a future waited for.

import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { Table } from '../collections/dataframe/table.ts'
import { isCollection } from '../graph/collection.ts'
import type { Display } from '../protocol/runs.ts'
import { ambientClient } from './ambient.ts'
import { displayOf, LIMITS, lineOf } from './display.ts'
import { FramePages } from './framePages.ts'
import { Future } from './future.ts'
import { gatherValues } from './gather.ts'
import { asFutureList } from './nested.ts'

/** The value itself, or what it stands for. */
export async function shownValue(value: unknown): Promise<unknown> {
  if (value instanceof Future) return value.result()
  if (isCollection(value)) return (await ambientClient()).compute(value)
  const list = asFutureList(value)
  return list && list.length > 0 ? gatherValues(list, 'gather', undefined) : value
}

/** A value as it is shown. Of a table that is longer than that, pages can be had. */
export interface ShownResult {
  value: unknown
  line: string
  display: Display
  pages?: FramePages
}

/**
 * @param wantsPages a data frame is then not brought here: it is held on the cluster, and its first rows are shown
 */
export async function shownResult(given: unknown, wantsPages: boolean): Promise<ShownResult> {
  if (wantsPages && given instanceof DataFrame) return await shownFrame(given)
  const value = await shownValue(given)
  const display = displayOf(value)
  const isCut = display.kind === 'table' && display.totalRows > display.rows.length
  if (!wantsPages || !isCut || !(value instanceof Table)) return { value, line: lineOf(value), display }
  return {
    value,
    line: lineOf(value),
    display: { ...display, remote: true },
    pages: new FramePages(value),
  }
}

async function shownFrame(frame: DataFrame): Promise<ShownResult> {
  const pages = new FramePages(frame)
  const { columns, numeric } = pages
  const { rows, totalRows } = await pages.page({ view: { filter: '' }, start: 0, count: LIMITS.rows })
  const remote = totalRows > rows.length
  return {
    value: frame,
    line: `DataFrame(${totalRows} × ${columns.length})`,
    display: { kind: 'table', columns, numeric, rows, totalRows, ...(remote && { remote }) },
    ...(remote && { pages }),
  }
}
