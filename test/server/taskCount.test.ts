// The number of tasks that a hover tells of, held to the graphs that the same code builds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as heddle from '../../runtime/collections/index.ts'
import { buildTogether, type Collection } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { outlineOf } from '../../runtime/outline/outline.ts'
import type { Recipe } from '../../runtime/protocol/recipe.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { mergesOf } from '../../server/knowledge/taskCount.ts'
import { hoverAt } from '../../server/lsp/hover.ts'

const EXPORTS: Readonly<Record<string, unknown>> = { ...heddle }
const NAMES = ['array', 'bag', 'dataframe', 'delayed', 'col', 'len'] as const

/** @param asks whether the package is asked, as in an editor */
async function told(expression: string, asks: boolean): Promise<number | undefined> {
  const head = `import { ${NAMES.join(', ')} } from 'heddle'\nconst `
  const subject = Subject.of('a.ts', `${head}it = ${expression}`)
  assert.ok(subject)
  const outline = asks ? async (recipe: Recipe) => outlineOf(structuredClone(recipe), '/') : undefined
  const hover = await hoverAt(subject, head.length + 1, async () => undefined, 1, outline)
  const count = / · ([\d,]+) tasks?(?: |$)/m.exec(hover?.markdown ?? '')?.[1]
  return count === undefined ? undefined : Number(count.replaceAll(',', ''))
}

/** Tasks of the graph that the same code builds. */
async function built(expression: string): Promise<number> {
  const make = new Function(...NAMES, `return ${expression}`)
  const graph = new TaskGraph()
  buildTogether(graph, [make(...NAMES.map((name) => EXPORTS[name])) as Collection])
  return graph.size
}

const COUNTED = [
  'bag.range(100)',
  'bag.range(3)',
  'bag.range(0)',
  'bag.range(10, 100)',
  'bag.range(100, 0, { step: -3, partitions: 5 })',
  'bag.range(100, 0, { step: -3 })',
  'bag.range(100, { partitionSize: 7 }).map((n) => n)',
  'bag.fromSequence([1, 2, 3, 4], { partitions: 3 }).flatMap((n) => [n, n]).filter((n) => n > 1)',
  'bag.range(100, { partitions: 9 }).map((n) => [n]).flatten().sum()',
  'bag.range(100, { partitions: 8 }).count()',
  'bag.range(1).max()',
  'bag.range(100, { partitions: 65 }).mean()',
  'bag.range(1000, { partitions: 73 }).frequencies()',
  'bag.range(1000, { partitions: 600 }).topK(3)',
  'bag.range(100, { partitions: 10 }).fold((a, b) => a + b)',
  'bag.range(100, { partitions: 10 }).foldby((n) => n % 3, (a, b) => a + b)',
  'bag.range(100, { partitions: 10 }).distinct()',
  'bag.range(100).mapPartitions((list) => list).var()',
  'array.ones([10, 7], { chunks: [3, 2] })',
  'array.zeros([10, 7], { chunks: 4 }).add(3).mul(2).sqrt()',
  'array.random.normal({ shape: [10, 7], chunks: [3, 2], seed: 1 }).abs()',
  'array.ones([10, 7], { chunks: [3, 2] }).T',
  'array.ones([10, 7], { chunks: [3, 2] }).add(1).T',
]

for (const expression of COUNTED)
  test(`counted: ${expression}`, async () => {
    const tasks = await built(expression)
    assert.equal(await told(expression, false), tasks)
    assert.equal(await told(expression, true), tasks)
  })

