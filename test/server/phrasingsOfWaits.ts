// Ways to wait for computations, and to use what they give.

import { HEAD } from './phrasingHead.ts'

/** What is phrased, and a text with a mark below what is found in it. */
export const WAITS: readonly [what: string, source: string][] = [
  [
    'a wait: of a statement',
    `${HEAD}const b = bag.range(3)
b.sum().compute()
//      ^^^^^^^^^ missing-await`,
  ],
  [
    'a wait: by a namespace',
    `import * as hd from 'heddle'
const b = hd.bag.range(3)
b.sum().compute()
//      ^^^^^^^^^ missing-await`,
  ],
  [
    'a wait: by a default import',
    `import hd from 'heddle'
const b = hd.bag.range(3)
b.sum().compute()
//      ^^^^^^^^^ missing-await`,
  ],
  [
    'a wait: by another name',
    `import { bag as b } from 'heddle'
b.range(3).sum().compute()
//               ^^^^^^^^^ missing-await`,
  ],
  [
    'a wait: in a function',
    `${HEAD}async function main() {
 const b = bag.range(3)
 const s = b.sum().compute()
//                 ^^^^^^^^^ missing-await
 console.log(s + 1)
}
main()`,
  ],
  [
    'a wait: template',
    `${HEAD}const s = bag.range(3).sum().compute()
//                           ^^^^^^^^^ missing-await
console.log(\`sum \${s}\`)`,
  ],
  [
    'a wait: in a condition',
    `${HEAD}const s = bag.range(3).sum().compute()
//                           ^^^^^^^^^ missing-await
if (s > 3) console.log('x')`,
  ],
  ['a wait: then, rightly', `${HEAD}bag.range(3).sum().compute().then(console.log)`],
  ['a wait: void, rightly', `${HEAD}void bag.range(3).sum().compute()`],
  [
    'a wait: return, rightly',
    `${HEAD}const f = () => bag.range(3).sum().compute()
console.log(await f())`,
  ],
  [
    'a wait: Promise.all, rightly',
    `${HEAD}const [a, b] = await Promise.all([bag.range(3).sum().compute(), bag.range(4).sum().compute()])
console.log(a, b)`,
  ],
  [
    'a wait: waited for later, rightly',
    `${HEAD}const p = bag.range(3).sum().compute()
const q = bag.range(4).sum().compute()
console.log(await p, await q)`,
  ],
  [
    'a wait: push, rightly',
    `${HEAD}const ps = []
ps.push(bag.range(3).sum().compute())
console.log(await Promise.all(ps))`,
  ],
  [
    'a wait: persist',
    `${HEAD}const b = bag.range(3)
const p = b.persist()
//          ^^^^^^^^^ missing-await
await p.sum().compute()`,
  ],
  [
    'a wait: gather',
    `${HEAD}const c = await Client.local()
const f = c.submit((n: number) => n, 1)
const v = f.result()
//          ^^^^^^^^ missing-await
console.log(v * 2)`,
  ],
  [
    'a wait: taken apart',
    `${HEAD}const [x] = compute(bag.range(3).sum())
//          ^^^^^^^^^^^^^^^^^^^^^^^^^^^ missing-await
console.log(x)`,
  ],
  [
    'a loop: for of',
    `${HEAD}const b = bag.range(9)
for (const k of [1,2]) console.log(await b.map((n) => n * k).sum().compute())
//                                                                 ^^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: for i',
    `${HEAD}const b = bag.range(9)
for (let i = 0; i < 3; i++) {
  const s = await b.map((n) => n * i).sum().compute()
//                                          ^^^^^^^^^ compute-in-loop
  console.log(s)
}`,
  ],
  [
    'a loop: map async',
    `${HEAD}const b = bag.range(9)
const r = await Promise.all([1,2].map(async (k) => await b.map((n) => n * k).sum().compute()))
console.log(r)`,
  ],
  [
    'a loop: over what a stream gives, rightly',
    `${HEAD}const b = bag.range(9)
async function* ks() { yield 1 }
for await (const k of ks()) console.log(await b.map((n) => n * k).sum().compute())`,
  ],
  [
    'a loop: in a turn of what a stream gives',
    `${HEAD}const b = bag.range(9)
async function* lists() { yield [1] }
for await (const ks of lists())
  for (const k of ks) console.log(await b.map((n) => n * k).sum().compute())
//                                                                ^^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: that calls a function',
    `${HEAD}const b = bag.range(9)
async function sumOf(k: number) { return await b.map((n) => n * k).sum().compute() }
for (const k of [1, 2]) console.log(await sumOf(k))
//                                        ^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: that calls an arrow function, with a promise for what it gives',
    `${HEAD}const b = bag.range(9)
const sumOf = (k: number) => b.map((n) => n * k).sum().compute()
const sums: number[] = []
for (let i = 0; i < 3; i++) {
  const sum = await sumOf(i)
//                  ^^^^^^^^ compute-in-loop
  sums.push(sum)
}`,
  ],
  [
    'a loop: that calls a function of an object, which tells of what it does',
    `${HEAD}const sums = {
  of: async (k: number) => {
    const all = bag.range(k)
    const sum = await all.sum().compute()
    console.log(k, sum)
    return sum
  },
}
for (const k of [1, 2]) await sums.of(k)
//                            ^^^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: that calls a step of a descent, rightly',
    `${HEAD}const step = async (w: number) => w - (await bag.range(9).map((n) => n * w).sum().compute())
let w = 0
for (let i = 0; i < 9; i++) w = await step(w)`,
  ],
  [
    'a loop: that calls a function with a state of its own, rightly',
    `${HEAD}let w = 0
async function step(rate: number) { const g = await bag.range(9).map((n) => n * rate).sum().compute(); w -= g }
for (const rate of [3, 2]) await step(rate)`,
  ],
  [
    'a loop: that calls the same in each turn, rightly',
    `${HEAD}const left = async () => await bag.readText('todo/*.txt').count().compute()
for (let i = 0; i < 9; i++) console.log(await left())`,
  ],
  [
    'a loop: that calls what descends, rightly',
    `${HEAD}async function fit(rate: number) {
  let w = 0
  for (let i = 0; i < 9; i++) w -= await bag.range(9).map((n) => n * w * rate).sum().compute()
  return w
}
for (const rate of [3, 2]) console.log(await fit(rate))`,
  ],
  [
    'a loop: forEach async',
    `${HEAD}const b = bag.range(9)
;[1, 2].forEach(async (k) => { console.log(await b.map((n) => n * k).sum().compute()) })
//                                                                         ^^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: forEach of a promise',
    `${HEAD}const b = bag.range(9)
;[1, 2].forEach((k) => b.map((n) => n * k).sum().compute())
//                                               ^^^^^^^^^ compute-in-loop`,
  ],
  [
    'a loop: forEach that collects, rightly',
    `${HEAD}const b = bag.range(9)
const all: Promise<number>[] = []
;[1, 2].forEach((k) => { all.push(b.map((n) => n * k).sum().compute()) })
await Promise.all(all)`,
  ],
  [
    'a loop: some at once in each turn, rightly',
    `${HEAD}const b = bag.range(9)
for (const ks of [[1, 2], [3]])
  console.log(await Promise.all(ks.map(async (k) => await b.map((n) => n * k).sum().compute())))`,
  ],
  [
    'a loop: while it converges, rightly',
    `${HEAD}let x = 0
let d = 1
while (d > 0.1) {
  const y = await bag.range(9).map((n) => n / (1 + x)).sum().compute()
  d = Math.abs(y - x)
  x = y
}`,
  ],
  [
    'a loop: that descends, rightly',
    `${HEAD}let w = 0
for (let i = 0; i < 9; i++) {
  const g = await bag.range(9).map((n) => n * w).sum().compute()
  w -= g
}`,
  ],
  [
    'a value: in an operator',
    `${HEAD}const s = bag.range(9).sum()
console.log(s + 1)
//          ^ collection-as-value`,
  ],
  [
    'a value: in a condition',
    `${HEAD}const s = bag.range(9).sum()
if (s > 4) console.log('big')
//  ^ collection-as-value`,
  ],
  [
    'a value: template',
    `${HEAD}const m = array.ones([3]).mean()
console.log(\`mean \${m}\`)
//                  ^ collection-as-value`,
  ],
  [
    'a value: Math',
    `${HEAD}const m = array.ones([3]).mean()
console.log(Math.sqrt(m))
//                    ^ collection-as-value`,
  ],
  [
    'a value: for of',
    `${HEAD}for (const n of bag.range(3)) console.log(n)
//              ^^^^^^^^^^^^ collection-as-value`,
  ],
  [
    'a value: spread',
    `${HEAD}const all = [...bag.range(3)]
//              ^^^^^^^^^^^^ collection-as-value
console.log(all)`,
  ],
  [
    'a value: JSON',
    `${HEAD}const b = bag.range(3)
console.log(JSON.stringify(b))
//                         ^ collection-as-value`,
  ],
  [
    'a value: negated',
    `${HEAD}const m = bag.range(3).sum()
const x = -m
//         ^ collection-as-value
console.log(x)`,
  ],
  [
    'a value: compared with nothing, rightly',
    `${HEAD}let m
const b = bag.range(3)
m = b
if (b === undefined || m == null) throw 1`,
  ],
  [
    'a value: console, rightly',
    `${HEAD}const b = bag.range(3)
console.log(b)`,
  ],
  [
    'a value: asked whether it is there',
    `${HEAD}const b = bag.range(3)
if (b) console.log(1)
//  ^ collection-as-value`,
  ],
  [
    'a field: of a class',
    `${HEAD}class Model {
  b = bag.range(3)
  fit() { this.b.sum().compute() }
//                     ^^^^^^^^^ missing-await
}`,
  ],
  [
    'a field: private, assigned by the constructor',
    `${HEAD}class Model {
  #b
  constructor() { this.#b = bag.range(3) }
  async fit() { const sum = this.#b.sum().compute(); return sum + 1 }
//                                        ^^^^^^^^^ missing-await
}`,
  ],
  [
    'a field: of an object of the class',
    `${HEAD}class Model { b = bag.range(3) }
const model = new Model()
model.b.sum().compute()
//            ^^^^^^^^^ missing-await`,
  ],
  [
    'a field: static, of the class',
    `${HEAD}class Model { static b = bag.range(3) }
Model.b.sum().compute()
//            ^^^^^^^^^ missing-await`,
  ],
  [
    'a field: what a method gives',
    `${HEAD}class Model {
  all() { return bag.range(3) }
  fit() { this.all().sum().compute() }
//                         ^^^^^^^^^ missing-await
}
new Model().all().max().compute()
//                      ^^^^^^^^^ missing-await`,
  ],
  [
    'a field: of another class, of another value, and of two, rightly',
    `${HEAD}class Job { b = { sum: () => ({ compute() {} }) }; fit() { this.b.sum().compute() } }
class Model { b = bag.range(3); c = 3; fit() { return this.c } }
class Either { b = null; constructor(x) { this.b = x } fit() { this.b.compute() } }
function outer() { this.b.compute() }`,
  ],
  [
    'of two kinds: of a condition',
    `${HEAD}const all = Math.random() > 0.5 ? bag.range(3) : array.ones([3])
all.compute()
//  ^^^^^^^^^ missing-await`,
  ],
  [
    'of two kinds: of a function',
    `${HEAD}function load(what: string) {
  if (what === 'bag') return bag.range(3)
  return dataframe.readCsv('x')
}
const all = load('bag')
console.log(all + 1)
//          ^^^ collection-as-value
all.persist()
//  ^^^^^^^^^ missing-await`,
  ],
  [
    'of two kinds: what both of them give',
    `${HEAD}const all = Math.random() > 0.5 ? bag.range(3).sum() : array.ones([3]).sum()
console.log(-all)
//           ^^^ collection-as-value`,
  ],
  [
    'of two kinds: of which one is no collection, rightly',
    `${HEAD}const all = Math.random() > 0.5 ? bag.range(3) : [1, 2]
console.log([...all])
function load(what: string) { return what === 'x' ? bag.range(3) : { compute() {} } }
load('x').compute()
const first = (process.env.X && bag.range(3)) || 3
console.log(first + 1)`,
  ],
  [
    'in sequence: in a function',
    `${HEAD}async function main() {
  const b = bag.range(9)
  const a = await b.sum().compute()
  const c = await b.max().compute()
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ awaits-in-sequence
  return [a, c]
}
await main()`,
  ],
  [
    'in sequence: object',
    `${HEAD}const b = bag.range(9)
const r = { a: await b.sum().compute(), c: await b.max().compute() }
//                                         ^^^^^^^^^^^^^^^^^^^^^^^ awaits-in-sequence
console.log(r)`,
  ],
  [
    'in sequence: that needs the one before, rightly',
    `${HEAD}const b = bag.range(9)
const a = await b.sum().compute()
const c = await b.map((n) => n / a).max().compute()
console.log(c)`,
  ],
  [
    'in sequence: write, rightly',
    `${HEAD}const b = bag.range(9)
await b.toTextFiles('out/*.txt')
const c = await bag.readText('out/*.txt').count().compute()
console.log(c)`,
  ],
  [
    'in sequence: after a guard, rightly',
    `${HEAD}const b = bag.range(9)
const a = await b.sum().compute()
if (a < 3) throw new Error('x')
const c = await b.max().compute()
console.log(c)`,
  ],
  [
    'a wait: compute of heddle itself',
    `${HEAD}const b = bag.range(3)
;(compute(b))
//^^^^^^^^^^ missing-await`,
  ],
  [
    'in sequence: one in a list of arguments',
    `${HEAD}const b = bag.range(3)
console.log(await b.sum().compute(), await b.max().compute())
//                                   ^^^^^^^^^^^^^^^^^^^^^^^ awaits-in-sequence`,
  ],
]
