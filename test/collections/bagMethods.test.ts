// Every method of bags, held against the same operation on a plain list, over several data sets and partitionings.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bag } from '../../runtime/collections/bag/bag.ts'
import { bag, col } from '../../runtime/collections/index.ts'
import type { Collection } from '../../runtime/graph/collection.ts'
import { randomFrom } from '../../runtime/kernels/bag/random.ts'
import { computeInProcess } from '../kit/runGraph.ts'

const executor = computeInProcess()

/** Numbers with repetitions, the same ones for a seed. */
function numbers(seed: number, count: number): number[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => Math.floor(random() * 20) - 5)
}

const DATA_SETS = [[], [7], numbers(1, 9), numbers(2, 57), numbers(3, 3000)]
const PARTITIONS = [1, 2, 7, 64]

/** The same items in several cuts: even ones, and one with empty partitions at its ends and in between. */
function* cuts(items: number[]): Generator<Bag<number>> {
  for (const partitions of PARTITIONS) yield bag.fromSequence(items, { partitions })
  const none = bag.fromSequence<number>([])
  const half = items.length >> 1
  yield bag.concat([
    none,
    bag.fromSequence(items.slice(0, half), { partitions: 3 }),
    none,
    none,
    bag.fromSequence(items.slice(half), { partitions: 2 }),
    none,
  ])
  // And a chain before it, which fuses with the method.
  yield bag
    .fromSequence(items, { partitions: 5 })
    .map((x) => x + 1)
    .map((x) => x - 1)
}

/** What a computation gives, or the name of what it throws. */
async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    return `throws ${(error as Error).name}`
  }
}

function method<R>(
  title: string,
  ours: (items: Bag<number>) => Collection<R>,
  model: (items: number[]) => R | Promise<R>,
  alike: (actual: unknown, expected: unknown) => void = assert.deepEqual,
): void {
  test(`bag.${title} is what a list gives`, async () => {
    for (const items of DATA_SETS) {
      const expected = await outcome(() => model(items))
      for (const cut of cuts(items)) {
        const actual = await outcome(async () => (await executor.compute([ours(cut)], { method: title }))[0])
        alike(actual, expected)
      }
    }
  })
}

/** Floating-point sums differ with the order of adding. */
function close(actual: unknown, expected: unknown): void {
  if (typeof actual !== 'number' || typeof expected !== 'number' || Number.isNaN(expected))
    assert.deepEqual(actual, expected)
  else
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
      `${actual} is not ${expected}`,
    )
}

const sameItems = (actual: unknown, expected: unknown): void => {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value
  assert.deepEqual(sorted(actual), sorted(expected))
}

const mean = (items: number[]): number => items.reduce((a, b) => a + b, 0) / items.length
const variance = (items: number[], ddof: number): number =>
  items.length > ddof
    ? items.reduce((a, b) => a + (b - mean(items)) ** 2, 0) / (items.length - ddof)
    : Number.NaN
const counted = (items: number[]): [number, number][] => {
  const counts = new Map<number, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts]
}
const throwsEmpty = (items: number[], value: () => number): number | string =>
  items.length === 0 ? 'throws EmptyBagError' : value()

