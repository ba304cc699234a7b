// Joins as tasks: which side goes where.

import { resolve } from '../../kernels/table/resolve.ts'
import { namesOf } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { asofJoined, asofNear, canCompareRanges } from './lowerAsof.ts'
import { type Building, gathered, held, type Pipe } from './pipe.ts'
import { estimatedBytes, type PlanOf } from './plan.ts'
import { shuffled } from './shuffle.ts'

/** A side of a join up to this size goes to every partition of the other. */
const BROADCAST_BYTES = 32 * 2 ** 20

/** A join: a small side goes whole to all partitions of the other, else equal keys of both come together. */
export function join(building: Building, plan: PlanOf<'join'>, left: Pipe, right: Pipe): Pipe {
  const { place, schema, how, suffix } = plan
  const leftOn = plan.leftOn.map((key) => resolve(key, left.schema))
  const rightOn = plan.rightOn.map((key) => resolve(key, right.schema))
  const stepAt = ([slot]: readonly number[]): Step => ({
    step: 'join',
    slot,
    how,
    leftOn,
    rightOn,
    suffix,
    rightSchema: right.schema,
    columns: namesOf(schema),
  })
  const alone = left.partitions === 1 && right.partitions === 1
  const small =
    plan.broadcast === 'auto'
      ? estimatedBytes(plan.right) <= BROADCAST_BYTES || right.partitions === 1
      : plan.broadcast
  if (alone || how === 'cross' || (small && how !== 'outer')) {
    const [whole] = one(building, right, place)
    return left.with('join', schema, stepAt, place, [() => whole])
  }
  const count = plan.partitions ?? Math.max(left.partitions, right.partitions)
  const lefts = shuffled(left, { by: 'hash', keys: leftOn }, count, 'join', place)
  const rights = shuffled(right, { by: 'hash', keys: rightOn }, count, 'join', place)
  return lefts.with('join', schema, stepAt, place, [(partition) => rights.parts.argument(partition)])
}

/** All rows of a table in one frame. */
function one(building: Building, pipe: Pipe, place: SourcePlace | undefined): readonly unknown[] {
  const frames = pipe.frames()
  return frames.length === 1
    ? frames
    : gathered(building, [frames], pipe.schema, 'broadcast', place).frames('broadcast')
}

/** A join with the nearest row: a small right side goes whole to all partitions, of a large one what may be nearest. */
export function asof(building: Building, plan: PlanOf<'asof'>, left: Pipe, right: Pipe): Pipe {
  const { place } = plan
  const small =
    plan.broadcast === 'auto'
      ? estimatedBytes(plan.right) <= BROADCAST_BYTES || right.partitions === 1
      : plan.broadcast
  if (!small && left.partitions > 1 && canCompareRanges(plan, left, right))
    return asofNear(building, plan, held(left), right)
  const [whole] = one(building, right, place)
  return asofJoined(plan, left, right.schema, () => whole)
}
