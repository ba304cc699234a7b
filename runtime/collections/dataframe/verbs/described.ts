// The plan of a table's summary: a row for each statistic, a column for each column of numbers.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { isNumeric } from '../../../kernels/table/dataType.ts'
import type { Schema } from '../../../kernels/table/schema.ts'
import { TableArgumentError } from '../build.ts'
import { col, type Expr } from '../expr.ts'
import type { Plan } from '../plan.ts'
import { selected } from './columns.ts'

type Statistic = readonly [name: string, of: (column: Expr, approximate: boolean) => Expr]

const quartile =
  (q: number): Statistic[1] =>
  (column, approximate) =>
    column.quantile(q, { approximate })

const STATISTICS: readonly Statistic[] = [
  ['count', (column) => column.count()],
  ['nullCount', (column) => column.nullCount()],
  ['mean', (column) => column.mean()],
  ['std', (column) => column.std()],
  ['min', (column) => column.min()],
  ['25%', quartile(0.25)],
  ['50%', quartile(0.5)],
  ['75%', quartile(0.75)],
  ['max', (column) => column.max()],
]

/** @param approximate quartiles by a t-digest: no values are brought together */
export function described(input: Plan, approximate: boolean): Plan {
  const names = input.schema.filter(({ type }) => isNumeric(type)).map(({ name }) => name)
  if (names.length === 0) throw new TableArgumentError('describe takes a table with a column of numbers')
  const all = selected(
    input,
    STATISTICS.flatMap(([statistic, of]) =>
      names.map((name) => of(col(name), approximate).cast('float64').as(`${statistic} ${name}`) as Expr),
    ),
  )
  const rows = STATISTICS.map(([name]) => ({ name, from: names.map((column) => `${name} ${column}`) }))
  return {
    kind: 'local',
    input: all,
    label: 'describe',
    step: { step: 'fold', label: 'statistic', columns: names, rows },
    schema: [
      { name: 'statistic', type: 'string' },
      ...names.map((name): Schema[number] => ({ name, type: 'float64' })),
    ],
    place: placeOfCall(),
  }
}
