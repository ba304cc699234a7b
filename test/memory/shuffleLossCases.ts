// The cases of shuffleLoss.test.ts: whenever a worker is killed in a shuffle, the answer is what it would have been.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bag, bag, col, dataframe, len } from '../../runtime/index.ts'
import { until } from '../host/kit.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { randomOf } from '../table/randomTable.ts'
import { startTwoWorkers, untilGone } from './twoWorkers.ts'

const PARTITIONS = 8
const ROWS = 4800
const WORDS = ['warp', 'weft', 'heddle', 'shed', 'reed']

/** Leaves a file in a folder: so many partitions have come so far. */
function told<T>(value: T, folder: string): T {
  writeFileSync(join(folder, randomUUID()), '')
  return value
}

const ids = (folder: string): Bag<number> =>
  bag.range(ROWS, { partitions: PARTITIONS }).mapPartitions((list, path) => told(list, path), folder)

/** `n` is a permutation of 0 … `ROWS` − 1, `key` has 100 values, `word` is a category that follows from `id`. */
const rows = (folder: string) =>
  dataframe.fromBag(
    ids(folder).map((id) => ({ id, n: (id * 7919) % ROWS, key: id % 100, word: WORDS[(id * 31) % 5] })),
    { schema: { id: 'int32', n: 'int32', key: 'int32', word: 'category' } },
  )

type Table = ReturnType<typeof rows>

const records = (table: Table, folder: string): Promise<Record<string, unknown>[]> =>
  table.mapPartitions((part, path: string) => told(part, path), { args: [folder] }).toRecords() as never

const wordOf = (id: unknown): string => WORDS[(Number(id) * 31) % 5]
const inOrder = (numbers: number[]): number[] => numbers.sort((a, b) => a - b)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Each leaves `PARTITIONS` files while it reads, and as many when its rows are where they belong. */
const shuffles: Record<string, (folder: string) => Promise<void>> = {
  async sort(folder) {
    const found = await records(rows(folder).sort('n'), folder)
    assert.deepEqual(
      found.map(({ n }) => n),
      upTo(ROWS),
    )
    assert.ok(found.every(({ id, n, word }) => (Number(id) * 7919) % ROWS === n && word === wordOf(id)))
  },
  async setIndex(folder) {
    const found = await records(rows(folder).setIndex('id'), folder)
    assert.deepEqual(
      found.map(({ id }) => id),
      upTo(ROWS),
    )
    assert.ok(found.every(({ id, word }) => word === wordOf(id)))
  },
  async join(folder) {
    const right = rows(folder).select(col('n'), col('word').as('other'))
    const options = { leftOn: 'id', rightOn: 'n', broadcast: false } as const
    const found = await records(rows(folder).join(right, options) as never, folder)
    assert.deepEqual(inOrder(found.map(({ id }) => Number(id))), upTo(ROWS))
    const byN = new Map(upTo(ROWS).map((id) => [(id * 7919) % ROWS, wordOf(id)]))
    assert.ok(found.every(({ id, word, other }) => word === wordOf(id) && other === byN.get(Number(id))))
  },
  async 'groupBy of a table'(folder) {
    const groups = rows(folder).groupBy('word', 'key').partitions(PARTITIONS).agg(len().as('count'))
    const found = await records(groups as never, folder)
    assert.equal(found.length, 100)
    assert.ok(
      found.every(({ key, word, count }) => word === wordOf(key) && Number(count) === ROWS / 100),
      JSON.stringify(found.slice(0, 3)),
    )
  },
  async 'groupBy of a bag'(folder) {
    const groups = ids(folder).groupBy((id) => id % 100, { partitions: PARTITIONS })
    const found = await groups.mapPartitions((list, path) => told(list, path), folder).compute()
    assert.deepEqual(
      (found as [number, number[]][]).sort(([a], [b]) => a - b).map(([key, list]) => [key, inOrder(list)]),
      upTo(100).map((key) => [key, upTo(ROWS / 100).map((i) => key + 100 * i)]),
    )
  },
}

for (const seed of [1, 2, 3]) {
  const random = randomOf(seed)
  for (const [name, shuffle] of Object.entries(shuffles)) {
    const after = 1 + Math.floor(random() * (2 * PARTITIONS - 1))
    const which = Math.floor(random() * 2)
    test(`${name}: its answer is right when worker ${which} is killed after ${after} partitions (seed ${seed})`, {
      timeout: 120_000,
    }, async (t) => {
      const folder = temporaryFolder(t)
      const { workers } = await startTwoWorkers(t, '1GB')
      const before = await workers()
      const answer = shuffle(folder)
      // It is awaited below: a failure must not count as unheard until then.
      answer.catch(() => {})
      await until(() => readdirSync(folder).length >= after)
      process.kill(before[which], 'SIGKILL')
      await answer
      await untilGone(workers, before[which])
    })
  }
}
