// The columns that a join with the nearest row gives, and what it compares.

import { requireOneOf } from '../../kernels/optionNames.ts'
import { parseEvery } from '../../kernels/table/columns/dates.ts'
import { type DataType, isDatetime, isDuration, isNumeric, typeText } from '../../kernels/table/dataType.ts'
import { fieldOf, namesOf, requireDistinct, type Schema } from '../../kernels/table/schema.ts'
import type { AsofSpec } from '../../kernels/table/steps.ts'
import { requireColumns, TableArgumentError } from './build.ts'
import { requireEvery } from './expr.ts'
import { otherSuffix } from './joinSchema.ts'
import type { AsofOptions } from './verbs/join.ts'

const isTime = (type: DataType): boolean => type === 'date' || isDatetime(type)

/**
 * @throws {MissingColumnError} when a column is not there
 * @throws {TableArgumentError} when columns cannot be compared, or the tolerance is none of their distances
 */
export function asofSchema(
  left: Schema,
  right: Schema,
  options: AsofOptions,
  suffix: string,
): { spec: AsofSpec; schema: Schema } {
  const { on, by = [], strategy = 'backward', tolerance } = options
  const leftOn = options.leftOn ?? on
  const rightOn = options.rightOn ?? on
  if (leftOn === undefined || rightOn === undefined)
    throw new TableArgumentError(
      "joinAsof takes the column to compare: { on: 'time' }, or leftOn and rightOn",
    )
  requireOneOf('joinAsof: strategy', strategy, ['backward', 'forward', 'nearest'])
  const keys = [by].flat()
  requireColumns('joinAsof', [leftOn, ...keys], left)
  requireColumns('joinAsof', [rightOn, ...keys], right)
  const { type } = fieldOf(left, leftOn)
  const other = fieldOf(right, rightOn).type
  if (!isTime(type) && !isNumeric(type) && !isDuration(type))
    throw new TableArgumentError(
      `joinAsof compares numbers and times, but ${leftOn} is ${typeText(type)}: columns that must agree exactly go by { by }`,
    )
  if (typeText(type) !== typeText(other))
    throw new TableArgumentError(
      `joinAsof: ${leftOn} is ${typeText(type)} and ${rightOn} is ${typeText(other)}: cast one of them`,
    )
  for (const name of keys) {
    const [ours, theirs] = [fieldOf(left, name).type, fieldOf(right, name).type].map(typeText)
    if (ours !== theirs)
      throw new TableArgumentError(
        `joinAsof: ${name} is ${ours} on the left and ${theirs} on the right: cast one of them`,
      )
  }
  requireTolerance(tolerance, leftOn, type)
  const dropped = new Set([...keys, ...(leftOn === rightOn ? [rightOn] : [])])
  const own = new Set(namesOf(left))
  const added = right
    .filter(({ name }) => !dropped.has(name))
    .map((field) => (own.has(field.name) ? { ...field, name: `${field.name}${suffix}` } : field))
  const schema = [...left, ...added]
  requireDistinct(namesOf(schema), 'joinAsof', otherSuffix(suffix))
  return {
    schema,
    spec: {
      leftOn,
      rightOn,
      leftBy: keys,
      rightBy: keys,
      strategy,
      ...(tolerance === undefined ? {} : { tolerance }),
    },
  }
}

function requireTolerance(tolerance: unknown, on: string, type: DataType): void {
  if (tolerance === undefined) return
  if (isTime(type)) {
    if (
      !['mo', 'y'].includes(parseEvery(requireEvery('joinAsof: tolerance', tolerance as string))?.unit ?? '')
    )
      return
    throw new TableArgumentError(
      `joinAsof: tolerance is a length of time such as '2h' or '7d', not '${tolerance}': months and years are not equally long`,
    )
  }
  if (typeof tolerance !== 'number' || !(tolerance >= 0))
    throw new TableArgumentError(
      `joinAsof: tolerance is a number ≥ 0 where ${on} is ${typeText(type)}, not ${JSON.stringify(tolerance)}`,
    )
}
