// Shuffles of many partitions: the plan of their stages, and what bags and tables make of it, against plain maps.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bag, bag, col, dataframe, len } from '../../runtime/collections/index.ts'
import { firstStage, shuffle, spansOf, stageLimits } from '../../runtime/collections/shuffle/shuffle.ts'
import { buildTogether, type Collection } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { partAt, type ShuffleStage } from '../../runtime/kernels/shuffleStage.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from '../table/randomTable.ts'

const executor = computeInProcess()

test('how many stages: one while edges are few, then as many as keep them few', () => {
  const most = 2 ** 16
  assert.deepEqual(spansOf(8, 8, most), [8, 1])
  assert.deepEqual(spansOf(256, 256, most), [256, 1])
  assert.deepEqual(spansOf(257, 257, most), [257, 17, 1])
  assert.deepEqual(spansOf(1000, 1000, most), [1000, 32, 1])
  assert.deepEqual(spansOf(10_000, 10_000, most), [10_000, 484, 22, 1])
  // A split into few parts is never worth a second stage.
  assert.deepEqual(spansOf(100_000, 64, most), [64, 1])
  assert.deepEqual(spansOf(3, 1, most), [1, 1])
  assert.deepEqual(spansOf(1024, 1024), [1024, 1])
  assert.deepEqual(spansOf(1025, 1025), [1025, 33, 1])
})

test('a stage never loses what belongs elsewhere by now', () => {
  const stage: ShuffleStage = { first: 0, span: 10, step: 4, parts: 3 }
  assert.deepEqual(
    Array.from({ length: 30 }, (_, target) => partAt(target, stage)),
    Array.from({ length: 30 }, (_, target) => [0, 0, 0, 0, 1, 1, 1, 1, 2, 2][target % 10]),
  )
  assert.equal(partAt(9, { first: 0, span: 10, step: 1, parts: 3 }), 2)
})

/** A shuffle of numbers, done at once: a split is its list of parts. */
function shuffledNumbers(sources: readonly number[][], targets: number, spans: number[]) {
  const split = (items: readonly number[], stage: ShuffleStage): number[][] => {
    const parts = Array.from({ length: stage.parts }, (): number[] => [])
    for (const item of items) parts[partAt(item % targets, stage)].push(item)
    return parts
  }
  let edges = 0
  const brought = shuffle(
    sources.length,
    targets,
    {
      split: (stage) => sources.map((items) => split(items, stage)),
      splitAgain: (lists, stage) => lists.map((parts) => split((parts as number[][]).flat(), stage)),
      part: (part, whole) => {
        edges++
        return (whole as number[][])[part]
      },
    },
    spans,
  )
  return { targets: brought.map((parts) => (parts as number[][]).flat()), edges }
}

for (let seed = 1; seed <= 60; seed++)
  test(`every item comes to its target, in the order of the sources (seed ${seed})`, () => {
    const random = randomOf(seed)
    const whole = (most: number): number => 1 + Math.floor(random() * most)
    const targets = whole(60)
    const sources = Array.from({ length: whole(20) }, () =>
      Array.from({ length: whole(30) - 1 }, () => whole(1000)),
    )
    const spans = spansOf(sources.length, targets, 2 ** whole(6))
    const all = sources.flat()
    const { targets: found } = shuffledNumbers(sources, targets, spans)
    assert.equal(found.length, targets)
    found.forEach((items, target) => {
      assert.deepEqual(
        items,
        all.filter((item) => item % targets === target),
        `target ${target} of ${targets} by ${spans}`,
      )
    })
  })

test('with a second stage edges grow with the number of partitions and the root of it, not with its square', () => {
  const sources = Array.from({ length: 900 }, (_, i) => [i])
  const spans = spansOf(900, 900, 2 ** 16)
  const { edges } = shuffledNumbers(sources, 900, spans)
  assert.equal(firstStage(900, 900, spans).parts, 30)
  assert.equal(edges, 2 * 900 * 30)
})

for (const partitions of [10, 100, 400])
  test(`tasks of a shuffle are a constant number a partition (${partitions})`, () => {
    const items = bag.range(1000, { partitions })
    const table = dataframe.fromRecords(
      Array.from({ length: 1000 }, (_, i) => ({ id: (i * 7) % 1000, word: ['a', 'b'][i % 2] })),
      { partitions, schema: { id: 'int32', word: 'category' } },
    )
    const most = (what: string, few: number, shuffled: object): void => {
      const graph = new TaskGraph()
      buildTogether(graph, [shuffled as Collection])
      assert.ok(graph.size >= 2 * partitions, `${what}: ${graph.size} tasks for ${partitions} partitions`)
      assert.ok(
        graph.size <= few * partitions + 5,
        `${what}: ${graph.size} tasks for ${partitions} partitions`,
      )
    }
    // A split, and what it makes whole again; of ranges the samples, of a join both sides.
    const grouped = items.groupBy((x) => x % 50, { partitions })
    most('bag groupBy', 2, grouped)
    const pairs = items.join(
      items,
      (x) => x,
      (x) => x,
      { partitions },
    )
    most('bag join', 3, pairs)
    most('frequencies', 2, items.frequencies({ partitions }))
    most('table sort', 6, table.sort('id'))
    most('table setIndex', 6, table.setIndex('id'))
    most('table groupBy', 6, table.groupBy('id').partitions(partitions).agg(len().as('n')))
    const right = table.select('id', col('id').add(1).as('next'))
    most('table join', 8, table.join(right, { on: 'id', broadcast: false, partitions } as never))
  })

