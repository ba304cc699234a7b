// Which part of a range split each row goes to: how many bounds its key has passed.

import { boundsAt } from '../../shuffleStage.ts'
import type { Cell } from '../columns/column.ts'
import type { TableSink } from '../steps.ts'
import { hasBit } from './bitmap.ts'
import { arrayOf } from './flatFile.ts'
import type { FlatColumn } from './flatFrame.ts'
import { emptyWords, wordsOf, writeWords } from './orderWords.ts'
import type { Scratch } from './scratch.ts'

type RangeSink = Extract<TableSink, { sink: 'range' }>

/** Targets are numbers of 16 bits. */
export const TARGETS_MAX = 2 ** 16

/**
 * The part of each row, in memory of `scratch`; nothing where the key's order is an engine's alone.
 * @param bounds between all targets, in the order of the sort
 */
export function rangeTargets(
  key: FlatColumn,
  rows: number,
  { descending, nullsFirst, stage }: Pick<RangeSink, 'descending' | 'nullsFirst' | 'stage'>,
  bounds: readonly Cell[],
  scratch: Scratch,
): Uint16Array | undefined {
  const { type, validity } = key
  const words = wordsOf(type)
  if (words === 0 || stage.parts > TARGETS_MAX) return undefined
  // Where no values were seen there are no bounds either: all rows are absent.
  const present = boundsAt(bounds, stage).filter((bound) => bound !== null)
  const limits = emptyWords(present.length, words, scratch)
  writeWords(boundColumn(key, present), limits, 0, present.length, descending)
  const own = emptyWords(rows, words, scratch)
  writeWords(key, own, 0, rows, descending)
  const targets = scratch.targets(rows)
  if (own.low && limits.low) passedPairs(own.high, own.low, limits.high, limits.low, targets)
  else passed(own.high, limits.high, targets)
  if (validity) {
    const target = nullsFirst ? 0 : stage.parts - 1
    for (let row = 0; row < rows; row++) if (!hasBit(validity, row)) targets[row] = target
  }
  return targets
}

/** Bounds as a column of the key's own type. */
function boundColumn({ type, name }: FlatColumn, bounds: readonly Cell[]): FlatColumn {
  const field = { name, type, nullCount: 0 }
  if (type === 'boolean') {
    const bits = new Uint8Array((bounds.length + 7) >> 3)
    bounds.forEach((bound, i) => {
      if (bound === true) bits[i >> 3] |= 1 << (i & 7)
    })
    return { ...field, form: 'bits', bits }
  }
  const Values = arrayOf(type)
  const values = new Values(new ArrayBuffer(bounds.length * Values.BYTES_PER_ELEMENT), 0, bounds.length)
  bounds.forEach((bound, i) => {
    values[i] = bound as never
  })
  return { ...field, form: 'values', values }
}

/** Keys are told apart by so many of their highest bits first, which leaves few bounds to search among. */
const PREFIX_BITS = 16
const PREFIX_SHIFT = 32 - PREFIX_BITS
const PREFIXES = 2 ** PREFIX_BITS
/** The prefix of 0: those of keys below 0 stand before it. */
const ZERO = PREFIXES >> 1

/** For each prefix how many bounds have a smaller one. */
function boundsBelow(limits: Int32Array): Uint16Array {
  const below = new Uint16Array(PREFIXES + 1)
  let from = 0
  limits.forEach((limit, i) => {
    const prefix = (limit >> PREFIX_SHIFT) + ZERO
    if (prefix < from) return
    below.fill(i, from, prefix + 1)
    from = prefix + 1
  })
  return below.fill(limits.length, from)
}

/** How many bounds, which rise, each key has passed. */
function passed(keys: Int32Array, limits: Int32Array, targets: Uint16Array): void {
  const below = boundsBelow(limits)
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]
    const prefix = (key >> PREFIX_SHIFT) + ZERO
    let low = below[prefix]
    let high = below[prefix + 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (key >= limits[middle]) low = middle + 1
      else high = middle
    }
    targets[row] = low
  }
}

function passedPairs(
  keys: Int32Array,
  lowKeys: Int32Array,
  limits: Int32Array,
  lowLimits: Int32Array,
  targets: Uint16Array,
): void {
  const below = boundsBelow(limits)
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]
    const prefix = (key >> PREFIX_SHIFT) + ZERO
    let low = below[prefix]
    let high = below[prefix + 1]
    while (low < high) {
      const middle = (low + high) >> 1
      const limit = limits[middle]
      if (key > limit || (key === limit && lowKeys[row] >= lowLimits[middle])) low = middle + 1
      else high = middle
    }
    targets[row] = low
  }
}
