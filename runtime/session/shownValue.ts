// What a person wants to see of an expression's value: a lazy one is computed, a future waited for.

import { type ChunkedArray, isChunked } from '../collections/array/chunkedArray.ts'
import { Bag } from '../collections/bag/bag.ts'
import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { Table } from '../collections/dataframe/table.ts'
import { isCollection } from '../graph/collection.ts'
import { listTableOf } from '../kernels/bag/listTable.ts'
import type { Display } from '../protocol/runs.ts'
import { ambientClient } from './ambient.ts'
import { arrayOfNumbers, isDrawn } from './arrayNumbers.ts'
import { ClusterArrayPages } from './clusterArrayPages.ts'
import { heldList } from './clusterList.ts'
import { ClusterListPages } from './clusterListPages.ts'
import { displayOf, LIMITS, lineOf } from './display.ts'
import { FramePages } from './framePages.ts'
import { Future } from './future.ts'
import { gatherValues } from './gather.ts'
import { ListPages } from './listPages.ts'
import { LocalArrayPages } from './localArrayPages.ts'
import { asFutureList } from './nested.ts'
import type { PageSource } from './rowsQueue.ts'

/** The value itself, or what it stands for. */
export async function shownValue(value: unknown): Promise<unknown> {
  if (value instanceof Future) return value.result()
  if (isCollection(value)) return (await ambientClient()).compute(value)
  const list = asFutureList(value)
  return list && list.length > 0 ? gatherValues(list, 'gather', undefined) : value
}

/** A value as it is shown. Of a table, a list or an array that is longer than that, pages can be had. */
export interface ShownResult {
  value: unknown
  line: string
  display: Display
  pages?: PageSource
}

/**
 * @param wantsPages a data frame, and a bag or an array that is large, is then not brought here: it is held on the cluster, and its first rows are shown, or evenly many of its elements
 */
export async function shownResult(given: unknown, wantsPages: boolean): Promise<ShownResult> {
  if (wantsPages && given instanceof DataFrame) return await shownFrame(given)
  // What was written is told by its files.
  if (wantsPages && given instanceof Bag && !given.node.writes) return await shownBag(given)
  if (wantsPages && isChunked(given) && isDrawn(given.dtype) && given.ndim > 0) {
    const known = await given.computeChunkSizes()
    if (known.size > LIMITS.elements) return await shownArray(known)
  }
  const value = await shownValue(given)
  const display = displayOf(value)
  const line = lineOf(value)
  if (wantsPages && display.kind === 'array' && display.steps.some((step) => step > 1)) {
    const pages = new LocalArrayPages(arrayOfNumbers(value)!)
    return { value, line, display: { ...display, remote: true }, pages }
  }
  const isCut = display.kind === 'table' && display.totalRows > display.rows.length
  const pages = wantsPages && isCut ? pagesOf(value) : undefined
  return isCut && pages
    ? { value, line, display: { ...display, remote: true }, pages }
    : { value, line, display }
}

/** A table's rows are looked through on the cluster, a list's where they are: in this process. */
function pagesOf(value: unknown): PageSource | undefined {
  if (value instanceof Table) return new FramePages(value)
  const list = listTableOf(value, LIMITS)
  return list && new ListPages(list, LIMITS.rows)
}

/** It is held on the cluster, and what is drawn of it is cut out there. */
async function shownArray(array: ChunkedArray): Promise<ShownResult> {
  const held = await array.persist()
  const pages = new ClusterArrayPages(held)
  const display = await pages.display(LIMITS.elements)
  return { value: held, line: `array(${held.shape.join(' × ')}) of ${held.dtype}`, display, pages }
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

/** A bag of more items than are shown stays on the cluster; a shorter one comes whole. */
async function shownBag(bag: Bag<unknown>): Promise<ShownResult> {
  const held = await heldList(bag)
  const first = await held.firstItems(LIMITS.rows)
  // As long as the whole list, for whoever tells how long it is; only what is shown of it is here.
  const list = [...first]
  list.length = Math.min(held.length, LIST_LENGTH_MAX)
  const [display, line] = [displayOf(list), lineOf(list)]
  if (held.length <= first.length) return { value: list, line, display }
  const table = listTableOf(list, LIMITS)
  if (display.kind !== 'table' || !table) return { value: held.bag, line, display }
  const pages = new ClusterListPages(held, table.form, display.numeric)
  return { value: held.bag, line, display: { ...display, totalRows: held.length, remote: true }, pages }
}

/** JavaScript has no longer lists. */
const LIST_LENGTH_MAX = 2 ** 32 - 1
