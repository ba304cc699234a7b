// Data larger than memory through the public API: the same answers, whatever is spilled, killed or leaked meanwhile.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { bag, Client } from '../../runtime/index.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const PIECES = 40
const LENGTH = 2_000_000
const BYTES = 8 * LENGTH

function ramp(i: number): Float64Array {
  const values = new Float64Array(2_000_000)
  for (let k = 0; k < values.length; k++) values[k] = i + (k % 7)
  return values
}
const sum = (x: Float64Array): number => {
  let total = 0
  for (const value of x) total += value
  return total
}
const SUM_OF_FIRST = sum(ramp(0))
const sumOfRamp = (i: number): number => SUM_OF_FIRST + i * LENGTH
const workers = async (client: Client) => (await client.info()).workers

async function shortOfMemory(t: TestContext, more: object = {}): Promise<Client> {
  const client = await Client.local({
    workers: 1,
    threadsPerWorker: 2,
    memoryLimit: '250MB',
    onOutput: () => {},
    ...more,
  })
  t.after(() => client.close())
  return client
}

test('scattered values of 640 MB under 250 MB: sums and the values themselves are right', {
  timeout: 300_000,
}, async (t) => {
  const client = await shortOfMemory(t)
  const futures = []
  for (let i = 0; i < PIECES; i++) futures.push(await client.scatter(ramp(i)))
  const expected = Array.from({ length: PIECES }, (_, i) => sumOfRamp(i))
  assert.deepEqual(await client.gather(client.map(sum, futures)), expected)
  const values = await client.gather(futures)
  assert.deepEqual(values.map(sum), expected)
  assert.equal((await workers(client)).length, 1)
})

test('a bag and submitted arrays under a quarter of the memory they need', {
  timeout: 300_000,
}, async (t) => {
  const client = await shortOfMemory(t)
  const arrays = client.map(
    ramp,
    Array.from({ length: 64 }, (_, i) => i),
  )
  const sums = await client.gather(
    client.map((x: Float64Array, y: Float64Array) => x[3] + y[4], arrays, arrays.toReversed()),
  )
  assert.deepEqual(
    sums,
    Array.from({ length: 64 }, () => 63 + 3 + 4),
  )
  const words = bag.range(1_000_000, { partitions: 40 }).map((i) => `word ${i % 1000}`)
  const [kept] = await client.persist([words])
  const counts = await kept
    .frequencies()
    .topK(3, ([word]) => word)
    .compute()
  assert.deepEqual(counts, [
    ['word 999', 1000],
    ['word 998', 1000],
    ['word 997', 1000],
  ])
  assert.equal(sum(await arrays[5].result()), sumOfRamp(5))
})

test('kill -9 of a worker while it spills loses no answer', { timeout: 300_000 }, async (t) => {
  const spillFolder = temporaryFolder(t)
  const client = await shortOfMemory(t, { workers: 2, threadsPerWorker: 1, spillFolder })
  const arrays = client.map(
    ramp,
    Array.from({ length: PIECES }, (_, i) => i),
  )
  const spilled = (): string[] =>
    (readdirSync(spillFolder, { recursive: true }) as string[]).filter((name) => /w\d+.\d+$/.test(name))
  while (spilled().length < 3) await new Promise(setImmediate)
  const victim = (await workers(client)).find(({ name }) => spilled()[0].includes(name))
  process.kill(victim!.pid, 'SIGKILL')
  assert.deepEqual(
    await client.gather(client.map(sum, arrays)),
    Array.from({ length: PIECES }, (_, i) => sumOfRamp(i)),
  )
  await client.close()
  assert.deepEqual(readdirSync(spillFolder), [], 'nothing is left in the spill folder')
})

/** Keeps half a megabyte for ever. */
function leaks(i: number): number {
  const holder = globalThis as { kept?: Float64Array[] }
  holder.kept ??= []
  holder.kept.push(new Float64Array(65_536).fill(i))
  return i
}

test('a task that leaks in a loop of a thousand does not end the run', { timeout: 300_000 }, async (t) => {
  const client = await shortOfMemory(t, { memoryLimit: '300MB' })
  const results = await client.gather(
    client.map(
      leaks,
      Array.from({ length: 1000 }, (_, i) => i),
    ),
  )
  assert.deepEqual(
    results,
    Array.from({ length: 1000 }, (_, i) => i),
  )
})

test('a task that grows past the limit fails alone, with its name and line', {
  timeout: 120_000,
}, async (t) => {
  const client = await shortOfMemory(t)
  await client.submit(sumOfRamp, 0).result() // The worker has joined.
  const before = await workers(client)
  async function hoards(): Promise<number> {
    const kept: Float64Array[] = []
    for (;;) {
      kept.push(new Float64Array(100_000).fill(kept.length))
      if (kept.length % 100 === 0) await new Promise(setImmediate)
    }
  }
  const others = client.map(
    (x: number) => x + 1,
    Array.from({ length: 50 }, (_, i) => i),
  )
  const error = (await client.submit(hoards).exception()) as Error & { failure: { kind: string } }
  assert.equal(error.failure.kind, 'out-of-memory')
  assert.match(
    error.message,
    /^the task hoards-[0-9a-f]+ \(.*memory\.test\.ts:\d+\) grew past its worker's memory limit of 250 MB/,
  )
  assert.deepEqual(
    await client.gather(others),
    Array.from({ length: 50 }, (_, i) => i + 1),
  )
  assert.deepEqual(
    (await workers(client)).map(({ pid }) => pid),
    before.map(({ pid }) => pid),
  )
})

test('memory after ten runs of the same job is flat', { timeout: 300_000 }, async (t) => {
  const client = await shortOfMemory(t, { memoryLimit: '400MB' })
  const rss = (): Promise<number> =>
    client
      .with({ pure: false })
      .submit(() => process.memoryUsage.rss())
      .result()
  const sizes: number[] = []
  for (let run = 0; run < 10; run++) {
    const arrays = client.with({ pure: false }).map(
      ramp,
      Array.from({ length: 10 }, (_, i) => i),
    )
    await client.gather(client.map(sum, arrays))
    for (const array of arrays) array.release()
    sizes.push(await rss())
  }
  // The last three runs need no more than the first three did, give or take a few results.
  const most = (some: number[]): number => Math.max(...some)
  assert.ok(most(sizes.slice(7)) <= most(sizes.slice(0, 3)) + 4 * BYTES, String(sizes))
})

test('a spill folder that cannot be used is said at once', async (t) => {
  const file = join(temporaryFolder(t), 'file')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(file, '')
  await assert.rejects(Client.local({ spillFolder: file, onOutput: () => {} }), {
    name: 'ClusterStartError',
    message: /the spill folder .*file cannot be used: .*Choose another/,
  })
})
