// Casts as native expressions, where polars' own would say something else than tables do.

import { type DataType, isDatetime, isText, sameType, type TimeUnit } from '../dataType.ts'
import { type NativeExpr, polars } from './native.ts'
import { isNameless, nativeType } from './nativeType.ts'

export function castTo(input: NativeExpr, from: DataType, to: DataType, strict: boolean): NativeExpr {
  // Whatever is of no type is absent, and some types have no name that polars could cast to.
  if (sameType(from, to) || isNameless(to)) return input
  if (to === 'string') return asText(input, from, strict)
  // polars takes numbers for the codes of categories, and has none of other values.
  if (to === 'category') return asText(input, from, strict).cast(nativeType(to), strict)
  if (from === 'category') return castTo(asText(input, from, strict), 'string', to, strict)
  if (isDatetime(to) && from === 'string')
    return momentsIn(input, ISO_DAYS, to.datetime, strict).cast(nativeType(to), true)
  if (to === 'time' && from === 'string') return clockTimes(input, strict)
  // The day and the time of day are those of the zone's clock.
  if ((to === 'date' || to === 'time') && isDatetime(from) && from.zone !== undefined)
    return withoutZone(input).cast(nativeType(to), strict)
  // Other numbers become whole ones as in JavaScript: what is behind the point goes.
  return input.cast(nativeType(to), strict)
}

function asText(input: NativeExpr, from: DataType, strict: boolean): NativeExpr {
  if (isText(from) && from === 'string') return input
  if (from === 'time') return input.strftime('%H:%M:%S%.f')
  if (from !== 'boolean') return input.cast(nativeType('string'), strict)
  const pl = polars()
  const text = pl.when(input).then(pl.lit('true')).otherwise(pl.lit('false'))
  return pl.when(input.isNull()).then(pl.lit(null)).otherwise(text)
}

/** The clock time of a zone as one of none. */
const withoutZone = (input: NativeExpr): NativeExpr =>
  input.dtReplaceTimeZone(null as never, polars().lit('earliest'), 'null' as never)

/** Times of day; polars takes a number alone for nanoseconds. */
function clockTimes(input: NativeExpr, strict: boolean): NativeExpr {
  const pl = polars()
  const none = pl.concatStr([pl.lit('?'), input], '', false)
  const isClock = input.strContains(pl.lit(':'), true, true)
  return pl.when(isClock).then(input).otherwise(none).cast(nativeType('time'), strict)
}

const ISO_DAYS = ['%Y-%m-%d']
const DAYS = [...ISO_DAYS, '%Y/%m/%d', '%d-%m-%Y', '%d/%m/%Y', '%d.%m.%Y']
const TIMES = [' %H:%M:%S%.f', 'T%H:%M:%S%.f', ' %H:%M', 'T%H:%M', 'T%H:%M:%S%.f%#z', ' %H:%M:%S%.f%#z', '']

/**
 * Texts as moments. Without a format polars looks for one that the first of them has, which may be another one in each
 * partition, or none at all; where what cannot be read is null, all known ones are tried.
 */
export function momentsOf(
  input: NativeExpr,
  format: string | undefined,
  unit: TimeUnit,
  strict: boolean,
): NativeExpr {
  return format === undefined && !strict
    ? momentsIn(input, DAYS, unit, false)
    : readMoments(input, format, unit, strict)
}

const readMoments = (
  input: NativeExpr,
  format: string | undefined,
  unit: TimeUnit,
  strict: boolean,
): NativeExpr =>
  input
    .strToDatetime(format, unit, undefined, strict, true, true, undefined)
    .cast(nativeType({ datetime: unit }), true)

/** Texts that begin with a day of one of these forms, with a time of day or without. */
function momentsIn(input: NativeExpr, days: readonly string[], unit: TimeUnit, strict: boolean): NativeExpr {
  const target = nativeType({ datetime: unit })
  const found = days
    .flatMap((day) =>
      TIMES.map((time) =>
        time === ''
          ? input.strToDate(day, false, true, true).cast(target, true)
          : readMoments(input, day + time, unit, false),
      ),
    )
    .reduce((all, next) => all.fillNull(next))
  if (!strict) return found
  // What none of them read is an error.
  const pl = polars()
  const rest = pl.when(found.isNull()).then(input).otherwise(pl.lit(null))
  return found.fillNull(readMoments(rest, days[0] + TIMES[0], unit, true))
}
