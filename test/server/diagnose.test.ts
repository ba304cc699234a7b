// What is said of a text before it runs: sources with marks below what is found, and what a fix makes of them.

import assert from 'node:assert/strict'
import test from 'node:test'
import { diagnose } from '../../server/diagnose/diagnose.ts'
import type { Finding } from '../../server/diagnose/finding.ts'
import { marked } from './marks.ts'

const FILE = '/home/ada/analysis.ts'

function findings(text: string): Finding[] {
  const found = diagnose(FILE, text)
  assert.ok(found, 'the text parses and imports heddle')
  return found
}

/** Findings of a marked source have to be its marks: `^^^ code`. */
function finds(what: string, body: string): void {
  test(what, () => {
    const { text, marks } = marked(`import { bag, Client, delayed, dataframe, array } from 'heddle'\n${body}`)
    const name = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
    assert.deepEqual(
      findings(text).map((each) => `${each.code}: ${name(each)}`),
      marks.map((mark) => `${mark.says}: ${name(mark)}`),
    )
  })
}

function fixed(text: string, code: string): string {
  const finding = findings(text).find((each) => each.code === code)
  assert.ok(finding?.fix, `${code} has a fix`)
  let after = text
  for (const { start, end, text: put } of finding.fix.edits.toSorted((a, b) => b.start - a.start))
    after = after.slice(0, start) + put + after.slice(end)
  return after
}

finds(
  'a captured variable that a task assigns',
  `let total = 0
await bag.range(3).map((n) => {
  total += n
//^^^^^ assigns-capture
  return n
}).compute()`,
)

finds(
  'what is assigned inside of the task is its own',
  `await bag.range(3).map((n) => {
  let total = 0
  total += n
  return total
}).compute()
let outside = 0
outside += 1
console.log([1].map((n) => { outside += n }))`,
)

finds(
  'captures that cannot travel: by class, by function, unawaited',
  `const seen = new WeakRef({})
const stream = createReadStream('a.txt')
async function load() { return 1 }
const pending = load()
const client = await Client.local()
client.submit((n: object) => seen.has(n), {})
//                           ^^^^ cannot-travel
await bag.range(3).map((n) => stream.read(n)).compute()
//                            ^^^^^^ cannot-travel
client.submit(async () => await pending)
//                              ^^^^^^^ cannot-travel
client.submit(() => client.submit(() => 1))`,
)

finds(
  'a class of the user with a name of Node is no problem',
  `class Worker { name = 'w' }
const worker = new Worker()
await bag.range(3).map(() => worker.name).compute()`,
)

finds(
  'a large array that travels with a function',
  `const weights = new Float64Array(10 * 1024 ** 2).map(Math.random)
const small = new Float64Array(10).map(Math.random)
await bag.range(3).map((n) => weights[n] + small[n]).compute()
//                            ^^^^^^^ large-capture`,
)

finds(
  'a list from outside that a task changes',
  `const rows: number[] = []
function keep(n: number) {
  rows.push(n)
//^^^^^^^^^ mutates-capture
  return n
}
await bag.range(3).map(keep).compute()`,
)

finds(
  'a task that changes its argument',
  `await bag.fromSequence([{ a: 1 }]).map((row) => {
  row.a = 2
//^^^^^ mutates-argument
  return row
}).compute()
await bag.fromSequence([[1]]).map((list) => list.sort()).compute()
//                                          ^^^^^^^^^ mutates-argument
await bag.fromSequence([[1]]).fold((sum: number[], list: number[]) => { sum.push(...list); return sum }).compute()
await bag.fromSequence([[1]]).map((list) => { list = [...list]; list.push(1); return list }).compute()
await bag.fromSequence([[1]]).map((list) => [[2]].map((list) => list.sort())).compute()`,
)

finds(
  'a computation in a loop',
  `const sums = []
for (const n of [1, 2]) sums.push(await bag.range(n).sum().compute())
//                                                         ^^^^^^^^^ compute-in-loop
for (const n of await bag.range(3).compute()) console.log(n)
for (const n of [1]) setTimeout(async () => console.log(await bag.range(n).compute()))
while (true) { await bag.range(2).persist(); break }`,
)

finds(
  'a computation that nobody awaits, and a promise used as its value',
  `bag.range(3).sum().compute()
//                 ^^^^^^^^^ missing-await
void bag.range(3).sum().compute()
const n = bag.range(3).count().compute()
//                             ^^^^^^^^^ missing-await
console.log(n + 1)
const m = bag.range(3).count().compute()
console.log(await m)
const both = [bag.range(3).compute(), bag.range(4).compute()]`,
)