method(
  'map',
  (b) => b.map((x) => x * 2),
  (items) => items.map((x) => x * 2),
)
method(
  'map with a value beside',
  (b) => b.map((x, y) => x * y, 3),
  (items) => items.map((x) => x * 3),
)
method(
  'map with a bag beside',
  (b) =>
    b.map(
      (x, y) => [x, y],
      b.map((x) => -x),
    ),
  (items) => items.map((x) => [x, -x]),
)
method(
  'map with a delayed value beside',
  (b) => b.map((x, total) => x + total, b.sum()),
  (items) => items.map((x) => x + items.reduce((a, c) => a + c, 0)),
)
method(
  'map of an async function',
  (b) => b.with({ concurrency: 3 }).map(async (x) => x + 1),
  (items) => items.map((x) => x + 1),
)
method(
  'starmap',
  (b) => b.map((x): [number, number] => [x, 2]).starmap((x, y) => x - y),
  (items) => items.map((x) => x - 2),
)
method(
  'filter',
  (b) => b.filter((x) => x > 0),
  (items) => items.filter((x) => x > 0),
)
method(
  'filter by an async function',
  (b) => b.filter(async (x) => x > 0),
  (items) => items.filter((x) => x > 0),
)
method(
  'remove',
  (b) => b.remove((x) => x > 0),
  (items) => items.filter((x) => x <= 0),
)
method(
  'flatten',
  (b) => b.map((x) => [x, x]).flatten(),
  (items) => items.flatMap((x) => [x, x]),
)
method(
  'flatMap',
  (b) => b.flatMap((x) => Array.from({ length: Math.max(0, x) }, () => x)),
  (items) => items.flatMap((x) => Array.from({ length: Math.max(0, x) }, () => x)),
)
method(
  'flatMap of a generator',
  (b) =>
    b.flatMap(function* (x) {
      yield x
      yield -x
    }),
  (items) => items.flatMap((x) => [x, -x]),
)
method(
  'flatMap of an async function',
  (b) => b.with({ concurrency: 4 }).flatMap(async (x) => [x, 0]),
  (items) => items.flatMap((x) => [x, 0]),
)
method(
  'pluck',
  (b) => b.map((x) => ({ x, y: 1 })).pluck('x'),
  (items) => items,
)
method(
  'pluck of several',
  (b) => b.map((x) => ({ x, y: 1 })).pluck(['y', 'x']),
  (items) => items.map((x) => [1, x]) as [number, number][],
)
method(
  'pluck with a fallback',
  (b) => b.map((x): { x?: number } => (x > 0 ? { x } : {})).pluck('x', 0),
  (items) => items.map((x) => Math.max(x, 0)),
)
method(
  'zip',
  (b) => b.zip(b.map((x) => x + 1)),
  (items) => items.map((x): [number, number] => [x, x + 1]),
)
method(
  'mapPartitions',
  (b) => b.mapPartitions((list, by) => list.map((x) => x * by), 2),
  (items) => items.map((x) => x * 2),
)
method(
  'fold',
  (b) => b.fold((x, y) => Math.max(x, y)),
  (items) => throwsEmpty(items, () => Math.max(...items)) as number,
)
method(
  'fold with an initial value',
  (b) =>
    b.fold(
      (list: number[], x) => [...list, x],
      [],
      (x, y) => [...x, ...y],
    ),
  (items) => items,
)
method(
  'fold of an async function that changes its state',
  (b) =>
    b.fold(
      async (seen: { n: number }, _x) => {
        seen.n++
        return seen
      },
      { n: 0 },
      (x, y) => ({ n: x.n + y.n }),
    ),
  (items) => ({ n: items.length }),
)
method(
  'reduction',
  (b) =>
    b.reduction(
      (list) => list.length,
      (counts) => `${counts.reduce((x, y) => x + y, 0)} items`,
    ),
  (items) => `${items.length} items`,
)
method(
  'reduction with combine',
  (b) =>
    b.reduction(
      (list) => list.length,
      (counts) => `${counts.reduce((x, y) => x + y, 0)} items`,
      { combine: (counts) => counts.reduce((x, y) => x + y, 0), splitEvery: 2 },
    ),
  (items) => `${items.length} items`,
)
method(
  'count',
  (b) => b.count(),
  (items) => items.length,
)
method(
  'count by a tree',
  (b) => b.count({ splitEvery: 2 }),
  (items) => items.length,
)
method(
  'sum',
  (b) => b.sum(),
  (items) => items.reduce((a, b) => a + b, 0),
)
method(
  'sum of bigints',
  (b) => b.map(BigInt).sum(),
  (items) => (items.length === 0 ? (0 as never) : items.map(BigInt).reduce((a, b) => a + b)),
)
method(
  'product',
  (b) => b.map((x) => 1 + x / 100).product(),
  (items) => items.map((x) => 1 + x / 100).reduce((a, b) => a * b, 1),
  close,
)
method('mean', (b) => b.mean(), mean, close)
method(
  'var',
  (b) => b.var(),
  (items) => variance(items, 0),
  close,
)
method(
  'var of a sample',
  (b) => b.var({ ddof: 1 }),
  (items) => variance(items, 1),
  close,
)
method(
  'std',
  (b) => b.std(),
  (items) => Math.sqrt(variance(items, 0)),
  close,
)
method(
  'min',
  (b) => b.min(),
  (items) => throwsEmpty(items, () => Math.min(...items)) as number,
)
method(
  'max',
  (b) => b.max(),
  (items) => throwsEmpty(items, () => Math.max(...items)) as number,
)
method(
  'any',
  (b) => b.any((x) => x === 7),
  (items) => items.includes(7),
)
method(
  'any by truth',
  (b) => b.any(),
  (items) => items.some(Boolean),
)
method(
  'all',
  (b) => b.all((x) => x < 14),
  (items) => items.every((x) => x < 14),
)
method('frequencies', (b) => b.frequencies(), counted)
method('frequencies, shuffled', (b) => b.frequencies({ partitions: 3 }), counted, sameItems)
method(
  'distinct',
  (b) => b.distinct(),
  (items) => [...new Set(items)],
)
method(
  'distinct, shuffled',
  (b) => b.distinct(undefined, { partitions: 4 }),
  (items) => [...new Set(items)],
  sameItems,
)
method(
  'distinct by key',
  (b) => b.distinct((x) => x % 3),
  (items) => items.filter((x, i) => items.findIndex((y) => Object.is(y % 3 || 0, x % 3 || 0)) === i),
)
method(
  'topK',
  (b) => b.topK(5),
  (items) => [...items].sort((x, y) => y - x).slice(0, 5),
)
method(
  'topK by key',
  (b) => b.topK(3, (x) => [Math.abs(x), x]),
  (items) => [...items].sort((x, y) => Math.abs(y) - Math.abs(x) || y - x).slice(0, 3),
)
method(
  'foldby',
  (b) =>
    b.foldby(
      (x) => x % 2 === 0,
      (x, y) => x + y,
    ),
  (items) =>
    [...new Set(items.map((x) => x % 2 === 0))].map((even): [boolean, number] => [
      even,
      items.filter((x) => (x % 2 === 0) === even).reduce((x, y) => x + y),
    ]),
)
for (const partitions of [1, 3])
  method(
    `foldby with an initial value in ${partitions} partitions`,
    (b) =>
      b.foldby(
        (x) => ({ sign: Math.sign(x) || 0 }),
        (n) => n + 1,
        0,
        (x, y) => x + y,
        { partitions },
      ),
    (items) =>
      counted(items.map((x) => Math.sign(x) || 0)).map(([sign, n]): [{ sign: number }, number] => [
        { sign },
        n,
      ]),
    sameItems,
  )
