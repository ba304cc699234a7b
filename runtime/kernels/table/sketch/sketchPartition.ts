// Sketches of tables: what a partition adds to one, and what several say together.

import { kernel } from '../../kernel.ts'
import type { Engine, OpenFrame } from '../engine.ts'
import { type ExprNode, nameOf } from '../expression.ts'
import { requireOneHash } from '../mixedHash.ts'
import { DistinctCounter, estimate, type HyperLogLog } from './hyperLogLog.ts'
import { digestOf, mergeDigests, quantileOf, type TDigest } from './tDigest.ts'

/** What is asked: how many different keys there are, or a quantile. Expressions are resolved. */
export type SketchSpec =
  | { sketch: 'distinct'; keys: readonly ExprNode[] }
  | { sketch: 'quantile'; value: ExprNode; q: number }

/** A sketch of some rows. Those of hashes say by which. */
export type Sketch =
  | { sketch: 'distinct'; seen: HyperLogLog; hash: string }
  | { sketch: 'quantile'; digest: TDigest }

export async function sketchOf<F extends OpenFrame>(
  engine: Engine<F>,
  frame: F,
  spec: SketchSpec,
): Promise<Sketch> {
  if (spec.sketch === 'distinct') {
    const counter = new DistinctCounter()
    const { high, low } = await engine.hashes(frame, spec.keys)
    for (let i = 0; i < high.length; i++) counter.add(high[i], low[i])
    return { sketch: 'distinct', seen: counter.state(), hash: engine.hashMark() }
  }
  const name = nameOf(spec.value)
  const column = { kind: 'column', name, type: 'float64' } as const
  const sorted = await engine.continue(
    frame,
    [
      { step: 'select', exprs: [spec.value] },
      { step: 'sort', keys: [{ by: column, descending: false, nullsFirst: false }] },
    ],
    [],
  )
  const [{ cells }] = engine.toColumns(sorted)
  const absent = cells.indexOf(null)
  return { sketch: 'quantile', digest: digestOf((absent < 0 ? cells : cells.slice(0, absent)) as number[]) }
}

/** @throws {MixedHashError} when they are of different hashes */
export function mergedSketches(sketches: readonly Sketch[]): Sketch {
  const [first] = sketches
  if (first.sketch === 'quantile')
    return {
      sketch: 'quantile',
      digest: mergeDigests(sketches.map((each) => (each as typeof first).digest)),
    }
  const counter = new DistinctCounter()
  const all = sketches as readonly (typeof first)[]
  requireOneHash(all.map(({ hash }) => hash))
  for (const { seen } of all) counter.merge(seen)
  return { sketch: 'distinct', seen: counter.state(), hash: first.hash }
}

/** Sketches as one, or what they answer. */
export const mergeSketches = kernel(
  'table.mergeSketches',
  (spec: SketchSpec, finish: boolean, sketches: readonly Sketch[]): Sketch | number | null => {
    const merged = mergedSketches(sketches)
    if (!finish) return merged
    if (merged.sketch === 'distinct') return estimate(merged.seen)
    return quantileOf(merged.digest, (spec as Extract<SketchSpec, { sketch: 'quantile' }>).q)
  },
)
