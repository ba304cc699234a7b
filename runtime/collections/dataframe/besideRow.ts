// Rows with the columns of a table of one row beside each of them: totals, and what is carried to a partition.

import { namesOf, type Schema } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { Pipe } from './pipe.ts'

/** @param rowOf the table of one row, as a task gives it, for a partition */
export function besideRow(
  rows: Pipe,
  label: string,
  schema: Schema,
  rowOf: (partition: number) => unknown,
  place: SourcePlace | undefined,
): Pipe {
  const wide: Schema = [...rows.schema, ...schema]
  const step = ([slot]: readonly number[]): Step => ({
    step: 'join',
    slot,
    how: 'cross',
    leftOn: [],
    rightOn: [],
    suffix: '_right',
    rightSchema: schema,
    columns: namesOf(wide),
  })
  return rows.with(label, wide, step, place, [rowOf])
}
