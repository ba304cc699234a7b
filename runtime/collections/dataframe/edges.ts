// Rows of neighbouring partitions: they are handed on from one to the next, since a partition may be shorter than what is asked for.

import { runTable } from '../../kernels/table/partition.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { Building } from './pipe.ts'

/** For each partition, references of the rows that stand before it and behind it, in this order. */
export function edgesOf(
  building: Building,
  frames: readonly unknown[],
  schema: Schema,
  { before, after }: { before: number; after: number },
  label: string,
  place: SourcePlace | undefined,
): readonly (readonly [previous: unknown, next: unknown])[] {
  const groupOf = (bound: readonly unknown[], name: string): number =>
    building.group(runTable as (...args: never[]) => unknown, bound, `${label}-${name}`, place)
  const handed = (count: number, backwards: boolean): unknown[] => {
    const step: Step = { step: 'slice', offset: backwards ? 0 : -count, length: count }
    const group = groupOf([{ source: 'frames', schema }, [step], { sink: 'frame' }], 'edge')
    const order = backwards ? [...frames].reverse() : frames
    const made: unknown[] = []
    // What the last one would hand on, nobody gets.
    for (const own of order.slice(0, -1)) {
      const known = made.at(-1)
      const parts = known === undefined ? [own] : backwards ? [own, known] : [known, own]
      made.push(building.graph.addTask(group, [parts]))
    }
    return made
  }
  const empty = groupOf([{ source: 'records', schema }, [], { sink: 'frame' }], 'none')
  const none = building.graph.addTask(empty, [[]])
  const heads = before > 0 ? handed(before, false) : []
  const tails = after > 0 ? handed(after, true) : []
  const last = frames.length - 1
  return frames.map((_, i) => [
    i > 0 && before > 0 ? heads[i - 1] : none,
    i < last && after > 0 ? tails[last - 1 - i] : none,
  ])
}