for (const partitions of [1, 4])
  method(
    `groupBy in ${partitions} partitions`,
    (b) => b.groupBy((x) => [x % 3 || 0], { partitions }),
    (items) =>
      [...new Set(items.map((x) => x % 3 || 0))].map((rest): [number[], number[]] => [
        [rest],
        items.filter((x) => (x % 3 || 0) === rest),
      ]),
    sameItems,
  )
method(
  'accumulate',
  (b) => b.accumulate((x, y) => x + y),
  (items) => items.map((_, i) => items.slice(0, i + 1).reduce((x, y) => x + y)),
)
method(
  'accumulate from an initial value',
  (b) => b.accumulate((x, y) => x + y, 100),
  (items) => [100, ...items.map((_, i) => items.slice(0, i + 1).reduce((x, y) => x + y, 100))],
)
for (const count of [0, 1, 10, 10_000])
  method(
    `take(${count})`,
    (b) => b.take(count),
    (items) => items.slice(0, count),
  )
for (const partitions of [1, 3, 8, 100])
  method(
    `repartition(${partitions})`,
    (b) => b.repartition(partitions),
    (items) => items,
  )
method(
  'concat',
  (b) =>
    b.concat(
      b.map((x) => -x),
      b,
    ),
  (items) => [...items, ...items.map((x) => -x), ...items],
)
method(
  'map of what persist holds',
  (b) =>
    b
      .map((x) => x + 1)
      .filter((x) => x > 1)
      .map(String),
  (items) =>
    items
      .map((x) => x + 1)
      .filter((x) => x > 1)
      .map(String),
)

