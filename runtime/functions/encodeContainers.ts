// Writes lists, plain objects, maps and sets, and what instances of classes have of these.

import { types } from 'node:util'
import { encodeGlobal, encodeImported } from './encodeFunction.ts'
import { encodeSymbol } from './encodeSymbol.ts'
import type { ValueEncoder } from './valueEncoder.ts'
import { SHAPES_MAX, TAG } from './valueTags.ts'

export function encodeArray(encoder: ValueEncoder, value: readonly unknown[], depth: number): void {
  const { length } = value
  const { writer } = encoder
  encoder.remember(value)
  const named = length <= 16 ? namedKeys(value) : undefined
  if (named) {
    writer.byte(TAG.arrayWithKeys)
    writer.varint(length)
    encoder.contents(depth, (at) => {
      encodeItems(encoder, value, at)
      encodePairs(encoder, value, named, at)
    })
    return
  }
  if (length >= 4 && typeof value[0] === 'number' && encodeNumberArray(encoder, value)) return
  writer.byte(TAG.array)
  writer.varint(length)
  if (length === 0) return
  if (depth < 4) {
    // The shallow case, without a closure: most arguments come this way.
    writer.byte(0)
    encodeItems(encoder, value, depth)
  } else encoder.contents(depth, (at) => encodeItems(encoder, value, at))
}

function encodeNumberArray(encoder: ValueEncoder, value: readonly unknown[]): boolean {
  let integers = true
  for (let i = 0; i < value.length; i++) {
    const item = value[i]
    if (typeof item !== 'number') return false
    if (integers && ((item | 0) !== item || Object.is(item, -0))) integers = false
  }
  const { writer } = encoder
  writer.byte(integers ? TAG.integerArray : TAG.doubleArray)
  writer.varint(value.length)
  writer.ensure(value.length * (integers ? 4 : 8))
  let at = writer.length
  if (integers) {
    for (let i = 0; i < value.length; i++, at += 4) writer.view.setInt32(at, value[i] as number, true)
  } else for (let i = 0; i < value.length; i++, at += 8) writer.view.setFloat64(at, value[i] as number, true)
  writer.length = at
  return true
}

/** A list's items; runs of missing ones are counted. */
export function encodeItems(encoder: ValueEncoder, value: readonly unknown[], depth: number): void {
  let present: string[] | undefined
  for (let i = 0; i < value.length; i++) {
    const item = value[i]
    if (item === undefined && !(i in value)) {
      present ??= Object.keys(value)
      const next = nextIndex(present, i, value.length)
      encoder.writer.byte(TAG.holes)
      encoder.writer.varint(next - i)
      i = next - 1
      continue
    }
    encoder.path[depth] = i
    encoder.value(item, depth + 1)
  }
}

export function encodePlain(encoder: ValueEncoder, value: object, bare: boolean, depth: number): void {
  const symbols = Object.getOwnPropertySymbols(value)
  // `arguments` has its length apart from its keys: it is a list.
  if (symbols.length > 0 && types.isArgumentsObject(value)) {
    encodeArray(encoder, Array.from(value as ArrayLike<unknown>), depth)
    return
  }
  // `Math` and its like, and what `import * as path` gives, have a tag.
  if (symbols.length > 0 && Object.hasOwn(value, Symbol.toStringTag)) {
    if (encodeGlobal(encoder, value)) return
    if (types.isModuleNamespaceObject(value) && encodeImported(encoder, value)) return
  }
  encoder.remember(value)
  if (symbols.length > 0) {
    encoder.writer.byte(TAG.symbolKeys)
    encoder.writer.byte(bare ? 1 : 0)
    encoder.contents(depth, (at) => {
      encodeProperties(encoder, value, at)
      encodeSymbolPairs(encoder, value, symbols, at)
    })
    return
  }
  encoder.writer.byte(bare ? TAG.bareObject : TAG.object)
  if (depth < 4) {
    encoder.writer.byte(0)
    encodeProperties(encoder, value, depth)
  } else encoder.contents(depth, (at) => encodeProperties(encoder, value, at))
}

