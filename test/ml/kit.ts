// scikit-learn's data and answers, and how numbers are held against them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NdArray } from '../../runtime/collections/index.ts'

export interface Dataset {
  x: number[][]
  y: number[]
}

const read = (name: string): Record<string, never> =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'answers', `${name}.json`), 'utf8')) as Record<
    string,
    never
  >

/** scikit-learn's answers of one room. */
export const answersOf = <T>(room: string): Record<string, T> => read(room)

/** scikit-learn's own data. */
export function dataset(name: 'iris' | 'cancer' | 'diabetes' | 'digits'): Dataset {
  const own = read('data')[name] as Dataset | { x: string[]; y: string }
  if (typeof own.y !== 'string') return own as Dataset
  return {
    x: (own.x as string[]).map((row) => Array.from(row, (letter) => letter.charCodeAt(0) - 97)),
    y: Array.from(own.y, Number),
  }
}

const flat = (value: unknown): number[] => {
  if (value instanceof NdArray) return flat(value.toList())
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  if (Array.isArray(value)) return value.flatMap(flat)
  return [value === null ? Number.NaN : (value as number)]
}

/** Holds numbers, at any depth of lists, to what is expected of them: apart by at most `bound`, relative above 1. */
export function close(actual: unknown, expected: unknown, bound: number, what = ''): void {
  const a = flat(actual)
  const b = flat(expected)
  assert.equal(a.length, b.length, `${what}: ${a.length} numbers instead of ${b.length}`)
  a.forEach((value, i) => {
    if (Number.isNaN(value) && Number.isNaN(b[i])) return
    const apart = Math.abs(value - b[i]) / Math.max(1, Math.abs(b[i]))
    assert.ok(apart <= bound, `${what}: number ${i} is ${value}, expected ${b[i]} (apart by ${apart})`)
  })
}

/** scikit-learn's own data in two parts: every fourth row is for testing. */
export function split(name: Parameters<typeof dataset>[0]) {
  const { x, y } = dataset(name)
  const part = <T>(rows: T[], test: boolean): T[] => rows.filter((_, i) => (i % 4 === 0) === test)
  return { x: part(x, false), y: part(y, false), xTest: part(x, true), yTest: part(y, true) }
}