finds(
  'independent computations in sequence, and dependent ones',
  `const numbers = bag.range(10)
const sum = await numbers.sum().compute()
const most = await numbers.max().compute()
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ awaits-in-sequence`.replace('//^', '^^^'),
)

finds(
  'what needs the one before is no sequence to mend',
  `const most = await bag.range(10).max().compute()
const sum = await bag.range(most).sum().compute()
console.log(sum)
const other = await bag.range(3).sum().compute()`,
)

finds(
  'collections where their values are meant',
  `const total = bag.range(10).sum()
console.log(total + 1)
//          ^^^^^ collection-as-value
const text = \`the sum is \${total}\`
//                         ^^^^^ collection-as-value
if (total) console.log(text)
//  ^^^^^ collection-as-value
console.log(Math.max(total, 3), total === undefined)
//                   ^^^^^ collection-as-value
const twice = delayed((n: number) => 2 * n)
const later = twice(4)
console.log(later * 2, await later.compute() * 2)
//          ^^^^^ collection-as-value
for (const n of bag.range(3)) console.log(n)
//              ^^^^^^^^^^^^ collection-as-value`,
)

finds(
  'an index that is set twice',
  `const frame = dataframe.readParquet('a.parquet')
await frame.setIndex('a').filter((row) => row.b > 1).setIndex('c').compute()
//          ^^^^^^^^^^^^^ set-index-twice
await frame.setIndex('a').join(frame.setIndex('a')).setIndex('c').compute()`,
)

const HEAD = "import { bag, Client } from 'heddle'\n"
const FIXES: [code: string, before: string, after: string][] = [
  [
    'compute-in-loop',
    `${HEAD}for (const n of [1, 2]) {\n  out.push(await bag.range(n).sum().compute())\n}`,
    `import { bag, Client, compute } from 'heddle'\nout.push(...(await compute(...Array.from([1, 2], (n) => bag.range(n).sum()))))`,
  ],
  ['missing-await', `${HEAD}bag.range(3).compute()`, `${HEAD}await bag.range(3).compute()`],
  [
    'awaits-in-sequence',
    `${HEAD}const a = await bag.range(1).compute()\nconst b = await bag.range(2).compute()\n`,
    `import { bag, Client, compute } from 'heddle'\nconst [a, b] = await compute(bag.range(1), bag.range(2))\n`,
  ],
  [
    'collection-as-value',
    `${HEAD}const n = bag.range(3).count()\nconsole.log(n + 1)`,
    `${HEAD}const n = bag.range(3).count()\nconsole.log((await n.compute()) + 1)`,
  ],
  [
    'mutates-argument',
    `${HEAD}bag.fromSequence([{ a: 1 }]).map((row) => {\n  row.a = 2\n  return row\n})`,
    `${HEAD}bag.fromSequence([{ a: 1 }]).map((row) => {\n  row = structuredClone(row)\n  row.a = 2\n  return row\n})`,
  ],
  [
    'large-capture',
    `${HEAD}const client = await Client.local()\nconst big = new Float64Array(1e6).map(Math.random)\nclient.submit((i) => big[i], 3)`,
    `${HEAD}const client = await Client.local()\nconst big = new Float64Array(1e6).map(Math.random)\nclient.submit((i, big) => big[i], 3, await client.scatter(big))`,
  ],
  [
    'set-index-twice',
    `import { dataframe } from 'heddle'\nconst f = dataframe.readCsv('a.csv').setIndex('a').setIndex('b')`,
    `import { dataframe } from 'heddle'\nconst f = dataframe.readCsv('a.csv').setIndex('b')`,
  ],
]
for (const [code, before, after] of FIXES)
  test(`the fix of ${code}`, () => {
    assert.equal(fixed(before, code), after)
    assert.ok(!findings(after).some((each) => each.code === code), 'nothing is left of it')
  })

test('messages name the thing and the way out', () => {
  const text = `${HEAD}const seen = new WeakRef({})\nbag.range(3).map((n) => seen.has(n))`
  const [finding] = findings(text)
  assert.equal(
    finding.message,
    "'seen' cannot be sent to a worker: it is a WeakRef. Way out: make it inside the function, or once a worker with perWorker(() => …).",
  )
  assert.deepEqual(
    finding.related?.map(({ message }) => message),
    ["'seen' is made here"],
  )
})

test('a text that does not parse, and one without heddle, have nothing said of them', () => {
  assert.equal(diagnose(FILE, `${HEAD}bag.`), undefined)
  assert.equal(diagnose(FILE, 'let n = 0\n[1].map(() => n++)'), undefined)
})