/** An object's own text keys and values; keys that were met before in the same order are named by number. */
export function encodeProperties(
  encoder: ValueEncoder,
  value: object,
  depth: number,
  keys = Object.keys(value),
): void {
  encodeKeys(encoder, keys)
  const source = value as Record<string, unknown>
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]
    const item = source[key]
    if (typeof item === 'number') {
      encoder.number(item)
      continue
    }
    encoder.path[depth] = key
    encoder.value(item, depth + 1)
  }
}

function encodeKeys(encoder: ValueEncoder, keys: string[]): void {
  const { shapes } = encoder
  search: for (let i = 0; i < shapes.length; i++) {
    const shape = shapes[i]
    if (shape.length !== keys.length) continue
    for (let k = 0; k < keys.length; k++) if (shape[k] !== keys[k]) continue search
    encoder.writer.varint(i + 1)
    return
  }
  if (shapes.length < SHAPES_MAX) shapes.push(keys)
  encoder.writer.varint(0)
  encoder.writer.varint(keys.length)
  for (const key of keys) encoder.writer.text(key)
}

/** Some own properties by name. */
export function encodePairs(
  encoder: ValueEncoder,
  value: object,
  keys: readonly string[],
  depth: number,
): void {
  encoder.writer.varint(keys.length)
  for (const key of keys) {
    encoder.writer.text(key)
    encoder.path[depth] = key
    encoder.value((value as Record<string, unknown>)[key], depth + 1)
  }
}

export function encodeSymbolPairs(
  encoder: ValueEncoder,
  value: object,
  symbols: readonly symbol[],
  depth: number,
): void {
  const own = symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol))
  encoder.writer.varint(own.length)
  for (const symbol of own) {
    encoder.path[depth] = `[${String(symbol)}]`
    encodeSymbol(encoder, symbol, depth + 1)
    encoder.value((value as Record<symbol, unknown>)[symbol], depth + 1)
  }
}

export function encodeMap(encoder: ValueEncoder, value: Map<unknown, unknown>, depth: number): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.map)
  encoder.contents(depth, (at) => encodeEntries(encoder, value, at))
}

export function encodeEntries(encoder: ValueEncoder, value: Map<unknown, unknown>, depth: number): void {
  encoder.writer.varint(sizeOfMap(value))
  let i = 0
  Map.prototype.forEach.call(value, (item, key) => {
    encoder.path[depth] = i++
    encoder.value(key, depth + 1)
    encoder.path[depth] = typeof key === 'string' ? key : i - 1
    encoder.value(item, depth + 1)
  })
}

export function encodeSet(encoder: ValueEncoder, value: Set<unknown>, depth: number): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.set)
  encoder.contents(depth, (at) => encodeMembers(encoder, value, at))
}

export function encodeMembers(encoder: ValueEncoder, value: Set<unknown>, depth: number): void {
  encoder.writer.varint(sizeOfSet(value))
  let i = 0
  Set.prototype.forEach.call(value, (item) => {
    encoder.path[depth] = i++
    encoder.value(item, depth + 1)
  })
}

/** Keys of a list that are no indices, or nothing when it has none. */
function namedKeys(value: readonly unknown[]): string[] | undefined {
  const keys = Object.keys(value)
  if (keys.length === 0 || /^\d+$/.test(keys[keys.length - 1])) return undefined
  return keys.filter((key) => !/^\d+$/.test(key))
}

function nextIndex(present: readonly string[], from: number, length: number): number {
  let low = 0
  let high = present.length
  while (low < high) {
    const middle = (low + high) >> 1
    const key = Number(present[middle])
    if (Number.isInteger(key) && key < from) low = middle + 1
    else high = middle
  }
  const key = low < present.length ? Number(present[low]) : length
  return Number.isInteger(key) ? Math.min(key, length) : length
}

// A subclass may have replaced `size`, so the built-in one is asked.
const sizeOfMap = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!,
) as (map: Map<unknown, unknown>) => number
const sizeOfSet = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!,
) as (set: Set<unknown>) => number
