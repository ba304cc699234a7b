// Random values by number: the value that a stream has for a place, so that no cutting into chunks changes it.
//
// The bits of place n are SplitMix64's: mix(start + n·gamma), where start and the odd gamma come from the seed as in
// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014), with Stafford's mix 13.
// JavaScript has no fast 64-bit multiplication, so the bits are made by a few instructions of WebAssembly.

import { bitsModule } from './randomWasm.ts'
import { instantiate } from './wasmBytes.ts'
import { exponentialOf, normalOf } from './ziggurat.ts'

/** One stream of random values. */
export interface Distribution {
  /** `bits`: 53 random bits as a whole number. */
  name: 'uniform' | 'normal' | 'exponential' | 'bits'
  /** Where the stream begins and how it steps: 64-bit numbers. */
  start: bigint
  gamma: bigint
}

/** A strip of draws under way. */
export interface DrawBuffer {
  distribution: Distribution
  values: Float64Array
  /** Where in WebAssembly's memory the bits are made. */
  address: number
}

/** Most values of one strip. */
const STRIP_MAX = 1024
const SLOTS = 16

const MASK = (1n << 64n) - 1n

/** Stafford's variant 13 of MurmurHash3's finalizer. */
export function mix64(z: bigint): bigint {
  let x = z & MASK
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & MASK
  return x ^ (x >> 31n)
}

/** A gamma from any number: odd, and with enough changes between neighbouring bits. */
function mixGamma(z: bigint): bigint {
  let x = z & MASK
  x = ((x ^ (x >> 33n)) * 0xff51afd7ed558ccdn) & MASK
  x = ((x ^ (x >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK
  x = (x ^ (x >> 33n)) | 1n
  let changes = 0
  for (let pairs = x ^ (x >> 1n); pairs > 0n; pairs &= pairs - 1n) changes++
  return changes < 24 ? x ^ 0xaaaaaaaaaaaaaaaan : x
}

/**
 * The stream of a seed; `part` tells streams apart that have one seed.
 * @example streamOf('uniform', 1n, 0).gamma % 2n // 1n
 */
export function streamOf(name: Distribution['name'], seed: bigint, part: number): Distribution {
  const state = mix64(mix64(seed) + BigInt(part) * 0x9e3779b97f4a7c15n)
  return { name, start: mix64(state + 0x9e3779b97f4a7c15n), gamma: mixGamma(state + 0x3c6ef372fe94f82an) }
}

interface BitsExports {
  memory: { buffer: ArrayBuffer }
  uniform(address: number, start: bigint, step: bigint, count: number): void
  bits(address: number, start: bigint, step: bigint, count: number): void
}

const { memory, uniform, bits } = instantiate<BitsExports>(bitsModule())

/** Room for a strip; `slot` tells the draws of one loop apart. Uniform values are read where WebAssembly makes them. */
export function drawBuffer(distribution: Distribution, slot: number): DrawBuffer {
  const address = (slot % SLOTS) * STRIP_MAX * 8
  const inPlace = distribution.name === 'uniform' && slot < SLOTS - 1
  const values = inPlace ? new Float64Array(memory.buffer, address, STRIP_MAX) : new Float64Array(STRIP_MAX)
  return { distribution, values, address: inPlace ? address : (SLOTS - 1) * STRIP_MAX * 8 }
}

/** The bits made last in the slot that is shared. */
const words = new Uint32Array(memory.buffer, (SLOTS - 1) * STRIP_MAX * 8, STRIP_MAX * 2)
const doubles = new Float64Array(memory.buffer, (SLOTS - 1) * STRIP_MAX * 8, STRIP_MAX)

/**
 * Fills a strip with the values of places `place, place + step, …`.
 * @param count at most 1024
 */
export function drawInto(buffer: DrawBuffer, place: number, step: number, count: number): void {
  const { values, address } = buffer
  const { name, start, gamma } = buffer.distribution
  const first = BigInt.asIntN(64, start + BigInt(place) * gamma)
  const by = BigInt.asIntN(64, BigInt(step) * gamma)
  if (name === 'uniform') {
    uniform(address, first, by, count)
    if (values.buffer !== memory.buffer) values.set(doubles.subarray(0, count))
    return
  }
  bits(address, first, by, count)
  if (name === 'normal') for (let i = 0; i < count; i++) values[i] = normalOf(words[2 * i], words[2 * i + 1])
  else if (name === 'exponential')
    for (let i = 0; i < count; i++) values[i] = exponentialOf(words[2 * i], words[2 * i + 1])
  // As the 53 bits that a double holds.
  else for (let i = 0; i < count; i++) values[i] = words[2 * i + 1] * 2097152 + (words[2 * i] >>> 11)
}
