// What the workers panel keeps beside the cluster's own model: the memory of key prefixes.

import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import type { PrefixMemory } from './prefixRows.ts'

export interface WorkersModel {
  /** As last told; absent until it was. */
  memory?: PrefixMemory
  /** Raised with every snapshot: a feed that was opened anew has to be asked again. */
  snapshots: number
}

export const noMemory = (): WorkersModel => ({ snapshots: 0 })

export function applyToMemory(model: WorkersModel, message: FeedMessage): boolean {
  if (message.type === 'snapshot') {
    model.snapshots++
    return true
  }
  if (message.type !== 'memory') return false
  model.memory = message
  return true
}
