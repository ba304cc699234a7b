// The keys of a graph's tasks: each hashes its function, its arguments and the digests of what it depends on.

import { semanticBytes } from '../functions/unitTable.ts'
import { HAS_UNITS } from '../functions/valueTags.ts'
import type { GrowingBytes, GrowingU32 } from '../graph/growing.ts'
import { type HashSeed, hash128, hashText } from '../graph/hash128.ts'
import { DIGEST_BYTES } from '../protocol/ids.ts'
import { fillRandom } from './randomDigest.ts'

/** What digests are made of, in the columns of a graph under construction. */
export interface DigestedColumns {
  /** Per task: index into the groups. */
  readonly group: GrowingU32
  /** Task i's encoded arguments are `args[argOffsets[i] … argOffsets[i + 1]]`. */
  readonly args: Uint8Array
  readonly argOffsets: GrowingU32
  readonly dependencyOffsets: GrowingU32
  /** Earlier tasks by index; −1 − i stands for the i-th of `externals`. */
  readonly dependencies: GrowingU32
  /** Beside each dependency the part that is taken, as signed numbers; −1, and nothing behind the last, is all of it. */
  readonly parts: GrowingU32
  /** Digests of tasks of other graphs. */
  readonly externals: Uint8Array
  /** Keys that the user chose, by task. */
  readonly customKeys: ReadonlyMap<number, string>
}

/** The hash of a group's function, which those of its tasks start from; tasks that are not pure get random keys. */
export interface DigestedGroup {
  seed: HashSeed
  pure: boolean
}

/** Computes the digests of tasks `from … count − 1` into `out`, which holds those of all tasks before. */
export function digestTasks(
  columns: DigestedColumns,
  groups: readonly DigestedGroup[],
  out: GrowingBytes,
  from: number,
  count: number,
): void {
  out.reserve((count - from) * DIGEST_BYTES)
  out.length = count * DIGEST_BYTES
  const digests = out.buffer
  const { args, argOffsets, dependencyOffsets, dependencies, parts, externals, customKeys } = columns
  for (let task = from; task < count; task++) {
    const at = task * DIGEST_BYTES
    const group = groups[columns.group.at(task)]
    const customKey = customKeys.size > 0 ? customKeys.get(task) : undefined
    if (customKey !== undefined) {
      digests.set(hashText(customKey), at)
      continue
    }
    if (!group.pure) {
      fillRandom(digests, at)
      continue
    }
    let start = argOffsets.at(task)
    let end = argOffsets.at(task + 1)
    if (args[start] & HAS_UNITS) {
      const meaning = semanticBytes(args.subarray(start, end))
      start = meaning.byteOffset - args.byteOffset
      end = start + meaning.length
    }
    const firstEdge = dependencyOffsets.at(task)
    const endEdge = dependencyOffsets.at(task + 1)
    if (firstEdge === endEdge) {
      hash128(args, start, end, group.seed, digests, at)
      continue
    }
    const named = takesParts(parts, firstEdge, endEdge) ? PART_BYTES : 0
    const length = end - start + (endEdge - firstEdge) * (DIGEST_BYTES + named)
    if (scratch.length < length) scratch = new Uint8Array(length * 2)
    copyBytes(args, start, end - start, scratch, 0)
    for (let e = firstEdge, to = end - start; e < endEdge; e++, to += DIGEST_BYTES + named) {
      if (named > 0) writePart(e < parts.length ? parts.at(e) : ALL, to + DIGEST_BYTES)
      const dependency = dependencies.at(e) | 0
      if (dependency >= 0) copyBytes(digests, dependency * DIGEST_BYTES, DIGEST_BYTES, scratch, to)
      else copyBytes(externals, (-1 - dependency) * DIGEST_BYTES, DIGEST_BYTES, scratch, to)
    }
    hash128(scratch, 0, length, group.seed, digests, at)
  }
}

/** Arguments of a task and the digests of what it depends on, put together to be hashed. */
let scratch = new Uint8Array(1024)

/** Of a task that takes parts, the number of each follows the digest. */
const PART_BYTES = 4
const ALL = 2 ** 32 - 1

function takesParts(parts: GrowingU32, firstEdge: number, endEdge: number): boolean {
  for (let e = firstEdge; e < Math.min(endEdge, parts.length); e++) if (parts.at(e) !== ALL) return true
  return false
}

function writePart(part: number, at: number): void {
  for (let i = 0; i < PART_BYTES; i++) scratch[at + i] = part >>> (8 * i)
}

/** Up to this many bytes a loop is faster than a call that copies. */
const LOOP_BYTES_MAX = 64

function copyBytes(from: Uint8Array, at: number, count: number, to: Uint8Array, toAt: number): void {
  if (count > LOOP_BYTES_MAX) to.set(from.subarray(at, at + count), toAt)
  else for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]
}
