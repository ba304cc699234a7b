// One reading for several collections: the same answers as alone, from one task a partition.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag, compute } from '../../runtime/collections/index.ts'
import type { Collection } from '../../runtime/graph/collection.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const executor = computeInProcess()

test('collections that read the same source read it once, and get what each gets alone', async () => {
  const numbers = bag.range(10_000, { partitions: 4 })
  const even = numbers.filter((x) => x % 2 === 0)
  const asked: Collection[] = [
    numbers.sum(),
    even.map((x) => x + 1).max(),
    numbers.any((x) => x === 7),
    numbers.randomSample(0.01, { seed: 5 }).count(),
    numbers.frequencies({ partitions: 2 }).count(),
    numbers.groupBy((x) => x % 3).map(([key, items]) => [key, items.length]),
    numbers.flatMap((x) => [x, x]).filter((x) => x < 3),
    numbers.repartition(9).mapPartitions((list) => [list.length]),
  ]
  const alone: unknown[] = []
  for (const collection of asked) alone.push((await compute(collection))[0])
  assert.deepEqual(await compute(...asked), alone)
  const reading = executor.last.groups.filter((name) => name.startsWith('range-'))
  assert.deepEqual(reading, [
    'range-sum+max+any+count+frequencies+groupBy+filter',
    'range-pick',
    // Two of them shuffle: what they are given comes in parts.
    'range-pick',
    'range-pick',
    'range-repartition',
  ])
})

test('what one reader does to its rows no other sees', async (context) => {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'x.csv'), 'n\n1\n2\n3\n')
  const rows = bag.readCsvRows<{ n: number }>(join(folder, 'x.csv'), { types: { n: 'number' } })
  const spoilt = rows.map((row) => {
    row.n = 100
    return row
  })
  for (const order of [
    [spoilt.pluck('n').sum(), rows.pluck('n').sum()],
    [rows.pluck('n').sum(), spoilt.pluck('n').sum()],
  ])
    assert.deepEqual((await compute(...order)).sort(), [300, 6].sort())
  assert.ok(executor.last.groups.some((name) => name.includes('sum+sum')))
})

test('who needs more than the items reads by itself', async () => {
  const numbers = bag.range(100, { partitions: 3 })
  const largest = numbers.max()
  const relative = numbers.map((x, most) => x / most, largest).sum()
  assert.deepEqual(await compute(largest, relative, numbers.take(2)), [99, 50, [0, 1]])
  assert.deepEqual(
    executor.last.groups.filter((name) => name.includes('+')),
    [],
  )
})

test('a reader that ends early or fails holds nobody up', async (context) => {
  const path = join(temporaryFolder(context), 'x.txt')
  writeFileSync(path, Array.from({ length: 20_000 }, (_, i) => i).join('\n'))
  const lines = bag.readText(path)
  assert.deepEqual(
    await compute(
      lines.any((line) => line === '3'),
      lines.count(),
    ),
    [true, 20_000],
  )
  const failing = lines.map((line) => {
    if (line === '15000') throw new RangeError('too many')
    return line
  })
  await assert.rejects(compute(lines.count(), failing.count()), {
    name: 'RangeError',
    message: `too many (at ${path}, line 15,001)`,
  })
})
