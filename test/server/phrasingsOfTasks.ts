// Ways to write what tasks do, take along and are given.

import { HEAD } from './phrasingHead.ts'

/** What is phrased, and a text with a mark below what is found in it. */
export const TASKS: readonly [what: string, source: string][] = [
  [
    'a capture assigned: ++',
    `${HEAD}let n0 = 0
bag.range(3).map((n) => { n0++; return n })
//                        ^^ assigns-capture`,
  ],
  [
    'a capture assigned: named fn',
    `${HEAD}let n0 = 0
function f(n: number) { n0 += n; return n }
//                      ^^ assigns-capture
bag.range(3).map(f)`,
  ],
  [
    'a capture assigned: const arrow',
    `${HEAD}let n0 = 0
const f = (n: number) => { n0 += n; return n }
//                         ^^ assigns-capture
bag.range(3).map(f)`,
  ],
  [
    'a capture assigned: delayed',
    `${HEAD}let n0 = 0
const f = delayed((n: number) => { n0 = n; return n })
//                                 ^^ assigns-capture
f(3)`,
  ],
  [
    'a capture assigned: by a namespace',
    `import * as hd from 'heddle'
let n0 = 0
hd.bag.range(3).map((n) => { n0 += n; return n })
//                           ^^ assigns-capture`,
  ],
  [
    'a capture assigned: nested',
    `${HEAD}let n0 = 0
bag.range(3).map((n) => { [1].forEach((k) => { n0 += k }); return n })
//                                             ^^ assigns-capture`,
  ],
  [
    'a capture assigned: taken apart',
    `${HEAD}let a = 0, b0 = 0
bag.range(3).map((n) => { [a, b0] = [n, n]; return n })
//                         ^ assigns-capture
//                            ^^ assigns-capture`,
  ],
  [
    'a capture assigned: a field',
    `${HEAD}const stats = { count: 0 }
bag.range(3).map((n) => { stats.count++; return n })
//                        ^^^^^^^^^^^ mutates-capture`,
  ],
  [
    'a capture changed: map',
    `${HEAD}const seen = new Map<number, number>()
bag.range(3).map((n) => { seen.set(n, 1); return n })
//                        ^^^^^^^^ mutates-capture`,
  ],
  [
    'a capture changed: set',
    `${HEAD}const seen = new Set<number>()
bag.range(3).filter((n) => { if (seen.has(n)) return false; seen.add(n); return true })
//                                                          ^^^^^^^^ mutates-capture`,
  ],
  [
    'a capture changed: index',
    `${HEAD}const hist: number[] = []
bag.range(3).map((n) => { hist[n] = 1; return n })
//                        ^^^^^^^ mutates-capture`,
  ],
  [
    'a capture changed: submit',
    `${HEAD}const c = await Client.local()
const out: number[] = []
c.submit((n: number) => { out.push(n) }, 1)
//                        ^^^^^^^^ mutates-capture`,
  ],
  [
    'a capture changed: client.map',
    `${HEAD}const c = await Client.local()
const out: number[] = []
c.map((n: number) => { out.push(n) }, [1])
//                     ^^^^^^^^ mutates-capture`,
  ],
  [
    'an argument: sort',
    `${HEAD}bag.fromSequence([[3,1]]).map((xs) => xs.sort())
//                                    ^^^^^^^ mutates-argument`,
  ],
  [
    'an argument: sort fn',
    `${HEAD}function median(xs: number[]) { xs.sort((a, b) => a - b); return xs[xs.length >> 1] }
//                              ^^^^^^^ mutates-argument
bag.fromSequence([[3,1]]).map(median)`,
  ],
  [
    'an argument: a field is assigned',
    `${HEAD}bag.fromSequence([{ a: 1 }]).map((row) => { row.a = 2; return row })
//                                          ^^^^^ mutates-argument`,
  ],
  [
    'an argument: delete',
    `${HEAD}bag.fromSequence([{ a: 1 }]).map((row: { a?: number }) => { delete row.a; return row })
//                                                                 ^^^^^ mutates-argument`,
  ],
  [
    'an argument: Object.assign',
    `${HEAD}bag.fromSequence([{ a: 1 }]).map((row) => Object.assign(row, { b: 2 }))
//                                        ^^^^^^^^^^^^^ mutates-argument`,
  ],
  [
    'an argument: by another name',
    `${HEAD}bag.fromSequence([{ a: [1] }]).map((row) => { const xs = row.a; xs.push(2); return xs })
//                                                              ^^^^^^^ mutates-argument`,
  ],
  [
    'an argument: taken apart',
    `${HEAD}bag.fromSequence([{ a: [1] }]).map(({ a }) => { a.push(2); return a })
//                                              ^^^^^^ mutates-argument`,
  ],
  [
    'an argument: fill typed',
    `${HEAD}array.ones([3]).mapBlocks((block) => { block.fill(0); return block })
//                                     ^^^^^^^^^^ mutates-argument`,
  ],
  ['an argument: copy, rightly', `${HEAD}bag.fromSequence([[3,1]]).map((xs) => [...xs].sort())`],
  ['an argument: toSorted, rightly', `${HEAD}bag.fromSequence([[3,1]]).map((xs) => xs.toSorted())`],
  ['an argument: slice, rightly', `${HEAD}bag.fromSequence([[3,1]]).map((xs) => xs.slice().sort())`],
  [
    'an argument: param reassigned, rightly',
    `${HEAD}bag.fromSequence([[3,1]]).map((xs) => { xs = [...xs]; xs.sort(); return xs })`,
  ],
  ['an argument: number assign, rightly', `${HEAD}bag.range(3).map((n) => { n += 1; return n })`],
  [
    'an argument: split, rightly',
    `${HEAD}bag.fromSequence(['a b']).map((line) => { const parts = line.split(' '); parts.sort(); return parts })`,
  ],
  [
    'what travels: fs stream',
    `${HEAD}import fs from 'node:fs'
const out = fs.createWriteStream('x')
bag.range(3).map((n) => { out.write(String(n)) })
//                        ^^^ cannot-travel`,
  ],
  [
    'what travels: promise',
    `${HEAD}const table = fetch('x')
bag.range(3).map((n) => [table, n])
//                       ^^^^^ cannot-travel`,
  ],
  [
    'what travels: worker',
    `${HEAD}import { Worker } from 'node:worker_threads'
const w = new Worker('x')
bag.range(3).map((n) => w.postMessage(n))
//                      ^ cannot-travel`,
  ],
  [
    'what travels: generator',
    `${HEAD}function* g() { yield 1 }
const it = g()
bag.range(3).map((n) => it.next())
//                      ^^ cannot-travel`,
  ],
  [
    'what travels: abort',
    `${HEAD}const ac = new AbortController()
bag.range(3).map((n) => ac.signal.aborted ? 0 : n)
//                      ^^ cannot-travel`,
  ],
  [
    'what travels: map, rightly',
    `${HEAD}const m = new Map([[1, 2]])
bag.range(3).map((n) => m.get(n))`,
  ],
  [
    'what travels: regexp, rightly',
    `${HEAD}const re = /a/
bag.fromSequence(['a']).filter((s) => re.test(s))`,
  ],
  [
    'what is large: of a length',
    `${HEAD}const big = new Float64Array(10_000_000)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: Float64Array.from',
    `${HEAD}const big = Float64Array.from({ length: 5_000_000 }, Math.random)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: Array.from',
    `${HEAD}const big = Array.from({ length: 1_000_000 }, (_, i) => i)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: new Array',
    `${HEAD}const big = new Array(5_000_000).fill(0)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: product',
    `${HEAD}const N = 4000
const big = new Float64Array(N * N)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: small, rightly',
    `${HEAD}const small = new Float64Array(100)
bag.range(3).map((n) => small[n])`,
  ],
  [
    'this changed: counted',
    `${HEAD}class Model {
  seen = 0
  async fit() { return await bag.range(3).map((n) => { this.seen++; return n }).compute() }
//                                                     ^^^^^^^^^ mutates-capture
}`,
  ],
  [
    'this changed: a field of a field, assigned by an inner function',
    `${HEAD}class Model {
  stats = { sum: 0 }
  fit() { return bag.fromSequence([[1]]).map((ns) => { ns.forEach((n) => { this.stats.sum += n }); return 1 }).sum() }
//                                                                         ^^^^^^^^^^^^^^ mutates-capture
}`,
  ],
  [
    'this changed: a list of its own',
    `${HEAD}class Model {
  #seen = new Set<number>()
  fit() { return bag.range(3).filter((n) => { this.#seen.add(n); return true }) }
//                                            ^^^^^^^^^^ mutates-capture
}`,
  ],
  [
    'this changed: of an object',
    `${HEAD}const model = {
  seen: 0,
  fit() { return bag.range(3).map((n) => { this.seen = n; return n }) },
//                                         ^^^^^^^^^ mutates-capture
}`,
  ],
  [
    'this changed: outside of the task, read in it, and a cache, rightly',
    `${HEAD}class Model {
  seen = 0
  rate = 2
  known: Record<number, number> = {}
  async fit() {
    this.seen = await bag.range(3).map((n) => n * this.rate).sum().compute()
    return bag.range(3).map((n) => (this.known[n] ??= n * n))
  }
}`,
  ],
  [
    'this changed: by a method of its own class, rightly',
    `${HEAD}class Log { add(n: number) { return n } }
class Model {
  log = new Log()
  fit() { return bag.range(3).map((n) => this.log.add(n)) }
}`,
  ],
  [
    'this changed: of a class inside of the task, rightly',
    `${HEAD}bag.range(3).map((n) => { class One { n = 0; set(m: number) { this.n = m } } const one = new One(); one.set(n); return one.n })`,
  ],
  [
    'what is large: what an array gives',
    `${HEAD}const big = await array.ones([2000, 3000]).add(1).compute()
bag.range(3).map((n) => big.shape[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: what a sum of an array gives, rightly',
    `${HEAD}const sums = await array.ones([2000, 3000]).sum(0).compute()
bag.range(3).map((n) => sums.shape[n])`,
  ],
  [
    'what is large: of another large one',
    `${HEAD}const base = new Float32Array(3e6)
const big = Array.from(base)
const copy = structuredClone(big).map((x) => x + 1)
bag.range(3).map((n) => copy[n])
//                      ^^^^ large-capture`,
  ],
  [
    'what is large: keys, spread',
    `${HEAD}const big = [...Array(2e6).keys()]
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: made by a function',
    `${HEAD}function table(rows: number) { return new Float64Array(rows * 8).fill(1) }
const big = table(1e6)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: text',
    `${HEAD}const big = 'ACGT'.repeat(5_000_000)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: a set',
    `${HEAD}const big = new Set(Array.from({ length: 2e6 }, (_, i) => i))
bag.range(3).map((n) => big.has(n))
//                      ^^^ large-capture`,
  ],
  [
    'what is large: filled by a loop',
    `${HEAD}const big: number[] = []
for (let i = 0; i < 1000; i++) for (let j = 0; j < 1000; j++) big.push(i * j)
bag.range(3).map((n) => big[n])
//                      ^^^ large-capture`,
  ],
  [
    'what is large: made in the task, of a small part, or filled by a short loop, rightly',
    `${HEAD}const few: number[] = []
for (let i = 0; i < 10; i++) few.push(i)
const one = new Float64Array(1e7)[3]
const length = new Float64Array(1e7).length
bag.range(3).map((n) => new Float64Array(1e7)[n] + few[n] + one + length)`,
  ],
  [
    'an index: chain',
    `${HEAD}dataframe.readParquet('x').setIndex('a').setIndex('b')
//                         ^^^^^^^^^^^^^ set-index-twice`,
  ],
  [
    'an index: vars',
    `${HEAD}const a = dataframe.readParquet('x').setIndex('a')
//                                   ^^^^^^^^^^^^^ set-index-twice
const b = a.setIndex('b')
await b.compute()`,
  ],
  [
    'an index: filter',
    `${HEAD}dataframe.readParquet('x').setIndex('a').filter(col('a').gt(1)).setIndex('b')
//                         ^^^^^^^^^^^^^ set-index-twice`,
  ],
  [
    'an index: used, rightly',
    `${HEAD}const a = dataframe.readParquet('x').setIndex('a')
console.log(await a.loc(1, 2).len().compute())
const b = a.setIndex('b')
await b.compute()`,
  ],
]