const others = [3, 3, 4, -1, 99]
for (const how of ['inner', 'left'] as const)
  method(
    `${how} join with a list`,
    (b) =>
      b.join(
        others,
        (x) => x,
        (y) => y,
        { how } as { how: 'left' },
      ),
    (items) => joined(items, others, how),
  )
for (const how of ['inner', 'left', 'right', 'outer'] as const)
  method(
    `${how} join of two bags`,
    (b) =>
      b.join(
        bag.fromSequence(others, { partitions: 3 }),
        (x) => ({ x }),
        (y) => ({ x: y }),
        { how } as { how: 'outer' },
      ),
    (items) => joined(items, others, how),
    sameItems,
  )

function joined(left: number[], right: number[], how: string): [number, number | undefined][] {
  const pairs: [number | undefined, number | undefined][] = []
  for (const x of left) {
    const partners = right.filter((y) => y === x)
    for (const y of partners) pairs.push([x, y])
    if (partners.length === 0 && (how === 'left' || how === 'outer')) pairs.push([x, undefined])
  }
  if (how === 'right' || how === 'outer')
    for (const y of right) if (!left.includes(y)) pairs.push([undefined, y])
  return pairs as [number, number | undefined][]
}

test('bag.randomSplit has each item in one bag, the same for the same seed', async () => {
  const items = bag.range(20_000, { partitions: 4 })
  const parts = await Promise.all(
    items.randomSplit([0.25, 0.6, 0.15], { seed: 3 }).map((part) => part.compute()),
  )
  assert.deepEqual(
    parts.flat().sort((a, b) => a - b),
    await items.compute(),
  )
  for (const [p, share] of [0.25, 0.6, 0.15].entries())
    assert.ok(Math.abs(parts[p].length - 20_000 * share) < 250, `${parts[p].length} of 20000 for ${share}`)
  assert.deepEqual(parts[0], await items.randomSample(0.25, { seed: 3 }).compute())
})

test('bag.randomSample keeps about as many as asked, the same for the same seed', async () => {
  const items = numbers(4, 20_000)
  const half = bag.fromSequence(items, { partitions: 4 }).randomSample(0.25, { seed: 3 })
  const kept = await half.compute()
  assert.ok(Math.abs(kept.length - 5000) < 250, `${kept.length} of 20000 were kept`)
  assert.deepEqual(await half.compute(), kept)
  const other = await bag.fromSequence(items, { partitions: 4 }).randomSample(0.25, { seed: 4 }).compute()
  assert.notDeepEqual(other, kept)
  for (const [probability, count] of [
    [0, 0],
    [1, 20_000],
  ])
    assert.equal((await bag.fromSequence(items).randomSample(probability).compute()).length, count)
})

test('bag.randomChoices draws every item about equally often, with replacement', async () => {
  const drawn: number[] = []
  for (let seed = 0; seed < 300; seed++)
    drawn.push(...(await bag.range(10, { partitions: 3 }).randomChoices(20, { seed }).compute()))
  const counts = new Map(counted(drawn))
  assert.equal(drawn.length, 6000)
  for (let item = 0; item < 10; item++)
    assert.ok(
      Math.abs((counts.get(item) ?? 0) - 600) < 120,
      `${item} was drawn ${counts.get(item)} times of 6000`,
    )
  assert.deepEqual(await bag.fromSequence([]).randomChoices(5).compute(), [])
})

test('bag.toDelayed gives each partition, bag.fromDelayed takes them', async () => {
  const parts = bag
    .range(10, { partitions: 3 })
    .map((x) => x * 2)
    .toDelayed()
  assert.equal(parts.length, 3)
  assert.deepEqual(await parts[1].compute(), [6, 8, 10])
  assert.deepEqual(
    await bag
      .fromDelayed(parts)
      .filter((x) => x > 8)
      .compute(),
    [10, 12, 14, 16, 18],
  )
})

