// Keys of groups and joins: when two are the same, and a hash that every worker computes alike.
//
// Primitives are the same as in a `Map`: by value, NaN is NaN, −0 is 0, 1 is not '1'. Plain lists and plain objects are
// the same when their contents are (whatever the order of an object's properties), dates when their times are. Anything
// else has an identity that does not survive a journey to another worker, and is refused.

import { kernel } from '../kernel.ts'

/** A value that cannot be a key: says what it is and the way out. */
export class KeyError extends TypeError {
  override name = 'KeyError'
  readonly key: unknown
  constructor(key: unknown, what: string) {
    super(
      `${what} cannot be a key: two equal ones would count as different on another worker. ` +
        'Give a text, number, bigint, boolean, date, null, or a plain list or object of those.',
    )
    this.key = key
  }
}
kernel('error.KeyError', KeyError)

/** A primitive that stands for a key in a `Map`: the key itself, or a text for a list, an object or a date. */
export function keyToken(key: unknown): unknown {
  switch (typeof key) {
    case 'object':
      return key === null ? null : `\u0000${structure(key)}`
    case 'string':
      // A text that looks like the token of an object must not be taken for one.
      return key.charCodeAt(0) === 0 ? `\u0000s${key}` : key
    case 'function':
    case 'symbol':
      throw new KeyError(key, `a ${typeof key}`)
    default:
      return key
  }
}

/** One text for all equal structures, and different ones for different. */
function structure(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return value === 0 ? '0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      break
    default:
      throw new KeyError(value, `a ${typeof value}`)
  }
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(structure).join()}]`
  if (value instanceof Date) return `d${value.getTime()}`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new KeyError(value, `an object of class ${value.constructor?.name || 'without a name'}`)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${structure(field)}`).join()}}`
}

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/**
 * A 32-bit hash of a key: the same on every worker and in every run, and the same for keys that are the same.
 * @throws {KeyError} when the value cannot be a key
 */
export function keyHash(key: unknown): number {
  const token = keyToken(key)
  switch (typeof token) {
    case 'number':
      // Adding 0 turns −0 into 0; every NaN is written as one pattern of bits.
      float[0] = Number.isNaN(token) ? 0 : token + 0
      return mix(mix(Number.isNaN(token) ? 0x7ff8 : 1, words[0]), words[1])
    case 'string':
      return textHash(2, token)
    case 'bigint':
      return textHash(3, String(token))
    case 'boolean':
      return mix(4, token ? 1 : 0)
    case 'undefined':
      return mix(5, 0)
    default:
      return mix(6, 0)
  }
}

/** The partition of `count` that a key belongs to. */
export const partitionOf = (key: unknown, count: number): number => keyHash(key) % count

function textHash(seed: number, text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash, text.length)
}

/** The finishing steps of MurmurHash3 over two words. */
function mix(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ word, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
