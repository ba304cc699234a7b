// Questions for pages of a value, one after the other: of another view makes those before it void, and ends what was being sorted or filtered for them. No I/O.

import type { RowsPage, RowsRequest } from '../protocol/rows.ts'

/** What gives pages, and can be told that nobody waits for what it is about. */
export interface PageSource {
  page(request: RowsRequest): Promise<RowsPage>
  giveUp(): void
}

/** The text of a page that was asked for and is not wanted any more. */
const NOT_WANTED = 'other rows were asked for meanwhile'

export class RowsQueue {
  readonly #source: PageSource
  #before: Promise<unknown> = Promise.resolve()
  #view: string | undefined
  /** Rises whenever what was asked for before is void. */
  #era = 0

  constructor(source: PageSource) {
    this.#source = source
  }

  /**
   * A page of a view. One of no rows gives up what is under way, and is answered at once.
   * @throws {Error} when it is not wanted any more, or what went wrong on the cluster
   */
  ask(request: RowsRequest): Promise<RowsPage> {
    const view = JSON.stringify(request.view)
    const isNothing = request.count === 0
    if (isNothing || (this.#view !== undefined && this.#view !== view)) {
      this.#era++
      this.#source.giveUp()
    }
    this.#view = view
    if (isNothing) return Promise.resolve({ totalRows: 0, start: request.start, rows: [] })
    const era = this.#era
    const page = this.#before.then(async () => {
      if (era !== this.#era) throw new Error(NOT_WANTED)
      return await this.#source.page(request)
    })
    this.#before = page.catch(() => {})
    return page
  }
}
