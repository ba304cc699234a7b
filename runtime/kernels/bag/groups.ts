// What shuffled partitions become: groups by key, and pairs of two bags by key.

import { kernel } from '../kernel.ts'
import { isPromise } from './batch.ts'
import { KeyMap } from './keyMap.ts'
import { unpackedAll } from './parcel.ts'
import type { UserFunction } from './plan.ts'

type KeyOf = (item: unknown) => unknown

/** The items of one partition's parts, by key: `[key, items]`, in the order of first occurrence. */
export const groupParts = kernel('bag.group', async (key: UserFunction, parts: readonly unknown[]) => {
  const groups = await groupedBy(key as KeyOf, await unpackedAll(parts))
  return groups.keys.map((each, i) => [each, groups.values[i]])
})

async function groupedBy(key: KeyOf, parts: readonly unknown[][]): Promise<KeyMap<unknown[]>> {
  const groups = new KeyMap<unknown[]>()
  for (const part of parts)
    for (const item of part) {
      const answer = key(item)
      const itemKey = isPromise(answer) ? await answer : answer
      const slot = groups.slot(itemKey)
      if (slot < 0) groups.slotFor(itemKey, [item])
      else groups.values[slot].push(item)
    }
  return groups
}

export type JoinHow = 'inner' | 'left' | 'right' | 'outer'

/** Pairs of items with the same key, in the order of the left side, then what only the right side has. */
export const joinParts = kernel(
  'bag.join',
  async (
    leftKey: UserFunction,
    rightKey: UserFunction,
    how: JoinHow,
    left: readonly unknown[],
    right: readonly unknown[],
  ): Promise<[unknown, unknown][]> => {
    const groups = await groupedBy(rightKey as KeyOf, await unpackedAll(right))
    const met = new Uint8Array(groups.size)
    const pairs: [unknown, unknown][] = []
    for (const part of await unpackedAll<unknown[]>(left))
      for (const item of part) {
        const answer = (leftKey as KeyOf)(item)
        const slot = groups.slot(isPromise(answer) ? await answer : answer)
        if (slot >= 0) {
          met[slot] = 1
          for (const other of groups.values[slot]) pairs.push([item, other])
        } else if (how === 'left' || how === 'outer') pairs.push([item, undefined])
      }
    if (how === 'right' || how === 'outer')
      for (let slot = 0; slot < groups.size; slot++)
        if (!met[slot]) for (const other of groups.values[slot]) pairs.push([undefined, other])
    return pairs
  },
)
