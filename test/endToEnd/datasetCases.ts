// The cases of datasets.test.ts.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import {
  array,
  type Bag,
  bag,
  type ChunkedArray,
  Client,
  DatasetError,
  dataframe,
  delayed,
  type Future,
  UsageError,
} from '../../runtime/index.ts'
import { Workplace } from './runKit.ts'

const PUBLISHES = `import { array, bag, Client, col, dataframe, delayed } from 'heddle'
const client = await Client.local()
const numbers = array.arange(12, { chunks: 5 }).reshape([3, 4])
const people = dataframe.fromRecords([{ name: 'Ada', age: 36 }, { name: 'Alan', age: 41 }])
await client.publish('numbers', numbers.add(1))
await client.publish('words', bag.fromSequence(['a', 'b', 'c'], { partitions: 2 }).map((word) => word + word))
await client.publish('people', people.filter(col('age').gt(40)))
await client.publish('answer', client.submit((x: number) => x * 2, 21))
class Point {
  constructor(readonly x: number) {}
  get twice() { return this.x * 2 }
}
await client.publish('point', client.submit((x: number) => new Point(x), 4))
const inc = delayed((x: number) => x + 1)
await client.publish('mixed', { total: inc(1), map: new Map([['sum', numbers.sum()]]), unit: 'mm', when: new Date(5) })
console.log((await client.datasets()).map(({ name }) => name).join(' '))
`

const USES = `import { type Bag, type ChunkedArray, Client, col, type DataFrame, type Delayed, type Future } from 'heddle'
const client = await Client.local()
const numbers = await client.dataset<ChunkedArray>('numbers')
const words = await client.dataset<Bag<string>>('words')
const people = await client.dataset<DataFrame<{ name: string; age: number }>>('people')
const answer = await client.dataset<Future<number>>('answer')
const mixed = await client.dataset<{ total: Delayed<number>; map: Map<string, ChunkedArray>; unit: string; when: Date }>('mixed')
const { total, map } = await client.compute({ total: mixed.total, map: mixed.map })
console.log(JSON.stringify({
  shape: numbers.shape, chunks: numbers.chunks, dtype: numbers.dtype, sum: await numbers.sum().compute(),
  words: await words.map((word: string) => word.toUpperCase()).compute(),
  columns: people.columns, people: await people.withColumns(col('age').add(1).as('next')).toRecords(),
  answer: await answer.result(), twice: await client.submit((x: number) => x * 2, answer).result(),
  point: await client.submit((p: { twice: number }) => p.twice, await client.dataset<Future<{ twice: number }>>('point')).result(),
  total, sumOfAll: map.get('sum'), unit: mixed.unit, when: mixed.when.getTime(),
}))
`

/** What the scheduler has once no other client is there: the end of one may be on its way. */
async function heldAlone(client: Client): Promise<{ keys: number; replicas: number }> {
  while (true) {
    const { keys, replicas, clients } = (await client.dumpState()) as Record<'keys' | 'replicas', number> & {
      clients: unknown[]
    }
    if (clients.length === 1) return { keys, replicas }
  }
}

