// Rooms of this thread: a block that comes back finds its bins and rows where they were left, if there was room for them.
//
// Nothing depends on it but time: what is not found is made again.

import { cacheBytesMax, releasedWhenShort } from '../../resultMemory.ts'
import type { BinnedBlock } from './binnedBlock.ts'
import type { BlockRows } from './blockRows.ts'
import { TreeRoom } from './treeRoom.ts'

/** A room, and what is in it. */
export interface Furnished {
  room: TreeRoom
  /** Rows as they were left; null where nothing is known of them. */
  rows: BlockRows | null
}

/** Each room takes addresses of some gigabytes, whatever it holds. */
const ROOMS_MAX = 32

/** By what they are known, in the order of their last use. */
const rooms = new Map<string, Furnished>()
releasedWhenShort(() => rooms.clear())

/**
 * The room of a block.
 * @param name what the block is known by; none for one that does not come back
 * @param block one row and one feature at least
 */
export function roomOf(name: string | null, block: BinnedBlock, offsets: readonly number[]): Furnished {
  const key = name ?? ''
  let own = rooms.get(key)
  const isKnown = own !== undefined && name !== null
  rooms.delete(key)
  if (!own) own = isFull(block) ? oldest() : undefined
  own ??= { room: new TreeRoom(), rows: null }
  rooms.set(key, own)
  if (isKnown) {
    own.room.see(block)
    return own
  }
  own.rows = null
  own.room.lay(block, offsets)
  return own
}

/** Whether this thread has a room of that name. */
export const hasRoom = (name: string): boolean => rooms.has(name)

function isFull({ bytes, rows }: BinnedBlock): boolean {
  // Bins and derivatives twice, order, and room beside it.
  let all = 2 * bytes.length + 28 * rows
  for (const { room } of rooms.values()) all += room.bytes
  return rooms.size >= ROOMS_MAX || all > cacheBytesMax()
}

/** The room that was not used for longest, which is nobody's from now on. */
function oldest(): Furnished | undefined {
  const [first] = rooms
  if (first) rooms.delete(first[0])
  return first?.[1]
}
