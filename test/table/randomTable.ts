// Seeded random tables with everything that bites: nulls, NaN, ties, −0, unicode, int64 beyond 2^53, dates.

import type { Cell } from '../../runtime/kernels/table/columns/column.ts'
import type { Schema } from '../../runtime/kernels/table/schema.ts'
import { Random } from '../simulation/random.ts'
import type { Row } from './model.ts'

/** Numbers from 0 to 1, the same sequence for the same seed. */
export function randomOf(seed: number): () => number {
  const random = new Random(seed)
  return () => random.next()
}

export const SCHEMA: Schema = [
  { name: 'id', type: 'int64' },
  { name: 'key', type: 'string' },
  { name: 'group', type: 'int64' },
  { name: 'x', type: 'float64' },
  { name: 'y', type: 'float64' },
  { name: 'flag', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'at', type: { datetime: 'us', zone: 'Europe/Berlin' } },
]

const KEYS = ['a', 'b', 'ä', '日本', '😀', '', 'b c', 'A', '\uffee']

export function randomRows(seed: number, count: number): Row[] {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const maybe = (value: Cell): Cell => (random() < 0.15 ? null : value)
  return Array.from({ length: count }, (_, i) => ({
    id: 9_007_199_254_740_993n + BigInt(i),
    key: maybe(pick(KEYS)),
    group: maybe(BigInt(Math.floor(random() * 4))),
    x: maybe(pick([Number.NaN, -0, 0, 1, 1, 2.5, -3, Math.round(random() * 1000) / 8])),
    y: maybe(Math.round((random() - 0.5) * 100) / 4),
    flag: maybe(random() < 0.5),
    day: maybe(Math.floor((random() - 0.3) * 30_000)),
    at: maybe(BigInt(Math.floor((random() - 0.2) * 1e12)) * 1000n + 1n),
  }))
}
