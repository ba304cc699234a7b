import fs from 'node:fs'
import _ from 'lodash'
import { parseSync } from 'oxc-parser'

if (process.env.SIDE_FILE) fs.appendFileSync(process.env.SIDE_FILE, 'helpers\n')
export const table = { a: 1, b: 2 }
export let counter = 0
export const next = (): number => ++counter
export function normalise(w: string, o: { lower?: boolean } = {}): string {
  const t = w.trim()
  return o.lower ? t.toLowerCase() : t
}
export const times =
  (k: number) =>
  (x: number): number =>
    x * k
export const statements = (s: string): number => parseSync('a.ts', s).program.body.length
export const chunked = (xs: number[]): number[][] => _.chunk(xs, 2)
export default function twice(x: number): number {
  return x * 2
}
export function boom(x: number): number {
  if (x > 0) throw new RangeError(`boom ${x}`)
  return x
}
