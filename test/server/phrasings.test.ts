// What scientists write in many ways: mistakes that are found however they are phrased, and right code of which nothing is said.

import assert from 'node:assert/strict'
import test from 'node:test'
import { diagnose } from '../../server/diagnose/diagnose.ts'
import { marked } from './marks.ts'
import { HEAD } from './phrasingHead.ts'
import { TASKS } from './phrasingsOfTasks.ts'
import { WAITS } from './phrasingsOfWaits.ts'
import { commonJs, plain } from './plainText.ts'

/** Ways in which the same is written down, with the names of such files. */
const WRITTEN: readonly [as: (source: string) => string, files: readonly string[]][] = [
  [(source) => source, ['a.ts', 'a.mts', 'a.tsx']],
  [plain, ['a.js', 'a.mjs', 'a.jsx']],
  [commonJs, ['a.cjs', 'a.js', 'a.jsx']],
]

for (const [what, source] of [...WAITS, ...TASKS])
  test(what, () => {
    for (const [as, files] of WRITTEN) {
      const { text, marks } = marked(as(source))
      const name = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
      for (const file of files)
        assert.deepEqual(
          diagnose(`/home/ada/${file}`, text)?.map((each) => `${each.code}: ${name(each)}`),
          marks.map((mark) => `${mark.says}: ${name(mark)}`),
          `${file}:\n${text}`,
        )
    }
  })

const RIGHT: readonly string[] = [
  `export async function* sums() { for (const n of [1, 2]) yield await bag.range(n).sum().compute() }`,
  `const frame = dataframe.readParquet('x')
const all = [...frame.columns]
for (const c of frame.columns) console.log(c)`,
  `const c = await Client.local()
const fs = c.map((n: number) => n, [1, 2])
const all = [...fs]
await gather(fs)`,
  `const parts = [1, 2].map((n) => bag.range(n))
await compute(...parts)`,
  `import type { Bag } from 'heddle'
function f(b?: Bag<number>) { if (b) return b.sum() }
function g(b: Bag<number> | undefined) { return b ? b.sum() : 0 }
function h(b: Bag<number> | null = null) { if (!b) return 1 }`,
  `const x = array.ones([3])
const y = x.neg().add(1)
const z = array.subtract(x, y)`,
  `let frame = dataframe.readCsv('x')
if (Math.random() > 0.5) frame = frame.filter(col('a').gt(1))
const n = await frame.len().compute()
console.log(n > 3 ? 'x' : \`y \${n}\`)`,
  `const rows = await dataframe.readCsv('x').compute()
for (const row of rows.toRecords()) console.log(row.a + 1)`,
  `const cache = new Map<string, number>()
function slow(s: string) { let v = cache.get(s); if (v === undefined) { v = s.length; cache.set(s, v) } return v }
console.log(slow('a'))
await bag.fromSequence(['a']).map((s) => s.length).compute()`,
  `const cache: Record<string, number> = {}
await bag.fromSequence(['a']).map((s) => (cache[s] ??= s.length)).compute()`,
  `const counts = await bag.range(9).map((n) => { const c: Record<number, number> = {}; c[n] = 1; return c }).compute()
console.log(counts)`,
  `await bag.range(9).fold((a: number[], n: number) => { a.push(n); return a }, []).compute()`,
  `await bag.range(9).groupBy((n) => n % 3).map(([k, ns]) => [k, ns.length]).compute()`,
  `await bag.fromSequence([[1, 2]]).map((xs) => { const out = []; for (const x of xs) out.push(x * 2); return out }).compute()`,
  `await bag.fromSequence([{ a: { b: 1 } }]).map(({ a: { b }, ...rest }) => ({ b, ...rest })).compute()`,
  `await bag.fromSequence([{ a: 1 }]).map(({ ...rest }) => { rest.a = 2; return rest }).compute()`,
  `await bag.fromSequence([{ a: 1 }]).map((row) => { const copy = { ...row }; copy.a = 2; return copy }).compute()`,
  `await bag.fromSequence([{ a: [3] }]).map((row) => { const xs = row.a.slice(); xs.sort(); return xs }).compute()`,
  `await bag.fromSequence([1]).map((n) => { let acc = n; acc += 1; return acc }).compute()`,
  `const xs = [3, 1]
xs.sort()
xs[0] = 2
await bag.fromSequence(xs).map((n) => n).compute()`,
  `const opts = { rounds: 0 }
opts.rounds = 3
await bag.range(3).map((n) => n * opts.rounds).compute()`,
  `for (const year of [2019, 2020]) {
  const frame = dataframe.readParquet(\`y\${year}\`)
  await frame.toParquet(\`out/\${year}\`)
}`,
  `for (const k of [1, 2]) {
  const best = await bag.range(9).map((n) => n * k).max().compute()
  if (best > 7) break
}`,
  `const results: number[] = []
for (let epoch = 0; epoch < 9; epoch++) {
  const loss: number = await bag.range(9).map((n) => n * (results.at(-1) ?? 1)).mean().compute()
  results.push(loss)
}`,
  `let centroids = [[0, 0]]
for (let i = 0; i < 9; i++) {
  const moved = bag.range(9).map((n) => [n, centroids.length])
  const sums = await moved.compute()
  centroids = sums
}`,
  `let frame = dataframe.readCsv('x')
for (const name of ['a', 'b']) frame = frame.filter(col(name).gt(1))
await frame.compute()`,
  `const client = await Client.local()
try { await bag.range(3).compute() } finally { await client.close() }`,
  `const a = await bag.range(9).sum().compute()
console.log(a)
const b = await bag.range(9).max().compute()
console.log(b)`,
  `const q = await Promise.all([bag.range(9).sum().compute(), bag.range(9).max().compute()])
console.log(q)`,
  `const start = performance.now()
const a = await bag.range(9).sum().compute()
const ms = performance.now() - start
const b = await bag.range(9).max().compute()
console.log(a, b, ms)`,
  `class Model { #b = bag.range(3)
 async fit() { return await this.#b.sum().compute() }
 static make() { return new Model() } }
await Model.make().fit()`,
  `const o = { b: bag.range(3), async go() { return await this.b.sum().compute() } }
await o.go()`,
]

test('nothing is said of code that is right', () => {
  for (const body of RIGHT)
    for (const [as, files] of WRITTEN)
      for (const file of files) assert.deepEqual(diagnose(`/home/ada/${file}`, as(HEAD + body)), [], body)
})
