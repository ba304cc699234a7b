// What a WeakMap or WeakSet holds of objects that travel beside it: nobody on the other side could ask for the rest.

import { internalParts } from './inspected.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import type { ValueEncoder } from './valueEncoder.ts'

export type WeakCollection = WeakMap<object, unknown> | WeakSet<object>

export interface WeakEntry {
  key: object
  value: unknown
}

/** All that is in a weak collection now, in no order. */
export function entriesOf(collection: WeakCollection): WeakEntry[] {
  const [entries] = internalParts(collection, ['[[Entries]]'])
  // They come as objects of no class, those of a set with a value alone.
  return Array.from(entries as ArrayLike<{ key?: object; value: unknown }>, ({ key, value }) =>
    key === undefined ? { key: value as object, value: undefined } : { key, value },
  )
}

/**
 * Writes, behind everything else, those entries whose keys were met, and those whose keys their values bring along: in the order
 * in which the keys were met, since an order of their own they have none.
 */
export function encodeWeakEntries(encoder: ValueEncoder, collections: readonly WeakCollection[]): void {
  const { writer } = encoder
  const open: WeakEntry[][] = []
  for (let progress = true; progress; ) {
    progress = false
    for (let i = 0; i < collections.length; i++) {
      open[i] ??= entriesOf(collections[i])
      const met = open[i].filter(({ key }) => encoder.hasSeen(key))
      if (met.length === 0) continue
      progress = true
      open[i] = open[i].filter((entry) => !met.includes(entry))
      for (const { key, value } of met.sort((a, b) => encoder.seenAt(a.key) - encoder.seenAt(b.key))) {
        writer.varint(i + 1)
        encoder.path[0] = `(an entry of a ${collections[i].constructor.name})`
        encoder.whole(key, 1)
        if (collections[i] instanceof WeakMap) encoder.whole(value, 1)
      }
    }
  }
  writer.varint(0)
}

export function decodeWeakEntries(decoder: ValueDecoder, collections: readonly WeakCollection[]): void {
  for (let number = decoder.reader.varint(); number > 0; number = decoder.reader.varint()) {
    const collection = collections[number - 1]
    const key = decoder.whole() as object
    if (collection instanceof WeakMap) collection.set(key, decoder.whole())
    else collection.add(key)
  }
}
