// Pages of a list that stays on the cluster: filtered and sorted there as a whole, and only the cells of what somebody looks at are brought.

import type { ListForm } from '../kernels/bag/listTable.ts'
import { type ListView, wantedText } from '../kernels/bag/listView.ts'
import type { RowsPage, RowsRequest, RowsView } from '../protocol/rows.ts'
import type { HeldList, LookedList } from './clusterList.ts'
import type { PageSource } from './rowsQueue.ts'
import { ViewsInUse } from './viewsInUse.ts'

/** Rows that are brought at once: a partition is opened for them. */
const BLOCK_ROWS = 2000

/** Blocks of a view that are here. */
const BLOCKS_MAX = 4

/** All rows as somebody looks at them now. */
interface Looked {
  rows: HeldList | LookedList
  /** Blocks that are here, those that were looked at last at the end. */
  blocks: Map<number, string[][]>
}

export class ClusterListPages implements PageSource {
  readonly isOnCluster = true
  readonly #held: HeldList
  readonly #form: ListForm
  readonly #numeric: readonly boolean[]
  readonly #views = new ViewsInUse<Looked>()

  /** @param numeric whether each column holds numbers */
  constructor(held: HeldList, form: ListForm, numeric: readonly boolean[]) {
    this.#held = held
    this.#form = form
    this.#numeric = numeric
  }

  /** @throws {Error} what went wrong on the cluster, or when it is given up */
  async page({ view, start, count }: RowsRequest, viewer = 0): Promise<RowsPage> {
    const looked = await this.#views.lookedAt(viewer, JSON.stringify(view), (signal) =>
      this.#lookAt(view, signal),
    )
    const totalRows = looked.rows.length
    const end = Math.min(start + count, totalRows)
    const rows: string[][] = []
    for (let block = Math.floor(start / BLOCK_ROWS); block * BLOCK_ROWS < end; block++) {
      const before = block * BLOCK_ROWS
      const cells = await this.#block(looked, block)
      rows.push(...cells.slice(Math.max(0, start - before), end - before))
    }
    return { totalRows, start, rows }
  }

  giveUp(viewer: number): void {
    this.#views.giveUp(viewer)
  }

  leave(viewer: number): void {
    this.#views.leave(viewer)
  }

  async #lookAt({ filter, sort }: RowsView, signal: AbortSignal): Promise<Looked> {
    const blocks = new Map<number, string[][]>()
    if (wantedText(filter) === '' && !sort) return { rows: this.#held, blocks }
    const view: ListView = {
      filter,
      ...(sort && { sort: { ...sort, isNumeric: this.#numeric[sort.column] } }),
    }
    return { rows: await this.#held.lookedAt(this.#form, view, signal), blocks }
  }

  async #block({ rows, blocks }: Looked, block: number): Promise<string[][]> {
    const known = blocks.get(block)
    const start = block * BLOCK_ROWS
    const end = Math.min(start + BLOCK_ROWS, rows.length)
    const cells = known ?? (await this.#held.cells(await rows.rowsBetween(start, end), this.#form))
    blocks.delete(block)
    blocks.set(block, cells)
    const [oldest] = blocks.keys()
    if (blocks.size > BLOCKS_MAX) blocks.delete(oldest)
    return cells
  }
}