/** What only the package itself counts: joins, groups, sorts, reductions, arrays of several. */
const ASKED = [
  'bag.range(100, { partitions: 9 }).sum({ splitEvery: 3 })',
  'bag.range(100).groupBy((n) => n % 2)',
  'bag.range(100, { partitions: 7 }).groupBy((n) => n % 2, { partitions: 3 })',
  'bag.range(100, { partitions: 300 }).groupBy((n) => n % 2)',
  'bag.range(100, { partitions: 4 }).map((n) => [n]).join(bag.range(9, { partitions: 3 }), (n) => n, (n) => n)',
  'bag.range(100, { partitions: 4 }).frequencies({ partitions: 3 })',
  'bag.range(100, { partitions: 4 }).distinct((n) => n % 5, { partitions: 3 })',
  'bag.range(100, { partitions: 4 }).topK(3, (n) => -n)',
  'bag.range(100).map((n, m) => n + m, bag.range(100))',
  'bag.range(100).sum().map((n) => n)',
  'bag.range(100).repartition(3)',
  'bag.range(100, { partitions: 3 }).repartition(7)',
  'bag.concat([bag.range(10, { partitions: 3 }), bag.range(10, { partitions: 4 })])',
  'bag.zip(bag.range(10, { partitions: 3 }), bag.range(10, { partitions: 3 }))',
  'bag.range(100, { partitions: 4 }).accumulate((a, b) => a + b)',
  'bag.range(100, { partitions: 4 }).take(3)',
  'bag.range(10, { partitions: 3 }).product({ splitEvery: 2 })',
  'array.ones([10, 7], { chunks: [3, 2] }).sum()',
  'array.ones([10, 7], { chunks: [3, 2] }).sum(0)',
  'array.ones([10, 7], { chunks: [3, 2] }).mean([0, 1], { keepDims: true })',
  'array.ones([100, 70], { chunks: [3, 2] }).std(1)',
  'array.ones([100, 70], { chunks: [3, 2] }).argmax(0)',
  'array.ones([10, 7], { chunks: [3, 2] }).add(array.ones([10, 7], { chunks: [3, 2] }))',
  'array.ones([10, 7], { chunks: [3, 2] }).add(array.ones([7], { chunks: 7 }))',
  'array.ones([10, 7])',
  'array.ones([10, 7], { chunks: [3, 2] }).cumsum(0)',
  'array.ones([10, 7], { chunks: [3, 2] }).rechunk([5, 7])',
  'array.ones([10, 7], { chunks: [3, 2] }).reshape([70])',
  'array.ones([10, 7], { chunks: [3, 2] }).sort(0)',
  'array.ones([10, 7], { chunks: [3, 2] }).flip(0).T',
  'array.matmul(array.ones([10, 7], { chunks: [3, 2] }), array.ones([7, 4], { chunks: [2, 2] }))',
  'array.concatenate([array.ones([4], { chunks: 2 }), array.zeros([5], { chunks: 3 })])',
  'array.stack([array.ones([4], { chunks: 2 }), array.zeros([4], { chunks: 2 })])',
  'array.arange(100, { chunks: 7 }).mapBlocks((block) => block, { dtype: "float64" })',
  'array.random.normal({ shape: [10, 7], chunks: [3, 2] }).sum()',
  'array.ones([40, 40], { chunks: [10, 10] }).topk(3, 0)',
  'delayed((a, b) => a + b)(delayed((n) => n)(1), delayed((n) => n)(2))',
  'delayed((a) => a)(bag.range(10, { partitions: 3 }))',
  "dataframe.fromArray(array.ones([90, 2], { chunks: [5, 2] })).sort('0')",
  ...[
    "sort('a')",
    "sort('a', { partitions: 3 })",
    "setIndex('a')",
    "groupBy('a').agg(col('b').sum())",
    "groupBy('a').partitions(9).agg(col('b').sum())",
    "groupBy('a').agg(col('b').median())",
    "unique({ subset: 'a' })",
    'describe()',
    "valueCounts('a')",
    "nUnique('a')",
    "nUnique('a', { approximate: true })",
    "quantile('a', 0.5)",
    'len()',
    'tail(3)',
    "select(col('a').sum())",
    "withColumns(col('a').cumSum().as('c'))",
    "withColumns(col('a').mean().over('b').as('c'))",
    'toBag().map((row) => row.a)',
  ].map(
    (step) =>
      `dataframe.fromBag(bag.range(100, { partitions: 20 }).map((n) => n), { schema: { a: 'int32', b: 'float64' } }).${step}`,
  ),
]

for (const expression of ASKED)
  test(`the package counts: ${expression}`, async () => {
    assert.equal(await told(expression, true), await built(expression))
  })

const NOT_COUNTED = [
  'bag.range(many)',
  'bag.range(100, { partitions: many })',
  'bag.range(100, { ...how })',
  'bag.range(100, { partitions: 9 }).sum({ splitEvery: many })',
  'bag.range(10).map(f, other)',
  'array.ones([10, 7], { chunks: many })',
  'array.ones([10, 7]).reshape(shape)',
  'array.fromArray(await bag.range(10).compute())',
]

for (const expression of NOT_COUNTED)
  test(`not counted: ${expression}`, async () => {
    assert.equal(await told(expression, true), undefined)
  })

for (const expression of ASKED.slice(0, 5))
  test(`not counted without asking: ${expression}`, async () => {
    assert.equal(await told(expression, false), undefined)
  })

test('merges of a tree', () => {
  assert.deepEqual([1, 8, 9, 17, 64, 65, 5000].map(mergesOf), [1, 1, 2, 3, 9, 10, 716])
})
