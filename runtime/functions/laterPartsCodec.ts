// Writes and reads what was added to a function or class after its declaration.

import type { ChangedProperty, LaterParts } from './laterParts.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import type { ValueEncoder } from './valueEncoder.ts'

const ENUMERABLE = 1
const WRITABLE = 2
const CONFIGURABLE = 4
const ACCESSOR = 8

/** Refusals name it as the program does: `C.count`, `C.prototype.size`. */
export function encodeLaterParts(encoder: ValueEncoder, parts: LaterParts, depth: number): void {
  const [own, ofPrototype, parent, parentOfPrototype] = parts
  encodeProperties(encoder, own, depth)
  encoder.path[depth] = 'prototype'
  encodeProperties(encoder, ofPrototype, depth + 1)
  encoder.path[depth] = '[[Prototype]]'
  encoder.whole(parent, depth + 1)
  encoder.whole(parentOfPrototype, depth + 1)
}

export function decodeLaterParts(decoder: ValueDecoder): LaterParts {
  const own = decodeProperties(decoder)
  const ofPrototype = decodeProperties(decoder)
  const parent = decoder.whole() as LaterParts[2]
  return [own, ofPrototype, parent, decoder.whole() as LaterParts[3]]
}

function encodeProperties(encoder: ValueEncoder, list: readonly ChangedProperty[], depth: number): void {
  const { writer } = encoder
  writer.varint(list.length)
  for (const [key, { value, get, set, enumerable, writable, configurable }] of list) {
    encoder.path[depth] = typeof key === 'symbol' ? `[${String(key)}]` : String(key)
    encoder.whole(key, depth + 1)
    const isAccessor = get !== undefined || set !== undefined
    writer.byte(
      (enumerable ? ENUMERABLE : 0) |
        (writable ? WRITABLE : 0) |
        (configurable ? CONFIGURABLE : 0) |
        (isAccessor ? ACCESSOR : 0),
    )
    for (const part of isAccessor ? [get, set] : [value]) encoder.whole(part, depth + 1)
  }
}

function decodeProperties(decoder: ValueDecoder): ChangedProperty[] {
  const list: ChangedProperty[] = []
  for (let n = decoder.reader.varint(); n > 0; n--) {
    const key = decoder.whole() as PropertyKey
    const flags = decoder.reader.byte()
    const enumerable = (flags & ENUMERABLE) !== 0
    const configurable = (flags & CONFIGURABLE) !== 0
    if (flags & ACCESSOR) {
      const get = decoder.whole() as PropertyDescriptor['get']
      const set = decoder.whole() as PropertyDescriptor['set']
      list.push([key, { get, set, enumerable, configurable }])
    } else
      list.push([
        key,
        { value: decoder.whole(), writable: (flags & WRITABLE) !== 0, enumerable, configurable },
      ])
  }
  return list
}
