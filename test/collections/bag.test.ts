// What bags promise beyond their results: laziness, streaming, fusing, sharing, clear refusals.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag, compute, delayed, optimize, visualize } from '../../runtime/collections/index.ts'
import { pngOf } from '../../runtime/collections/png.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const executor = computeInProcess()

const touched = (): never => {
  throw new Error('touched')
}

test('a partition that throws when touched survives every method but compute', async (context) => {
  const written = join(temporaryFolder(context), 'written')
  const hot = bag.range(20, { partitions: 4 }).map((x): number => (x >= 0 ? touched() : x))
  const pairs = hot.map((x): [number, number] => [x, x])
  const built = [
    hot.map((x, y: number) => x + y, hot),
    pairs.starmap((x, y) => x + y),
    hot.mapPartitions((list) => list),
    hot.filter((x) => x > 1),
    hot.remove((x) => x > 1),
    pairs.flatten(),
    hot.flatMap((x) => [x]),
    hot.map((x) => ({ x })).pluck('x'),
    hot.zip(hot),
    hot.randomSample(0.5),
    hot.randomSplit([0.5])[0],
    hot.fold((x, y) => x + y),
    hot.reduction(
      (list) => list.length,
      (counts) => counts.length,
    ),
    hot.count(),
    hot.sum(),
    hot.product(),
    hot.mean(),
    hot.var(),
    hot.std(),
    hot.min(),
    hot.max(),
    hot.any((x) => x > 1),
    hot.all((x) => x > 1),
    hot.frequencies(),
    hot.distinct((x) => x, { partitions: 3 }),
    hot.topK(3),
    hot.foldby(
      (x) => x,
      (x, y) => x + y,
    ),
    hot.groupBy((x) => x),
    hot.join(
      hot,
      (x) => x,
      (y) => y,
    ),
    hot.accumulate((x, y) => x + y),
    hot.take(3),
    hot.repartition(9),
    hot.repartition(2),
    hot.randomChoices(2),
    hot.concat(hot),
    hot.toDelayed()[0],
    hot.map(String).toTextFiles(written),
    hot.toJsonLines(written),
    hot.with({ retries: 2 }).map((x) => x),
  ]
  for (const collection of built) {
    collection.buildTasks(new TaskGraph())
    await assert.rejects(executor.compute([collection], { method: 'compute' }), /touched/)
  }
})

test('steps that follow one another are one task a partition', async () => {
  const chain = bag
    .range(100, { partitions: 5 })
    .map((x) => x + 1)
    .filter((x) => x % 2 === 0)
    .flatMap((x) => [x, x])
  await chain.compute()
  assert.deepEqual(executor.last, { tasks: 5, groups: ['range-map-filter-flatMap'] })
  await chain.sum().compute()
  assert.deepEqual(executor.last, { tasks: 6, groups: ['range-map-filter-flatMap-sum', 'sum-finish'] })
})

test('what several collections share is computed once', async () => {
  let calls = 0
  const costly = bag.range(12, { partitions: 3 }).map((x) => {
    calls++
    return x
  })
  assert.deepEqual(
    await compute(
      costly.sum(),
      costly.max(),
      costly.filter((x) => x > 9),
    ),
    [66, 11, [10, 11]],
  )
  assert.equal(calls, 12)
  calls = 0
  assert.deepEqual((await costly.zip(costly.map((x) => -x)).compute())[3], [3, -3])
  assert.equal(calls, 12)
})

test('a chain streams: an endless generator is drawn from only as far as is taken', async () => {
  let drawn = 0
  const endless = bag.fromSequence([1], { partitions: 1 }).flatMap(function* () {
    for (;;) yield drawn++
  })
  assert.deepEqual(
    await endless
      .map((x) => x * 2)
      .filter((x) => x % 4 === 0)
      .take(3)
      .compute(),
    [0, 4, 8],
  )
  assert.ok(drawn < 5000, `${drawn} items were drawn for 3`)
})

test('a fold holds a batch at a time, however large the partition', async () => {
  let live = 0
  let most = 0
  const total = bag
    .range(100_000, { partitions: 1 })
    .map((x) => {
      live++
      most = Math.max(most, live)
      return x
    })
    .fold(
      (n, x) => {
        live--
        return n + x
      },
      0,
      (a, b) => a + b,
    )
  assert.equal(await total.compute(), 4999950000)
  assert.ok(most <= 2048, `${most} items were between map and fold at once`)
})

test('an async function runs with bounded concurrency, in order', async () => {
  let running = 0
  let most = 0
  const results = await bag
    .range(50, { partitions: 1 })
    .with({ concurrency: 5 })
    .map(async (x) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return x
    })
    .compute()
  assert.deepEqual(
    results,
    Array.from({ length: 50 }, (_, i) => i),
  )
  assert.equal(most, 5)
})

