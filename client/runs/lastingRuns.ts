// Which runs have gone on long enough to be worth a lens that cancels them. Pure: time is told.

/** Runs that are over sooner need no lens, since each change of lenses draws all of them again. */
export const LONG_RUN_MS = 400

/** What is looked at of a run. */
interface Lasting {
  run: string
  end?: unknown
}

export class LastingRuns {
  readonly #firstSeenMs = new Map<string, number>()
  #shown = new Set<string>()

  has(run: string): boolean {
    return this.#shown.has(run)
  }

  /**
   * Looks at all runs anew.
   * @param nowMs a clock that only goes forward
   * @returns whether the lenses differ from before, and in how many milliseconds another run will be worth one; a run that
   * has ended loses its lens at once
   */
  look(runs: Iterable<Lasting>, nowMs: number): { changed: boolean; againMs?: number } {
    const live = new Set<string>()
    const lasting = new Set<string>()
    let againMs: number | undefined
    for (const { run, end } of runs) {
      if (end) continue
      live.add(run)
      const since = this.#firstSeenMs.get(run) ?? nowMs
      this.#firstSeenMs.set(run, since)
      const leftMs = since + LONG_RUN_MS - nowMs
      if (leftMs <= 0) lasting.add(run)
      else againMs = Math.min(againMs ?? leftMs, leftMs)
    }
    for (const run of this.#firstSeenMs.keys()) if (!live.has(run)) this.#firstSeenMs.delete(run)
    const changed = lasting.size !== this.#shown.size || [...lasting].some((run) => !this.#shown.has(run))
    this.#shown = lasting
    return { changed, againMs }
  }
}
