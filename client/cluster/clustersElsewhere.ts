// The clusters of this user that this window is not attached to, each with its workers as its feed tells of them. No `vscode`.

import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import type { FeedEvents } from '../connection/feedConnection.ts'
import { applyFeed, type ClusterModel, noClusterModel } from './clusterModel.ts'
import type { OtherCluster } from './otherClusters.ts'

/** A cluster that others started, as far as it has told of itself. */
export interface ClusterElsewhere {
  found: OtherCluster
  model: ClusterModel
}

/** What it needs of the rest: who is there, a feed of one, and where it says that something changed. */
export interface ElsewhereGround {
  /** Those that run now and that this window is not attached to. */
  find(): OtherCluster[]
  open(address: ClusterAddress, events: FeedEvents): { close(): void }
  changed(): void
}

/** Clusters leave files and say nothing, so somebody has to look. */
const LOOK_MS = 1000
/** A person who runs more at a time sees the others without their workers. */
const FEEDS_MAX = 8

export class ClustersElsewhere {
  readonly #ground: ElsewhereGround
  readonly #known = new Map<string, ClusterElsewhere & { feed?: { close(): void } }>()
  #timer: NodeJS.Timeout | undefined

  constructor(ground: ElsewhereGround) {
    this.#ground = ground
  }

  /** In the order in which they were found. */
  get all(): ClusterElsewhere[] {
    return [...this.#known.values()]
  }

  /** Looks now and from time to time, or lets go of everything: nobody sees it. */
  watch(on: boolean): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (on) {
      this.#timer = setInterval(() => this.look(), LOOK_MS)
      this.look()
      return
    }
    for (const id of this.#known.keys()) this.#forget(id)
  }

  /** Takes in who has come and who has gone. */
  look(): void {
    const found = new Map(this.#ground.find().map((cluster) => [cluster.id, cluster]))
    const gone = [...this.#known.keys()].filter((id) => !found.has(id))
    const come = [...found.values()].filter(({ id }) => !this.#known.has(id))
    for (const id of gone) this.#forget(id)
    for (const cluster of come) this.#add(cluster)
    if (gone.length + come.length > 0) this.#ground.changed()
  }

  #add(found: OtherCluster): void {
    const model = noClusterModel()
    const known: ClusterElsewhere & { feed?: { close(): void } } = { found, model }
    this.#known.set(found.id, known)
    if ([...this.#known.values()].filter(({ feed }) => feed).length >= FEEDS_MAX) return
    known.feed = this.#ground.open(found, {
      frame: (frame) => {
        if (applyFeed(model, decodeFrame(FEED_MESSAGES, frame))) this.#ground.changed()
      },
      // It has ended, or will not be asked: its file says which.
      closed: () => this.look(),
    })
  }

  #forget(id: string): void {
    this.#known.get(id)?.feed?.close()
    this.#known.delete(id)
  }
}