test('take asks a partition only when those before it have too few', async () => {
  const asked: number[] = []
  const items = bag.range(40, { partitions: 4 }).map((x) => {
    if (x % 10 === 0) asked.push(x)
    return x
  })
  assert.deepEqual(await items.take(12).compute(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  assert.deepEqual(asked, [0, 10])
  assert.deepEqual(await items.take(12, { partitions: 1 }).compute(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('persist computes once, and what is built on it starts from there', async () => {
  let calls = 0
  const held = await bag
    .range(10, { partitions: 2 })
    .map((x) => {
      calls++
      return x
    })
    .persist()
  assert.equal(calls, 10)
  assert.equal(await held.sum().compute(), 45)
  assert.deepEqual(await held.filter((x) => x > 7).compute(), [8, 9])
  assert.equal(calls, 10)
})

test('repartitionByBytes cuts by the size of the items', async () => {
  const texts = bag.range(200, { partitions: 7 }).map((i) => 'x'.repeat(i < 100 ? 1000 : 10))
  const cut = await texts.repartitionByBytes('30kB')
  assert.equal(cut.partitions, 4)
  assert.deepEqual(await cut.compute(), await texts.compute())
  assert.equal((await bag.fromSequence([]).repartitionByBytes(1)).partitions, 1)
  await assert.rejects(texts.repartitionByBytes('much'), /repartitionByBytes takes a size such as '64MB'/)
})

test('options of `with` reach the tasks, and do not fuse away', () => {
  const graph = new TaskGraph()
  bag
    .range(3, { partitions: 1 })
    .with({ retries: 2, pure: false })
    .map((x) => x)
    .sum()
    .buildTasks(graph)
  assert.deepEqual(graph.groups[0].options, { retries: 2 })
  assert.equal(graph.groups[0].pure, false)
  assert.equal(graph.groups[0].kind, 'bag.sum')
})

test('graphs of 100k partitions are built without recursion', () => {
  const graph = new TaskGraph()
  bag
    .range(100_000, { partitions: 100_000 })
    .map((x) => x)
    .sum()
    .buildTasks(graph)
  assert.equal(graph.size, 100_000 + 12_500 + 1562 + 196 + 25 + 4 + 1)
  let long = bag.range(1)
  for (let i = 0; i < 20_000; i++) long = i % 2000 === 0 ? long.repartition(1 + (i % 3)) : long.map((x) => x)
  long.buildTasks(new TaskGraph())
})

test('arguments that make no sense are refused when the method is called', () => {
  const numbers = bag.range(10, { partitions: 2 })
  const cases: [() => unknown, RegExp][] = [
    [() => numbers.map(3 as never), /map takes a function, not 3/],
    [() => numbers.topK(0), /topK takes a whole number ≥ 1, not 0/],
    [() => numbers.take(-1), /take takes a whole number ≥ 0, not -1/],
    [() => numbers.repartition(1.5), /repartition takes a whole number ≥ 1, not 1.5/],
    [() => numbers.randomSample(2), /randomSample takes a probability from 0 to 1, not 2/],
    [() => numbers.randomSplit([0.5, 0.6]), /randomSplit takes shares .* not 1.1 in all/],
    [() => numbers.randomSplit([-0.5]), /randomSplit takes shares .* not one of -0.5/],
    [() => numbers.randomSplit([]), /randomSplit takes shares .* not none/],
    [() => numbers.zip(bag.range(10, { partitions: 3 })), /need the same number of partitions, not 2 and 3/],
    [() => numbers.count({ splitEvery: 1 }), /splitEvery takes a whole number ≥ 2, not 1/],
    [() => numbers.with({ concurrency: 0 }), /concurrency takes a whole number ≥ 1, not 0/],
    [() => bag.fromSequence(3 as never), /fromSequence takes a list or another iterable/],
    [() => bag.range(1, 2, { step: 0 }), /range cannot go in steps of 0/],
    [() => bag.range(Number.NaN), /range takes numbers, but stop is NaN/],
    [() => bag.fromDelayed([]), /fromDelayed takes at least one delayed list/],
    [() => numbers.map(String).toTextFiles('one.txt'), /put a \* where each one's number should be/],
  ]
  for (const [call, text] of cases) assert.throws(call, text)
})

test('what only shows when computed is refused with the way out', async () => {
  const numbers = bag.range(10, { partitions: 2 })
  const uneven = bag.fromSequence([1, 2, 3], { partitions: 2 })
  const cases: [{ compute(): Promise<unknown> }, string, RegExp][] = [
    [numbers.zip(uneven), 'UnevenPartitionsError', /pair them by key with join/],
    [uneven.zip(numbers), 'UnevenPartitionsError', /need partitions of the same length/],
    [
      numbers
        .map(String)
        .map((x) => x as never as number)
        .sum(),
      'NotNumericError',
      /sum needs numbers, but an item is "0" \(string\)/,
    ],
    [
      (numbers as never as typeof uneven).map((x) => x as never as number[]).flatten(),
      'NotIterableError',
      /give a list or another iterable/,
    ],
    [numbers.map((x) => ({ x })).pluck('y' as 'x'), 'PluckError', /finds no "y"/],
    [numbers.groupBy(() => () => 1), 'KeyError', /a function cannot be a key/],
    [numbers.groupBy(() => new Map()), 'KeyError', /an object of class Map cannot be a key/],
    [bag.fromSequence<number>([]).max(), 'EmptyBagError', /max of a bag without items has no value/],
    [
      bag.fromDelayed([delayed(() => 5 as never as number[])()]),
      'NotAPartitionError',
      /give fromDelayed functions that return lists/,
    ],
    [bag.fromSequence([() => 1]).toJsonLines('/nowhere/at-all/x.jsonl'), 'NotALineError|FileError', /./],
  ]
  for (const [collection, name, text] of cases)
    await assert.rejects(collection.compute(), (error: Error) => {
      assert.match(error.name, new RegExp(name))
      assert.match(error.message, text)
      return true
    })
})

test('written partitions are files, and the bag of their paths is one like others', async (context) => {
  const folder = temporaryFolder(context)
  const written = bag
    .range(6, { partitions: 3 })
    .map(String)
    .toTextFiles(`${folder}/n-*.txt.zst`, { mode: 'overwrite' })
  assert.deepEqual(
    await written.map((path) => path.slice(-9)).compute(),
    ['n-0.txt.zst', 'n-1.txt.zst', 'n-2.txt.zst'].map((name) => name.slice(-9)),
  )
  assert.deepEqual(
    await written.compute(),
    [0, 1, 2].map((i) => join(folder, `n-${i}.txt.zst`)),
  )
  assert.deepEqual(await bag.readText(`${folder}/*.zst`).map(Number).compute(), [0, 1, 2, 3, 4, 5])
  assert.deepEqual(readdirSync(folder).length, 3)
  const failing = bag
    .range(2)
    .map((x): string => (x === 1 ? touched() : 'fine'))
    .toTextFiles(`${folder}/bad-*.txt`)
  await assert.rejects(failing.compute(), /touched/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('bad-1') || name.endsWith('.tmp')),
    [],
  )
})

test('the drawing of a graph has a box a task and an edge a dependency', async () => {
  const svg = await bag.range(4, { partitions: 3 }).sum().visualize()
  assert.equal(svg.match(/<rect/g)?.length, 4)
  assert.equal(svg.match(/<path/g)?.length, 3)
  assert.match(svg, /range-sum/)
})

test('a drawing becomes an SVG or a PNG file by its ending; several collections draw what they share once', async (context) => {
  const folder = temporaryFolder(context)
  const numbers = bag.range(4, { partitions: 2 }).map((x) => x + 1)
  const path = await visualize([numbers.sum(), numbers.max()], join(folder, 'both.svg'))
  const svg = readFileSync(path, 'utf8')
  assert.equal(svg.match(/<title>range-map<\/title>/g)?.length, 2)
  // A font that the packages of the tests have: a bare machine has none.
  const font = join(import.meta.dirname, '../../node_modules/@vscode/codicons/dist/codicon.ttf')
  const png = Buffer.from(await pngOf(svg, [font]))
  assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')])
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  assert.ok(width > 300 && height > 100, `${width} × ${height}`)
  await assert.rejects(numbers.visualize(join(folder, 'numbers.pdf')), {
    name: 'DrawingError',
    message: /numbers\.pdf should end in \.svg or \.png/,
  })
  await assert.rejects(pngOf(svg, [join(folder, '*.ttf')]), {
    name: 'PngError',
    message: /a PNG needs a font for its texts, and none was found here: install one/,
  })
  await assert.rejects(visualize([1 as never]), { name: 'NotACollectionError' })
})

test('optimize gives the same collections, or says what keeps them from being built', async () => {
  const numbers = bag.range(4, { partitions: 2 })
  assert.deepEqual(await optimize(numbers, numbers.sum()).then(([first]) => first), numbers)
  await assert.rejects(optimize(3 as never), { name: 'NotACollectionError' })
})
