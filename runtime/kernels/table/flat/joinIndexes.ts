// Indexes of the right sides of joins, which many tasks of a thread ask for one after another.

import { cacheBytesMax, releasedWhenShort } from '../../resultMemory.ts'
import type { FlatColumn } from './flatFrame.ts'
import { type KeyIndex, keyIndex, keysOf } from './keyIndex.ts'

/** Of what a thread may keep, a half. */
const SHARE = 2

/** By the frame's name and the key's, those used last at the end. */
const kept = new Map<string, KeyIndex>()

releasedWhenShort(() => kept.clear())

/**
 * The index of a key of a frame, built once for as long as it is used and memory is not short.
 * @param frame the frame's name; one without is met once
 * @returns nothing where the key has no index
 */
export function indexOf(frame: string | undefined, key: FlatColumn): KeyIndex | undefined {
  const name = `${frame}\u0000${key.name}`
  const known = frame === undefined ? undefined : kept.get(name)
  if (known) {
    kept.delete(name)
    kept.set(name, known)
    return known
  }
  const keys = keysOf(key)
  if (!keys) return undefined
  const made = keyIndex(keys, key.validity)
  if (frame !== undefined) keep(name, made)
  return made
}

function keep(name: string, index: KeyIndex): void {
  kept.set(name, index)
  let bytes = keptIndexBytes()
  for (const [oldest, each] of kept) {
    if (bytes <= cacheBytesMax() / SHARE) break
    kept.delete(oldest)
    bytes -= each.bytes
  }
}

/** How many bytes the indexes take that this thread keeps. */
export const keptIndexBytes = (): number => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0)
