// Views of one value that several windows look at: each is worked out once, and given up when nobody waits for it. No I/O.

interface View<T> {
  work: Promise<T>
  stop: AbortController
  viewers: Set<number>
  isDone: boolean
}

export class ViewsInUse<T> {
  readonly #views = new Map<string, View<T>>()

  /**
   * What a viewer looks at from now on; what it looked at before is given up, unless others look at it.
   * @param begin works a view out; its signal is aborted once nobody waits for it
   */
  lookedAt(viewer: number, key: string, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const known = this.#views.get(key)
    if (!known?.viewers.has(viewer)) this.leave(viewer)
    if (known) {
      known.viewers.add(viewer)
      return known.work
    }
    const stop = new AbortController()
    const view: View<T> = { work: begin(stop.signal), stop, viewers: new Set([viewer]), isDone: false }
    this.#views.set(key, view)
    view.work.then(
      () => {
        view.isDone = true
      },
      () => {
        // What failed may be asked for again.
        if (this.#views.get(key) === view) this.#views.delete(key)
      },
    )
    return view.work
  }

  /** Nobody waits for what is being worked out for this viewer; what is there already stays, until it looks at something else. */
  giveUp(viewer: number): void {
    for (const [key, view] of this.#views) if (!view.isDone) this.#without(viewer, key, view)
  }

  /** The viewer looks at nothing any more. */
  leave(viewer: number): void {
    for (const [key, view] of this.#views) this.#without(viewer, key, view)
  }

  #without(viewer: number, key: string, view: View<T>): void {
    if (!view.viewers.delete(viewer) || view.viewers.size > 0) return
    this.#views.delete(key)
    if (!view.isDone) view.stop.abort(new Error(OTHERS_LOOKED_AT))
  }
}

/** The text of work that nobody waits for any more. */
export const OTHERS_LOOKED_AT = 'other rows are looked at'
