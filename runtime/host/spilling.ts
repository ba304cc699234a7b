// Carries values to disk and back as the worker's books decide, and tells the books what came of it.

import { onLoaded, onNotLoaded, onNotWritten, onWritten } from '../worker/onValue.ts'
import type { SpillFiles } from './spillFiles.ts'
import { ToldOnce } from './toldOnce.ts'
import type { WorkerCore } from './workerCore.ts'

export class Spilling {
  readonly #core: WorkerCore
  readonly #files: SpillFiles
  /** One write after another: side by side they would only hold more memory. */
  #writing = Promise.resolve()
  readonly #told = new ToldOnce()

  constructor(core: WorkerCore, files: SpillFiles) {
    this.#core = core
    this.#files = files
  }

  write(rows: readonly number[]): void {
    this.#writing = this.#writing.then(() => this.#write(rows))
  }

  /** @param self this worker's number, to be named as the holder that has lost the value */
  async load(row: number, self: number): Promise<void> {
    const { state, store } = this.#core
    try {
      const value = await this.#files.read(row)
      this.#core.on(() => {
        store.keep(row, value)
        onLoaded(state, [row])
      })
      // It was read into the place where it stays.
      this.#core.moved(state.values.bytes(row), 0)
    } catch (error) {
      this.#core.log('error', `a spilled value cannot be read back: ${(error as Error).message}`)
      this.#core.on(() => onNotLoaded(state, [row], self))
    }
  }

  async #write(rows: readonly number[]): Promise<void> {
    const { state, store } = this.#core
    const left = new Set(rows)
    let bytes = 0
    for (const row of rows) bytes += state.values.bytes(row)
    try {
      await this.#files.write(
        rows,
        (row) => store.get(row),
        (written) =>
          this.#core.on(() => {
            for (const row of written) left.delete(row)
            onWritten(state, written)
          }),
      )
      this.#told.wrote(bytes)
    } catch (error) {
      const { message } = error as Error
      if (this.#told.failed(message, bytes)) this.#core.log('error', message)
      this.#core.on(() => onNotWritten(state, [...left]))
    }
  }
}
