// Questions for pages of a value: those of one window one after the other; of another view makes those before it void. Windows do not wait for each other. No I/O.

import type { Region, RegionRequest } from '../protocol/regions.ts'
import type { Page, PageRequest, RowsPage, RowsRequest } from '../protocol/rows.ts'

/** What gives pages of rows, or regions of an array, and can be told that a window waits no longer for what it is about. */
export interface PageSource {
  /** Whether its value is on the cluster: else the run lets go of all that it holds there. */
  readonly isOnCluster: boolean
  page?(request: RowsRequest, viewer: number): Promise<RowsPage>
  region?(request: RegionRequest, viewer: number): Promise<Region>
  giveUp(viewer: number): void
  /** The window is gone. */
  leave(viewer: number): void
}

/** The text of a page that was asked for and is not wanted any more. */
const NOT_WANTED = 'other rows were asked for meanwhile'

interface Asking {
  before: Promise<unknown>
  view: string | undefined
  /** Rises whenever what was asked for before is void. */
  era: number
}

export class RowsQueue {
  readonly #source: PageSource
  readonly #askings = new Map<number, Asking>()

  constructor(source: PageSource) {
    this.#source = source
  }

  /**
   * A page of a view, or a region. One of no rows gives up what is under way, and is answered at once.
   * @param viewer the window that asks
   * @throws {Error} when it is not wanted any more, or what went wrong on the cluster
   */
  ask(request: PageRequest, viewer: number): Promise<Page> {
    const asking = this.#askings.get(viewer) ?? { before: Promise.resolve(), view: undefined, era: 0 }
    this.#askings.set(viewer, asking)
    const view = JSON.stringify('view' in request ? request.view : request)
    const isNothing = 'count' in request && request.count === 0
    if (isNothing || (asking.view !== undefined && asking.view !== view)) {
      asking.era++
      this.#source.giveUp(viewer)
    }
    asking.view = view
    if (isNothing) return Promise.resolve({ totalRows: 0, start: request.start, rows: [] })
    const { era } = asking
    const page = asking.before.then(async () => {
      if (era !== asking.era) throw new Error(NOT_WANTED)
      return await this.#given(request, viewer)
    })
    asking.before = page.catch(() => {})
    return page
  }

  /** A window is gone: what it waited for is given up. */
  leave(viewer: number): void {
    const asking = this.#askings.get(viewer)
    // What was not begun yet is not wanted any more either.
    if (asking) asking.era++
    this.#askings.delete(viewer)
    this.#source.leave(viewer)
  }

  #given(request: PageRequest, viewer: number): Promise<Page> {
    const source = this.#source
    if ('view' in request && source.page) return source.page(request, viewer)
    if ('ranges' in request && source.region) return source.region(request, viewer)
    throw new Error('the value has rows or regions, not both: run the expression again')
  }
}
