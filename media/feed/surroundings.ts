// What a panel has around it: its feed, how the connection is doing, and what the editor can do for it.

import type { Feed } from '../../runtime/protocol/feed.ts'
import type { Region, RegionQuery } from '../../runtime/protocol/regions.ts'
import type { RowsPage, RowsQuery } from '../../runtime/protocol/rows.ts'

export type Connection =
  /** Nothing has come yet. */
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** There is no cluster to show: only the editor can know this. */
  | { kind: 'no-cluster' }
  /** It was live and is being tried again. */
  | { kind: 'lost'; reason: string }

/** What a panel may ask the editor to do; the HTTP page offers none of it. */
export type EditorCommand = 'startLocalCluster' | 'runFile'

/** What can be done about jobs; `log` and `cancel` are of one. */
export type JobAction = 'scale' | 'adapt' | 'down' | 'log' | 'cancel'

export interface Surroundings extends Feed {
  readonly place: 'editor' | 'page'
  /** Calls back at once and at every change; returns how to stop. */
  watchConnection(receive: (connection: Connection) => void): () => void
  /** Does nothing on the HTTP page. */
  command(command: EditorCommand): void
  /** Asks for so many workers; does nothing on the HTTP page. */
  scale(workers: number): void
  /** Asks the person what is still open, then does it; does nothing on the HTTP page. */
  job(action: JobAction, id?: string): void
  /** Saves something under a name of the user's choice. */
  save(name: string, content: Uint8Array): void
  /** Saves all rows of a run's value, of which a panel has the first; does nothing on the HTTP page. */
  saveRows(run: string): void
  /**
   * A page of a run's rows that stay on the cluster; absent on the HTTP page, which shows the first alone.
   * @throws {Error} when they are held no longer, or the cluster cannot make the page
   */
  rows?(query: RowsQuery): Promise<RowsPage>
  /**
   * A part of a run's array of which evenly many elements are here; absent on the HTTP page.
   * @throws {Error} when it is held no longer, or the cluster cannot make it
   */
  region?(query: RegionQuery): Promise<Region>
  /** Calls back when the editor wants a run's results shown; absent on the HTTP page. Returns how to stop. */
  watchWantedRun?(receive: (wanted: { run: string; startedMs: number; askedMs: number }) => void): () => void
}

/** Keeps who listens, so that one that throws does not silence the others. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>()

  add(receive: (value: T) => void): () => void {
    this.#all.add(receive)
    return () => this.#all.delete(receive)
  }

  tell(value: T): void {
    for (const receive of this.#all) {
      try {
        receive(value)
      } catch (error) {
        reportError(error)
      }
    }
  }
}
