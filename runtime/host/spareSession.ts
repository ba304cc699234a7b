// A session kept ready for the next run: started while nobody waits, so that a click finds its modules loaded.

import type { ChildProcess } from 'node:child_process'
import type { RunSpec } from '../protocol/runs.ts'
import { type SpareOrder, startSpareSession } from './sessionProcess.ts'

/** After a run began, or an editor came: its own work goes first. */
const START_AFTER_MS = 1000

export class SpareSession {
  readonly #cluster: string
  #wanted = false
  #child: ChildProcess | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param cluster the path of the cluster's `cluster.json` */
  constructor(cluster: string) {
    this.#cluster = cluster
  }

  /** Keeps one ready from now on, or lets it go. */
  keep(wanted: boolean): void {
    this.#wanted = wanted
    if (wanted) this.#startSoon()
    else this.#drop()
  }

  /** The spare session as the session of a run; nothing when none is ready, or when the run needs a process of its own making. */
  take(spec: RunSpec, run: string): ChildProcess | undefined {
    const child = this.#child
    // Some variables are read only when a process starts.
    if (!child?.connected || (spec.env && Object.keys(spec.env).length > 0)) return undefined
    this.#child = undefined
    child.removeAllListeners()
    child.send({ kind: 'become', spec, run } satisfies SpareOrder)
    this.#startSoon()
    return child
  }

  /** No run will come any more. */
  end(): void {
    this.#wanted = false
    this.#drop()
  }

  #startSoon(): void {
    if (this.#child || this.#timer || !this.#wanted) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#start()
    }, START_AFTER_MS)
    this.#timer.unref()
  }

  #start(): void {
    const child = startSpareSession(this.#cluster)
    this.#child = child
    // One that does not start, or was killed, is not missed: runs start their own, and the next one asks for another.
    const gone = (): void => {
      if (this.#child === child) this.#child = undefined
    }
    child.once('error', gone).once('exit', gone)
  }

  #drop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }
}
