// A plan as people read it: what stands on what, with the rows and bytes that are expected.

import { expressionText } from '../../kernels/table/expression.ts'
import { namesOf } from '../../kernels/table/schema.ts'
import { optimised } from './optimise.ts'
import { estimatedBytes, estimatedRows, inputsOf, type Plan } from './plan.ts'

/** The plan before and after it is made cheaper. */
export function explained(plan: Plan): string {
  return `as written\n${planText(plan)}\n\nas run\n${planText(optimised(plan))}`
}

/** A line a node, inputs below and further in. */
export function planText(plan: Plan, depth = 1): string {
  const own = `${'  '.repeat(depth)}${nodeText(plan)}  ~${rowsText(estimatedRows(plan))}, ${size(estimatedBytes(plan))}`
  return [own, ...inputsOf(plan).map((input) => planText(input, depth + 1))].join('\n')
}

const FEW = 8

function list(names: readonly string[]): string {
  const shown = names.slice(0, FEW).join(', ')
  return names.length > FEW ? `${shown}, … ${names.length - FEW} more` : shown
}

function nodeText(plan: Plan): string {
  switch (plan.kind) {
    case 'scan': {
      const predicate = plan.source.source === 'parquet' && plan.source.predicate
      return [
        plan.label,
        plan.detail,
        `columns: ${list(namesOf(plan.schema))}`,
        predicate ? `where ${expressionText(predicate)}` : '',
        `${plan.partitions} ${plan.partitions === 1 ? 'partition' : 'partitions'}`,
      ]
        .filter((part) => part)
        .join(' · ')
    }
    case 'project':
      return `select ${list(plan.exprs.map(expressionText))}`
    case 'filter':
      return `filter ${expressionText(plan.predicate)}`
    case 'local':
      return plan.label
    case 'aggregate':
      return plan.keys.length === 0
        ? `aggregate ${list(plan.aggs.map(expressionText))}`
        : `groupBy ${list(plan.keys.map(expressionText))}: ${list(plan.aggs.map(expressionText))}`
    case 'grouped':
      return `${plan.label} by ${list(plan.keys)}`
    case 'unique':
      return `unique by ${list(plan.subset)}`
    case 'sort':
      return `sort by ${plan.keys.map(({ by, descending }) => `${expressionText(by)}${descending ? ' descending' : ''}`).join(', ')}${plan.limit === undefined ? '' : `, first ${plan.limit}`}`
    case 'head':
    case 'tail':
      return `${plan.kind} ${plan.count}`
    case 'join':
      return plan.how === 'cross'
        ? 'join every row with every row'
        : `${plan.how} join on ${plan.leftOn.map((key, i) => `${expressionText(key)} = ${expressionText(plan.rightOn[i])}`).join(', ')}`
    case 'asof':
      return `join with the ${plan.spec.strategy} row by ${plan.spec.leftOn}`
    case 'rolling':
      return `rolling ${plan.period} of ${list([...plan.by, plan.on])}: ${list(plan.aggs.map(expressionText))}`
    case 'concat':
      return `concat of ${plan.inputs.length}`
    case 'repartition':
      return `repartition to ${plan.partitions}`
    case 'overlap':
      return `mapOverlap ${plan.before} before, ${plan.after} behind`
  }
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

function rowsText(rows: number): string {
  const whole = Math.round(rows)
  return `${whole.toLocaleString('en-US')} ${whole === 1 ? 'row' : 'rows'}`
}
