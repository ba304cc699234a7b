// Sketches of groups: a list column holds what is known of each group's values, and lists put one behind the other merge.

import type { Cell, Column } from '../columns/column.ts'
import type { Step } from '../steps.ts'
import { DistinctCounter, estimate, type HyperLogLog } from './hyperLogLog.ts'
import { digestOf, mergeDigests, quantileOf, type TDigest } from './tDigest.ts'

/** A column of states, and what is asked of it. */
export type SketchColumn =
  /** Codes of hashes; packed registers behind a mark where there are too many. */
  | { readonly name: string; readonly sketch: 'distinct' }
  /** Values as they are, then digests. */
  | { readonly name: string; readonly sketch: 'quantile'; readonly q: number }

type SketchStep = Extract<Step, { step: 'sketch' }>

/** States made smaller, or what they answer. */
export function sketchedColumns(step: SketchStep, columns: readonly Column[]): Column[] {
  return columns.map((column) => {
    const sketch = step.columns.find(({ name }) => name === column.name)
    if (!sketch) return column
    const cells = column.cells.map((cell) => {
      const list = (cell ?? []) as readonly number[]
      return sketch.sketch === 'distinct'
        ? distinctCell(list, step.stage)
        : quantileCell(list, step.stage, sketch.q)
    })
    const type = step.output.find(({ name }) => name === column.name)?.type ?? column.type
    return { name: column.name, type, cells }
  })
}

/** No code is this large: behind it stand registers, four to a word. */
const REGISTERS_MARK = 0xffffffff

function distinctCell(list: readonly number[], stage: SketchStep['stage']): Cell {
  const counter = new DistinctCounter()
  for (let at = 0; at < list.length; at++) {
    if (list[at] !== REGISTERS_MARK) {
      counter.addCode(list[at])
      continue
    }
    const words = list[at + 1]
    const ranks = new Uint8Array(Uint32Array.from(list.slice(at + 2, at + 2 + words)).buffer)
    counter.merge({ form: 'registers', ranks })
    at += 1 + words
  }
  const state = counter.state()
  return stage === 'answer' ? estimate(state) : listOfState(state)
}

function listOfState(state: HyperLogLog): number[] {
  if (state.form === 'registers') {
    const words = new Uint32Array(state.ranks.slice().buffer)
    return [REGISTERS_MARK, words.length, ...words]
  }
  const codes: number[] = []
  for (let i = 0; i < state.entries.length; i += 2) codes.push(state.entries[i] * 64 + state.entries[i + 1])
  return codes
}

function quantileCell(list: readonly number[], stage: SketchStep['stage'], q: number): Cell {
  if (stage === 'values') {
    // A typed array sorts by value, NaN last, and needs no function to compare.
    const sorted = Float64Array.from(list.filter((value) => value !== null)).sort()
    return listOfDigest(digestOf(sorted))
  }
  const merged = mergeDigests(digestsIn(list))
  return stage === 'answer' ? quantileOf(merged, q) : listOfDigest(merged)
}

const listOfDigest = ({ means, weights, min, max, low, high, nan }: TDigest): number[] => [
  means.length,
  min,
  max,
  low,
  high,
  nan,
  ...means,
  ...weights,
]

const HEAD = 6

function digestsIn(list: readonly number[]): TDigest[] {
  const digests: TDigest[] = []
  for (let at = 0; at < list.length; ) {
    const [count, min, max, low, high, nan] = list.slice(at, at + HEAD)
    const means = Float64Array.from(list.slice(at + HEAD, at + HEAD + count))
    const weights = Float64Array.from(list.slice(at + HEAD + count, at + HEAD + 2 * count))
    digests.push({ means, weights, min, max, low, high, nan })
    at += HEAD + 2 * count
  }
  return digests
}
