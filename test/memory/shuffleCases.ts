// The cases of shuffle.test.ts: parts of splits go from worker to worker, to disk and back, and survive the loss of a worker.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag, col, dataframe, len } from '../../runtime/index.ts'
import { until } from '../host/kit.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { startTwoWorkers, untilGone } from './twoWorkers.ts'

/** Under load from others everything takes several times as long as alone. */
const timeout = 300_000

const PARTITIONS = 12
const ROWS = 24_000
const WORDS = ['warp', 'weft', 'heddle', 'shed', 'reed']

/** `n` is a permutation of 0 … `ROWS` − 1, `key` has 1000 values, `word` is a category. */
const rows = () =>
  dataframe.fromBag(
    bag.range(ROWS, { partitions: PARTITIONS }).map((id) => ({
      id,
      n: (id * 7919) % ROWS,
      key: id % 1000,
      word: WORDS[(id * 7919) % 5],
    })),
    { schema: { id: 'int32', n: 'int32', key: 'int32', word: 'category' } },
  )

test('tables and bags that two workers shuffle are what they should be', { timeout }, async (t) => {
  await startTwoWorkers(t, '1GB')
  const sorted = await rows().sort('n').toRecords()
  assert.equal(sorted.length, ROWS)
  assert.ok(
    sorted.every(
      ({ n, id, word }, i) => n === i && (Number(id) * 7919) % ROWS === i && word === WORDS[i % 5],
    ),
  )
  const indexed = await rows().setIndex('id').toRecords()
  assert.ok(indexed.every(({ id }, i) => id === i))
  const groups = await rows().groupBy('key').partitions(PARTITIONS).agg(len().as('count')).toRecords()
  assert.equal(groups.length, 1000)
  assert.ok(groups.every(({ count }) => Number(count) === ROWS / 1000))
  const other = rows().select('n', col('id').add(1).as('next'))
  const joined = await rows().join(other, { leftOn: 'id', rightOn: 'n', broadcast: false }).toRecords()
  assert.equal(joined.length, ROWS)
  assert.ok(joined.every(({ id, next }) => ((Number(next) - 1) * 7919) % ROWS === Number(id)))
  const items = bag.range(ROWS, { partitions: PARTITIONS }).groupBy((id) => id % 100)
  const sizes = await items.map(([key, ids]) => ids.length * 1000 + key).compute()
  assert.deepEqual(
    sizes.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, key) => (ROWS / 100) * 1000 + key),
  )
})

/** Says that the shuffle has come to its targets. */
function told<T>(value: T, file: string): T {
  writeFileSync(file, '')
  return value
}

test('kill -9 of a worker while targets are put together loses no item', { timeout }, async (t) => {
  const { workers } = await startTwoWorkers(t, '1GB')
  const before = await workers()
  const folder = temporaryFolder(t)
  const file = join(folder, 'began')
  const groups = bag
    .range(ROWS, { partitions: 40 })
    .groupBy((id) => id % 2000)
    .map(([key, ids], path) => told([key, ids.length], path), file)
    .compute()
  await until(() => existsSync(file))
  process.kill(before[0], 'SIGKILL')
  const found = (await groups) as [number, number][]
  assert.deepEqual(
    found.sort(([a], [b]) => a - b),
    Array.from({ length: 2000 }, (_, key) => [key, ROWS / 2000]),
  )
  await untilGone(workers, before[0])
})

test('kill -9 of a worker while ranges of a table are put together loses no row', { timeout }, async (t) => {
  const { workers } = await startTwoWorkers(t, '1GB')
  const before = await workers()
  const file = join(temporaryFolder(t), 'began')
  const sorted = rows()
    .sort('n')
    .mapPartitions((part, path: string) => told(part, path), { args: [file] })
    .toRecords()
  await until(() => existsSync(file))
  process.kill(before[1], 'SIGKILL')
  const found = await sorted
  assert.equal(found.length, ROWS)
  assert.ok(found.every(({ n, word }, i) => n === i && word === WORDS[i % 5]))
  await untilGone(workers, before[1])
})

const ITEM_BYTES = 100_000
const ITEMS = 4000

function block(i: number): Uint8Array {
  return new Uint8Array(ITEM_BYTES).fill(i % 251)
}

test('400 MB that two workers of 260 MB shuffle leave for the disk part by part, and come back right', {
  timeout: 900_000,
}, async (t) => {
  const spillFolder = mkdtempSync(join(tmpdir(), 'heddle-test-'))
  const { workers } = await startTwoWorkers(t, '260MB', spillFolder)
  const before = await workers()
  let spilled = 0
  const look = setInterval(() => {
    spilled = Math.max(spilled, readdirSync(spillFolder, { recursive: true }).length)
  }, 20)
  const sums = await bag
    .range(ITEMS, { partitions: 80 })
    .map((i) => ({ i, bytes: block(i) }))
    .groupBy(({ i }) => i % 800, { partitions: 80 })
    .map(([key, items]) => [key, items.map(({ i, bytes }) => (bytes.every((b) => b === i % 251) ? i : -1))])
    .compute()
    .finally(() => clearInterval(look))
  assert.deepEqual(
    (sums as [number, number[]][]).sort(([a], [b]) => a - b),
    Array.from({ length: 800 }, (_, key) => [
      key,
      Array.from({ length: ITEMS / 800 }, (_, j) => key + 800 * j),
    ]),
  )
  assert.ok(spilled > 4, `${spilled} entries in the folder of spilled values`)
  assert.deepEqual(await workers(), before, 'no worker was ended for it')
})