/** The limits of a stage, small enough for tests of several. */
function withStages(t: { after(fn: () => void): void }): void {
  const { edgesMax } = stageLimits
  stageLimits.edgesMax = 2 ** 16
  t.after(() => {
    stageLimits.edgesMax = edgesMax
  })
}

const PARTITIONS = 300

/** Items with keys of every kind that some share, the same for a seed. */
function randomItems(seed: number): { key: unknown; n: number }[] {
  const random = randomOf(seed)
  const keys = [null, true, 'a', '😀', 7n, [1, 'x'], { a: 1 }, Number.NaN, -0, 0]
  return Array.from({ length: 3000 }, (_, n) => {
    const draw = random()
    return { key: draw < 0.3 ? keys[Math.floor(random() * keys.length)] : Math.floor(random() * 900), n }
  })
}

const keyText = (key: unknown): string =>
  typeof key === 'bigint'
    ? `${key}n`
    : Object.is(key, Number.NaN)
      ? 'NaN'
      : JSON.stringify(key === 0 ? 0 : key)

const sorted = (pairs: Iterable<[unknown, unknown]>): string[] =>
  Array.from(pairs, ([key, value]) => `${keyText(key)} ${JSON.stringify(value)}`).sort()

for (const seed of [1, 2])
  test(`bags of ${PARTITIONS} partitions shuffled to as many, in two stages, agree with a Map (seed ${seed})`, async (t) => {
    withStages(t)
    const items = randomItems(seed)
    const model = new Map<string, { key: unknown; ns: number[] }>()
    for (const { key, n } of items) {
      const group = model.get(keyText(key)) ?? { key, ns: [] }
      group.ns.push(n)
      model.set(keyText(key), group)
    }
    const many = bag.fromSequence(items, { partitions: PARTITIONS })
    const options = { partitions: PARTITIONS }
    const keys = many.map((item) => item.key)
    const groups = [...model.values()]
    const check = async (found: Bag<[unknown, unknown]>, expected: [unknown, unknown][], what: string) => {
      assert.equal(found.partitions, PARTITIONS)
      assert.deepEqual(sorted(await found.compute()), sorted(expected), what)
      assert.ok(executor.last.tasks < 30_000, `${executor.last.tasks} tasks`)
      assert.ok(
        executor.last.groups.some((name) => name.endsWith('-split')),
        'a second stage',
      )
    }
    await check(
      many.groupBy((item) => item.key, options).map(([key, list]) => [key, list.map(({ n }) => n)]),
      groups.map(({ key, ns }) => [key, ns]),
      'groupBy',
    )
    await check(
      keys.frequencies(options),
      groups.map(({ key, ns }) => [key, ns.length]),
      'frequencies',
    )
    await check(
      keys.distinct(undefined, options).map((key) => [key, 1]),
      groups.map(({ key }) => [key, 1]),
      'distinct',
    )
    await check(
      many.foldby(
        (item) => item.key,
        (sum: number, { n }) => sum + n,
        0,
        (a, b) => a + b,
        options,
      ),
      groups.map(({ key, ns }) => [key, ns.reduce((a, b) => a + b)]),
      'foldby',
    )
  })

test('a join of 300 partitions with 290, in two stages', async (t) => {
  withStages(t)
  const left = bag.range(2000, { partitions: 300 })
  const right = bag.range(1500, { partitions: 290 })
  const pairs = await left
    .join(
      right,
      (a) => a % 700,
      (b) => b,
    )
    .compute()
  const expected = Array.from({ length: 2000 }, (_, a) => [a, a % 700])
  const byFirst = (list: unknown[][]): unknown[][] => list.sort((a, b) => Number(a[0]) - Number(b[0]))
  assert.deepEqual(byFirst(pairs), expected)
})

test('a reading that is shared feeds a shuffle of two stages', async (t) => {
  withStages(t)
  const numbers = bag.range(3000, { partitions: 300 })
  const groups = numbers.groupBy((x) => x % 1000, { partitions: 300 })
  const [total, sizes] = await executor.compute([numbers.sum(), groups], { method: 'compute' })
  assert.equal(total, (2999 * 3000) / 2)
  assert.deepEqual(
    (sizes as [number, number[]][]).sort(([a], [b]) => a - b),
    Array.from({ length: 1000 }, (_, key) => [key, [key, key + 1000, key + 2000]]),
  )
})

for (const engine of ['polars', 'columns'])
  test(`tables of 270 partitions are grouped, joined and sorted in two stages (${engine})`, async (t) => {
    withStages(t)
    process.env.HEDDLE_TABLE_ENGINE = engine
    const random = randomOf(11)
    const rows = Array.from({ length: 1500 }, (_, id) => ({
      id,
      key: random() < 0.1 ? null : Math.floor(random() * 400),
    }))
    const table = dataframe.fromRecords(rows, { partitions: 270 })
    const counts = new Map<number | null, number>()
    for (const { key } of rows) counts.set(key, (counts.get(key) ?? 0) + 1)
    const grouped = await table
      .groupBy('key')
      .partitions(270)
      .agg(len().as('n'), col('id').max().as('last'))
      .toRecords()
    assert.ok(
      executor.last.groups.some((name) => name.includes('again')),
      `${executor.last.groups}`,
    )
    assert.deepEqual(new Map(grouped.map(({ key, n }) => [key, n])), counts)
    assert.equal(grouped.length, counts.size)
    const byKey = await table.sort('key').toRecords()
    const expected = [...rows].sort((a, b) => (a.key ?? Infinity) - (b.key ?? Infinity) || 0)
    assert.deepEqual(byKey, expected)
  })