describe('published datasets', () => {
  let cluster: LocalCluster
  let client: Client

  before(async () => {
    cluster = await startLocalCluster({ workers: 2, threadsPerWorker: 1 })
    client = await Client.connect(cluster.file, { name: 'a test' })
  })

  after(async () => {
    await client.close()
    await cluster.close()
  })

  test('what one program published another uses, after the first has ended', async () => {
    await using place = new Workplace({ 'publishes.ts': PUBLISHES, 'uses.ts': USES })
    const first = await place.heddle('run', 'publishes.ts', '--connect', cluster.file)
    assert.equal(first.code, 0, first.stderr)
    assert.equal(first.stdout.trim(), 'answer mixed numbers people point words')
    const second = await place.heddle('run', 'uses.ts', '--connect', cluster.file)
    assert.equal(second.code, 0, second.stderr)
    assert.deepEqual(JSON.parse(second.stdout), {
      shape: [3, 4],
      chunks: (await client.dataset<ChunkedArray>('numbers')).chunks,
      dtype: 'float64',
      sum: 78,
      words: ['AA', 'BB', 'CC'],
      columns: ['name', 'age'],
      people: [{ name: 'Alan', age: 41, next: 42 }],
      answer: 42,
      twice: 84,
      point: 8,
      total: 2,
      sumOfAll: 66,
      unit: 'mm',
      when: 5,
    })
    const infos = await client.datasets()
    assert.deepEqual(
      infos.map(({ name, kind, tasks, done }) => [name, kind, tasks, done]),
      [
        ['answer', 'future', 1, 1],
        ['mixed', 'data', 2, 2],
        ['numbers', 'array', infos[2].tasks, infos[2].tasks],
        ['people', 'dataframe', 1, 1],
        ['point', 'future', 1, 1],
        ['words', 'bag', 2, 2],
      ],
    )
    for (const { by, bytes, publishedAt } of infos) {
      assert.match(by, /^session-\d+$/)
      assert.ok(bytes > 0)
      assert.ok(publishedAt <= new Date() && publishedAt.getTime() > Date.now() - 3_600_000)
    }
    for (const { name } of infos) await client.unpublish(name)
    assert.deepEqual(await client.datasets(), [])
  })

  test('the examples in the docstrings give what they say', async () => {
    const source = readFileSync(join(import.meta.dirname, '../../runtime/session/client.ts'), 'utf8')
    const examples = [...source.matchAll(/@example\n((?: {3}\* .*\n)+)/g)]
      .map(([, lines]) => lines.replaceAll('   * ', '').trimEnd())
      .filter((code) => code.includes('client.publish('))
    assert.equal(examples.length, 4)
    const blocks = examples.map((code) => {
      const lines = code.split('\n')
      const [, expression, said] = /^;?(.*) \/\/ (.*)$/.exec(lines.pop()!)!
      return `{
${lines.join('\n')}
const given = ${expression}
console.log(JSON.stringify([given, ${said}]))
for (const { name } of await client.datasets()) await client.unpublish(name)
}`
    })
    const program = `import { type Bag, bag, Client } from 'heddle'
const client = await Client.local()
${blocks.join('\n')}`
    await using place = new Workplace({ 'examples.ts': program })
    const { code, stdout, stderr } = await place.heddle('run', 'examples.ts', '--connect', cluster.file)
    assert.equal(code, 0, stderr)
    const pairs = stdout.trim().split('\n')
    assert.equal(pairs.length, 4)
    for (const pair of pairs) {
      const [given, said] = JSON.parse(pair) as [unknown, unknown]
      assert.deepEqual(given, said)
    }
  })

  test('unpublished, it stays with those who hold it', async () => {
    const held = await client.publish(
      'large',
      bag.range(1000, { partitions: 4 }).map((n) => ({ n })),
    )
    const other = await Client.connect(cluster.file)
    const opened = await other.dataset<Bag<{ n: number }>>('large')
    await client.unpublish('large')
    assert.equal((await other.compute(opened)).length, 1000, 'who has opened it keeps it')
    assert.equal((await client.compute(held)).length, 1000)
    await assert.rejects(client.compute(opened), /another client of this program holds/)
    await other.close()
  })

  test('it is held after its client has left, made again when its worker dies, and freed when it is unpublished', async (t) => {
    const own = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
    t.after(() => own.close())
    const alone = await Client.connect(own.file)
    const summand = 5
    await alone.publish(
      'alone',
      bag.range(4, { partitions: 2 }).map((x) => x + summand),
    )
    await alone.compute(await alone.dataset<Bag<number>>('alone'))
    await alone.close()
    await using watcher = await Client.connect(own.file, { name: 'watcher' })
    assert.deepEqual(await heldAlone(watcher), { keys: 2, replicas: 2 })
    const [{ pid }] = (await watcher.info()).workers
    process.kill(pid, 'SIGKILL')
    // On whichever worker comes next, from the tasks of a program that has gone.
    while ((await watcher.info()).workers.some((worker) => worker.pid === pid));
    const again = await watcher.dataset<Bag<number>>('alone')
    assert.deepEqual(await watcher.compute(again), [5, 6, 7, 8])
    await watcher.unpublish('alone')
    await watcher.close()
    await using last = await Client.connect(own.file, { name: 'last' })
    assert.deepEqual(await heldAlone(last), { keys: 0, replicas: 0 })
    await assert.rejects(last.dataset('alone'), DatasetError)
  })

  test('a taken name is an error before anything runs, and may be overwritten', async () => {
    await client.publish('taken', client.submit(Math.min, 2, 1))
    await assert.rejects(client.publish('taken', array.ones([3])), (error: DatasetError) => {
      assert.equal(error.dataset, 'taken')
      assert.match(
        error.message,
        /^"taken" is published already: future, by a test at \d{4}-.*Z\. Choose another name, or replace it with \{ overwrite: true \}\.$/,
      )
      return error instanceof DatasetError
    })
    await client.publish('taken', array.ones([3]), { overwrite: true })
    assert.equal(await client.compute((await client.dataset<ChunkedArray>('taken')).sum()), 3)
    await client.unpublish('taken')
  })

  test('an unknown name is told with the nearest, or with those that there are', async () => {
    const told = (name: string): Promise<string> =>
      client.dataset(name).then(
        () => 'found',
        (error: Error) => error.message,
      )
    assert.equal(
      await told('prices'),
      'nothing is published by the name "prices". Nothing is published on this cluster.',
    )
    await client.publish('prices', [1, 2])
    assert.equal(await told('pricse'), 'nothing is published by the name "pricse". Is "prices" meant?')
    assert.equal(await told('weather'), 'nothing is published by the name "weather". There are "prices".')
    await assert.rejects(client.unpublish('weather'), /There are "prices"/)
    assert.deepEqual(await client.dataset('prices'), [1, 2])
    await client.unpublish('prices')
  })

  test('what cannot be published is said, and nothing is published then', async () => {
    const released = client.submit(Math.min, 1)
    await released.result()
    released.release()
    await assert.rejects(client.publish('bad', released), /min-\w+ was released or cancelled/)
    const other = await Client.connect(cluster.file)
    await assert.rejects(client.publish('bad', [other.submit(Math.min, 1)]), /belongs to another client/)
    await other.close()
    await assert.rejects(
      client.publish('bad', { fn: (x: number) => x }),
      /^DatasetError: bad cannot be published: functions or instances of classes stand in its data, which another program does not have\. Publish plain data/,
    )
    await assert.rejects(
      client.publish('bad', { later: Promise.resolve(1) }),
      /^DatasetError: bad cannot be published: `value\.later` is a Promise, which another program does not have/,
    )
    const rows = { collectionKind: 'rows', buildTasks: assert.fail, assemble: assert.fail }
    await assert.rejects(
      client.publish('bad', [rows]),
      /another program cannot make a collection of the kind rows again\. Publish a bag, an array/,
    )
    await assert.rejects(
      client.publish('bad', 'x'.repeat(2e6)),
      /2\.0 MB of plain data .* await client\.scatter\(value\)/,
    )
    await assert.rejects(client.publish('', 1), UsageError)
    await assert.rejects(client.publish('bad', 1, { overwite: true } as object), /overwite/)
    assert.deepEqual(await client.datasets(), [])
  })

  test('a failed future is published with its failure', async () => {
    const fails = delayed((): number => {
      throw new Error('no such luck')
    })
    await client.publish('failed', fails())
    const { failed } = { failed: await client.dataset<Future<number>>('failed') }
    await assert.rejects(client.compute([failed]), /no such luck/)
    await client.unpublish('failed')
  })

  test('the index of a table and its rows stay', async () => {
    const table = dataframe.fromRecords([{ t: 2 }, { t: 1 }]).setIndex('t')
    await client.publish('sorted', table)
    const found = await client.dataset<typeof table>('sorted')
    assert.equal(found.index, 't')
    assert.deepEqual((await client.compute(found)).toRecords(), [{ t: 1 }, { t: 2 }])
    await client.unpublish('sorted')
  })
})