test('bag.toDataFrame: columns guessed from the first items, or given', async () => {
  for (const partitions of [1, 3]) {
    const people = bag.fromSequence(
      [
        { name: 'Ann', age: 3, note: null },
        { name: 'Bo', age: null, note: null },
        { name: 'Cy', age: 5, note: null },
      ],
      { partitions },
    )
    const guessed = await people.toDataFrame()
    assert.deepEqual(guessed.schema, { name: 'string', age: 'float64', note: 'string' })
    assert.equal(guessed.partitions, partitions)
    assert.deepEqual(await guessed.filter(col('age').gt(4)).toRecords(), [{ name: 'Cy', age: 5, note: null }])
    const given = people.toDataFrame({ schema: { age: 'int64' } })
    assert.deepEqual(await given.toRecords(), [{ age: 3n }, { age: null }, { age: 5n }])
  }
  await assert.rejects(
    bag.fromSequence<object>([]).toDataFrame(),
    /toDataFrame finds no item to guess columns from: say them/,
  )
  await assert.rejects(
    bag.fromSequence([{ a: 1 }, { a: 'x' }]).toDataFrame(),
    /column "a" holds float64 and, in row 1, string/,
  )
  await assert.rejects(bag.fromSequence([4 as unknown as object]).toDataFrame(), /row 0 is no record but 4/)
  assert.throws(() => bag.fromSequence([{ a: 1 }]).toDataFrame({ sample: 0 }), /sample/)
})

test('bag.range counts up and down, in partitions of any number', async () => {
  for (const partitions of [1, 3, 50]) {
    assert.deepEqual(await bag.range(7, { partitions }).compute(), [0, 1, 2, 3, 4, 5, 6])
    assert.deepEqual(await bag.range(5, 1, { step: -2, partitions }).compute(), [5, 3])
    assert.deepEqual(await bag.range(3, 3, { partitions }).compute(), [])
  }
  assert.equal(bag.range(10, { partitionSize: 4 }).partitions, 3)
})

test('keys by the name of a property are those of a function that reads it', async () => {
  const people = bag.fromSequence(
    [
      { name: 'Ann', city: 1, paid: 2 },
      { name: 'Bob', city: 2, paid: 9 },
      { name: 'Cid', city: 1, paid: 4 },
    ],
    { partitions: 2 },
  )
  assert.deepEqual(await people.topK(1, 'paid').pluck('name').compute(), ['Bob'])
  assert.deepEqual(await people.distinct('city').pluck('name').compute(), ['Ann', 'Bob'])
  const groups = people.groupBy('city').map(([city, group]) => [city, group.length])
  assert.deepEqual((await groups.compute()).sort(), [
    [1, 2],
    [2, 1],
  ])
  assert.deepEqual(
    await people
      .foldby(
        'city',
        (sum, { paid }) => sum + paid,
        0,
        (a, b) => a + b,
      )
      .compute(),
    [
      [1, 6],
      [2, 9],
    ],
  )
  const cities = [{ city: 1, title: 'Oslo' }]
  const joined = people.join(cities, 'city').map(([person, { title }]) => `${person.name} in ${title}`)
  assert.deepEqual(await joined.compute(), ['Ann in Oslo', 'Cid in Oslo'])
  const lists = bag.fromSequence([
    ['b', 1],
    ['a', 3],
  ] as const)
  assert.deepEqual(await lists.topK(1, 1).compute(), [['a', 3]])
  await assert.rejects(people.topK(1, 'payed' as never).compute(), {
    name: 'PluckError',
    message: /an item has no property "payed", which is to be its key/,
  })
  assert.throws(() => people.groupBy(null as never), {
    name: 'BagArgumentError',
    message: 'groupBy takes a function or the name of a property as its key, not null',
  })
})

test('a bag says what it is, and concat what it takes', () => {
  assert.equal(String(bag.range(6, { partitions: 3 }).map((x) => x)), 'bag(3 partitions)')
  assert.throws(() => bag.concat(bag.range(2) as never), /concat takes a list of bags/)
  assert.throws(() => bag.concat([[1, 2]] as never), /concat takes bags, not a list/)
})
