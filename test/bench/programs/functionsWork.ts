// What the sender of functions pays: the first lift of a function, and later ones with small captures.

import { ArgumentWriter } from '../../../runtime/functions/argumentList.ts'
import { Lifter } from '../../../runtime/functions/lifter.ts'

const factor = await Promise.resolve(3)
const ten = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 }
const scaled = (x: number): number => x * factor
const offset = (x: number): number => x + ten.a
const both = (x: number): number => scaled(x) + offset(x)
const lifter = new Lifter({ root: import.meta.dirname, entry: import.meta.filename })

function milliseconds(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

/** The median of many runs, in microseconds. */
function microseconds(runs: number, work: () => void): number {
  for (let i = 0; i < runs / 10; i++) work()
  const times = Array.from({ length: runs }, () => milliseconds(work)).sort((a, b) => a - b)
  return times[runs >> 1] * 1000
}

lifter.liftCallable(scaled)
const first = milliseconds(() => lifter.liftCallable(offset))
const again = microseconds(5000, () => lifter.liftCallable(scaled))
const object = microseconds(5000, () => lifter.liftCallable(offset))
const nested = microseconds(5000, () => lifter.liftCallable(both))
const fresh = microseconds(5000, () => {
  const k = factor
  lifter.liftCallable((x: number) => x + k)
})
const writer = new ArgumentWriter()
const count = 1_000_000
const mapped = milliseconds(() => {
  for (let i = 0; i < count; i++) writer.write([i])
})
console.log(JSON.stringify({ first, again, object, nested, fresh, argument: (mapped * 1000) / count }))
