// Hashes of columns by polars: what splits rows by their keys, and what counts of different values are made of.

import { type DataType, isFloat } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import { CODE_BITS } from '../sketch/hyperLogLog.ts'
import { type NativeExpr, polars } from './native.ts'
import { nativeExpr } from './nativeExpr.ts'
import { nativeType } from './nativeType.ts'

export const SEEDS = [0n, 1n, 2n, 3n].map((seed) => seed as never) as never[]

const whole = (value: bigint): NativeExpr => polars().lit(value).cast(nativeType('uint64'), true)
const float = (value: number): NativeExpr => polars().lit(value).cast(nativeType('float64'), true)

/** A hash of 64 bits; categories hash by their texts, since their codes differ between partitions. */
export function columnHash(column: NativeExpr, type: DataType): NativeExpr {
  const hashed = (values: NativeExpr): NativeExpr => values.hash(...SEEDS).cast(nativeType('uint64'), true)
  if (type === 'category') return hashed(column.cast(nativeType('string'), true))
  // −0 and 0 are one key.
  return hashed(isFloat(type) ? column.add(polars().lit(0).cast(nativeType(type), true)) : column)
}

/** One hash of several. */
export const combinedHash = (hashes: readonly NativeExpr[]): NativeExpr =>
  hashes.reduce((all, each) => all.mul(whole(0x9e3779b97f4a7c15n)).add(each))

/** One hash of the keys of each row. */
export const hashOf = (keys: readonly ExprNode[]): NativeExpr =>
  combinedHash(keys.map((key) => columnHash(nativeExpr(key), key.type ?? 'null')))

/** Of each hash, as one number, its beginning and the place of the first set bit of the rest. */
export function hashCode(hash: NativeExpr): NativeExpr {
  const { rank: bits, rankPlaces } = CODE_BITS
  const rest = hash.mod(whole(2n ** BigInt(bits))).cast(nativeType('float64'), true)
  // Logarithms of powers of two may be a little too small; the next lower number is much further away than this.
  const length = rest
    .log(2 as never)
    .add(float(1e-13))
    .floor()
  const rank = polars()
    .when(rest.eq(float(0)))
    .then(float(bits + 1))
    .otherwise(float(bits).sub(length))
    .cast(nativeType('uint64'), true)
  const prefix = hash.floordiv(whole(2n ** BigInt(bits)))
  return prefix
    .mul(whole(BigInt(rankPlaces)))
    .add(rank)
    .cast(nativeType('uint32'), true)
}
