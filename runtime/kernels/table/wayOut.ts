// What to write instead where a function does not take a type.

import { type DataType, isDatetime, isDuration, isList, isNumeric, isStruct, isText } from './dataType.ts'
import type { Wants } from './functionCatalogue.ts'

/** A sentence that says what to do with values of a type where others are wanted. */
export function wayOut(type: DataType, wants: Wants): string {
  if (wants === 'textList' && isList(type)) return "Make texts of its items with .cast({ list: 'string' })."
  if (wants === 'list' || wants === 'numberList' || wants === 'textList')
    return isText(type)
      ? 'Make a list of a text with .str.split(separator).'
      : 'Values of a group become a list with .implode().'
  if (wants === 'struct') return 'Columns become one struct with struct(…).'
  if (isList(type)) return 'Take a part of it, e.g. .list.get(0) or .list.length().'
  if (isStruct(type)) return `Take a field of it, e.g. .field('${Object.keys(type.struct)[0] ?? 'name'}').`
  if (wants === 'text')
    return isDuration(type)
      ? 'Make a number of it with .dt.totalMilliseconds().'
      : "Make texts of it with .cast('string')."
  if (wants === 'boolean') return compared(type)
  if (wants === 'calendar' || wants === 'instant' || wants === 'clock') return moments(type, wants)
  if (wants === 'duration')
    return isNumeric(type)
      ? "Make durations of ticks with .cast({ duration: 'ms' })."
      : 'Take one moment from another with .sub(…).'
  return numbers(type)
}

function compared(type: DataType): string {
  if (isNumeric(type)) return 'Compare it, e.g. with .gt(0) or .neq(0).'
  return isText(type) ? "Compare it, e.g. with .eq('yes')." : 'Compare it, e.g. with .isNotNull().'
}

function moments(type: DataType, wants: Wants): string {
  if (isText(type)) return 'Read texts as dates with .str.toDate(format) or .str.toDatetime(format).'
  if (type === 'date')
    return wants === 'clock'
      ? "A date has no time of day: .cast('datetime') is its midnight."
      : "Make a datetime of it with .cast('datetime')."
  return isNumeric(type)
    ? "Make datetimes of ticks with .cast({ datetime: 'ms' })."
    : 'Cast it with .cast(type).'
}

function numbers(type: DataType): string {
  if (type === 'boolean') return "Make numbers of it with .cast('int64')."
  if (type === 'category') return "Read numbers from it with .cast('string').cast('float64')."
  if (type === 'string') return "Read numbers from it with .cast('float64')."
  if (isDuration(type)) return 'Make a number of it with .dt.totalMilliseconds().'
  if (isDatetime(type))
    return 'Make a number of it with .dt.epoch(), or take one moment from another with .sub(…).'
  if (type === 'date')
    return "Make a number of it with .cast('int32'), or take one day from another with .sub(…)."
  return 'Cast it with .cast(type).'
}
