// What happened lately, as columns in a ring: the source of stories. A few numbers a step, so that it can always be on.

export const CREATED = 0
export const QUEUED = 1
export const ASSIGNED = 2
export const FINISHED = 3
export const THREW = 4
export const LOST = 5
export const RETURNED = 6
export const DROPPED = 7
export const MISSED = 8
export const FAILED = 9
export const NEEDED_AGAIN = 10
export const LET_GO = 11
export const RECALLED_STEP = 12
export const COPIED = 13
export const DIED = 14

const ENTRIES = 1 << 16

export interface JournalEntry {
  atMs: number
  step: number
  run: number
  worker: number
}

export class Journal {
  readonly #atMs = new Float64Array(ENTRIES)
  /** task, run, worker, step */
  readonly #entries = new Int32Array(ENTRIES * 4)
  #written = 0

  write(atMs: number, step: number, task: number, run: number, worker: number): void {
    const slot = this.#written++ & (ENTRIES - 1)
    this.#atMs[slot] = atMs
    const at = slot * 4
    const entries = this.#entries
    entries[at] = task
    entries[at + 1] = run
    entries[at + 2] = worker
    entries[at + 3] = step
  }

  /** What is still known of a row's present task, oldest first. */
  of(task: number): JournalEntry[] {
    const found: JournalEntry[] = []
    for (let i = Math.max(0, this.#written - ENTRIES); i < this.#written; i++) {
      const slot = i & (ENTRIES - 1)
      const at = slot * 4
      if (this.#entries[at] !== task) continue
      const step = this.#entries[at + 3]
      // The row was another task before.
      if (step === CREATED) found.length = 0
      found.push({
        atMs: this.#atMs[slot],
        step,
        run: this.#entries[at + 1],
        worker: this.#entries[at + 2],
      })
    }
    return found
  }
}
