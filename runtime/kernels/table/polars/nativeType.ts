// Our types as polars has them.

import { type DataType, isList, isStruct } from '../dataType.ts'
import { nativeTypes } from './native.ts'

const NAMES: Readonly<Record<string, string>> = {
  boolean: 'Bool',
  int8: 'Int8',
  int16: 'Int16',
  int32: 'Int32',
  int64: 'Int64',
  uint8: 'UInt8',
  uint16: 'UInt16',
  uint32: 'UInt32',
  uint64: 'UInt64',
  float32: 'Float32',
  float64: 'Float64',
  string: 'String',
  category: 'Categorical',
  date: 'Date',
  time: 'Time',
  null: 'Null',
}

/** A type as the native side takes it. */
export function nativeType(type: DataType): unknown {
  const types = nativeTypes()
  if (type === 'datetime') return types.Datetime('us', null)
  if (type === 'duration') return types.Duration('us')
  if (typeof type === 'string') return types[NAMES[type]]
  if ('list' in type) return types.List(nativeType(type.list))
  if ('struct' in type)
    return types.Struct(
      Object.fromEntries(Object.entries(type.struct).map(([name, each]) => [name, nativeType(each)])),
    )
  if ('datetime' in type) return types.Datetime(type.datetime, type.zone ?? null)
  return types.Duration(type.duration)
}

/** Whether polars' binding has no name for a type, so that nothing can be cast to it. */
export const isNameless = (type: DataType): boolean =>
  type === 'null' ||
  type === 'binary' ||
  (isList(type) && isNameless(type.list)) ||
  (isStruct(type) && Object.values(type.struct).some(isNameless))
