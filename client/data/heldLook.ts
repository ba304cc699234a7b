// Looks at what programs hold on the cluster: after what may change it, and from time to time while something is held.

import * as vscode from 'vscode'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { RunBook } from '../runs/runBook.ts'

/** While something is held, or somebody looks, it is looked at anew so often. */
const LOOK_MS = 2000
/** Right after a call its program still holds what it only passes on. */
const LET_GO_MS = 500

export class HeldLook {
  readonly #cluster: WindowCluster
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onChange = this.#changed.event
  readonly #subscriptions: vscode.Disposable[]
  #held: readonly HeldData[] = []
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #watched = false

  constructor(cluster: WindowCluster, book: RunBook) {
    this.#cluster = cluster
    this.#subscriptions = [
      this.#changed,
      cluster.onPhase(() => this.look()),
      book.onEvent(({ message }) => {
        if (message.event.kind === 'computed' || message.event.kind === 'ended') this.#lookIn(LET_GO_MS)
      }),
    ]
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const each of this.#subscriptions) each.dispose()
  }

  /** What was held at the last look, the largest first. */
  get held(): readonly HeldData[] {
    return this.#held
  }

  /** Somebody looks at the list, or nobody does any more. */
  watch(on: boolean): void {
    this.#watched = on
    if (on) void this.look()
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#looking) return
    this.#looking = true
    try {
      const held = ((await this.#cluster.connection?.query('held')) ?? []) as HeldData[]
      const before = JSON.stringify(this.#held)
      this.#held = held
      if (JSON.stringify(held) !== before) this.#changed.fire()
    } catch {
      // The cluster is of an older version, or it is just ending: the next look tells.
    } finally {
      this.#looking = false
    }
    if (this.#cluster.connection && (this.#watched || this.#held.length > 0)) this.#lookIn(LOOK_MS)
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.look(), ms)
  }

  /** Lets go of data in its program's place; unpublishes what is published. */
  async release({ client, group, dataset }: HeldData): Promise<void> {
    await this.#cluster.connection?.query('let-go', JSON.stringify({ client, group, dataset }))
    await this.look()
  }
}
