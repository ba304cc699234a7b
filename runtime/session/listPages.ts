// Pages of a list that a run gave: it is in the run's process, and only what somebody looks at leaves it. Filtered and sorted as a whole.

import { setImmediate as turn } from 'node:timers/promises'
import { cellsOf, type ListTable, numericOf } from '../kernels/bag/listTable.ts'
import { compareKeys, holdsText, type RowKey, rowKey, wantedText } from '../kernels/bag/listView.ts'
import type { RowsPage, RowsRequest, RowsView } from '../protocol/rows.ts'
import type { PageSource } from './rowsQueue.ts'
import { ViewsInUse } from './viewsInUse.ts'

/** Rows that are looked through between two looks at what else came in. */
const TURN_ROWS = 20_000

export class ListPages implements PageSource {
  readonly isOnCluster = false
  readonly #table: ListTable
  readonly #numeric: boolean[]
  readonly #views = new ViewsInUse<readonly number[] | undefined>()

  /** @param looked rows that say whether a column holds numbers */
  constructor(table: ListTable, looked: number) {
    this.#table = table
    this.#numeric = numericOf(table, looked)
  }

  get numeric(): boolean[] {
    return this.#numeric
  }

  /** @throws {Error} when it is given up */
  async page({ view, start, count }: RowsRequest, viewer = 0): Promise<RowsPage> {
    const { rows } = this.#table
    // The places of the view's rows; nothing where they stand as they came.
    const places = await this.#views.lookedAt(viewer, JSON.stringify(view), (signal) =>
      this.#placesOf(view, signal),
    )
    const totalRows = places?.length ?? rows.length
    const shown: string[][] = []
    for (let i = start; i < Math.min(start + count, totalRows); i++)
      shown.push(this.#cells(places ? places[i] : i))
    return { totalRows, start, rows: shown }
  }

  giveUp(viewer: number): void {
    this.#views.giveUp(viewer)
  }

  leave(viewer: number): void {
    this.#views.leave(viewer)
  }

  #cells(place: number): string[] {
    return cellsOf(this.#table.form, this.#table.rows[place])
  }

  async #placesOf({ filter, sort }: RowsView, signal: AbortSignal): Promise<readonly number[] | undefined> {
    const wanted = wantedText(filter)
    if (wanted === '' && !sort) return undefined
    const { rows, form } = this.#table
    const places: number[] = []
    await this.#eachPlace(signal, (place) => {
      if (wanted === '' || holdsText(form, rows[place], wanted)) places.push(place)
    })
    if (!sort) return places
    const keys = new Array<RowKey>(rows.length)
    const isNumeric = this.#numeric[sort.column]
    await this.#eachPlace(signal, (place) => {
      keys[place] = rowKey(form, rows[place], sort.column, isNumeric)
    })
    // Equal rows stay in their order.
    return places.sort((one, other) => compareKeys(keys[one], keys[other], sort.descending))
  }

  async #eachPlace(signal: AbortSignal, look: (place: number) => void): Promise<void> {
    for (let place = 0; place < this.#table.rows.length; place++) {
      if (place % TURN_ROWS === TURN_ROWS - 1) await turn()
      signal.throwIfAborted()
      look(place)
    }
  }
}
