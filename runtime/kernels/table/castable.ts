// Which types can become which others, and the way out for those that cannot: known before anything runs.

import {
  type DataType,
  isDatetime,
  isDuration,
  isList,
  isNumeric,
  isStruct,
  isText,
  sameType,
} from './dataType.ts'

const isTime = (type: DataType): boolean =>
  type === 'date' || type === 'time' || isDatetime(type) || isDuration(type)

/**
 * What to do instead where no value of a type can be cast to another; nothing where it can.
 * @example castRefusal('int64', 'null') // 'every value would be lost: lit(null) is a column without any'
 */
export function castRefusal(from: DataType, to: DataType): string | undefined {
  if (from === 'null' || sameType(from, to)) return undefined
  if (to === 'null') return 'every value would be lost: lit(null) is a column without any'
  if (isList(from) && isList(to)) return castRefusal(from.list, to.list)
  if (isStruct(from) && isStruct(to)) return ofFields(from.struct, to.struct)
  if (isList(from) || isStruct(from) || isStruct(to))
    return 'take a part of it first, e.g. .list.get(0) or .field(name)'
  if (isList(to))
    return isNumeric(from) || from === 'boolean' || from === 'string'
      ? castRefusal(from, to.list)
      : 'values of a group become a list with .implode()'
  return ofSimple(from, to)
}

function ofFields(
  from: Readonly<Record<string, DataType>>,
  to: Readonly<Record<string, DataType>>,
): string | undefined {
  for (const [name, type] of Object.entries(to)) {
    const refusal = name in from ? castRefusal(from[name], type) : undefined
    if (refusal) return `its field ${name}: ${refusal}`
  }
  return undefined
}

function ofSimple(from: DataType, to: DataType): string | undefined {
  if (from === 'binary') return to === 'string' ? undefined : "make a text of it first, with .cast('string')"
  if (to === 'binary') return 'functions make bytes, in mapPartitions or apply'
  if (to === 'boolean') {
    if (isText(from)) return "say which texts are true, e.g. with .eq('true') or .isIn([...])"
    return isTime(from) ? 'compare it, e.g. with .gt(…) or .isNotNull()' : undefined
  }
  if (isDuration(from) && (isText(to) || isTime(to)))
    return isDuration(to) ? undefined : 'make a number of it first, e.g. with .dt.totalMilliseconds()'
  if (isDuration(to) && (isText(from) || isTime(from)))
    return from === 'time' ? undefined : 'take it from another moment with .sub(…), or cast a number of ticks'
  if (from === 'time' && (to === 'date' || isDatetime(to)))
    return "a time of day has no date: .cast({ duration: 'us' }) can be added to one"
  if (from === 'date' && to === 'time') return 'a date has no time of day'
  if (from === 'category' && isNumeric(to))
    return "its codes differ between partitions. Cast it to 'string' first if its texts are numbers"
  return undefined
}
