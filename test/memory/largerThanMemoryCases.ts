// The cases of largerThanMemory.test.ts: answers stay right and clusters stay alive where memory is short.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { array, Client, type Future } from '../../runtime/index.ts'
import { until } from '../host/kit.ts'
import { untilGone } from './twoWorkers.ts'

const LENGTH = 1_250_000
/** Under load from others everything takes several times as long as alone. */
const timeout = 300_000

interface Cluster {
  client: Client
  /** Pids of the workers that are here now. */
  workers(): Promise<number[]>
  schedulerPid: number
}

async function start(
  t: TestContext,
  workers: number,
  memoryLimit: string,
  more: { spillFolder?: string } = {},
): Promise<Cluster> {
  const cluster = await startLocalCluster({
    workers,
    threadsPerWorker: 1,
    memoryLimit,
    onOutput: () => {},
    ...more,
  })
  const client = await Client.connect(cluster.file)
  t.after(async () => {
    await client.close()
    await cluster.close()
    // Not before: workers write there until they have ended.
    if (more.spillFolder) rmSync(more.spillFolder, { recursive: true, force: true })
  })
  const pids = async (): Promise<number[]> => (await client.info()).workers.map(({ pid }) => pid)
  while ((await pids()).length < workers) await new Promise(setImmediate)
  return { client, workers: pids, schedulerPid: cluster.address.pid }
}

/** 10 MB that are told apart by their number, which stands in every element but the last: that is twice as large. */
function chunk(i: number): Float64Array {
  const values = new Float64Array(LENGTH).fill(i)
  values[LENGTH - 1] = 2 * i
  return values
}

function sum(values: Float64Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const sumOf = (i: number): number => i * (LENGTH + 1)

/** The sum of each chunk, computed by tasks that depend on them. */
const sums = (client: Client, chunks: readonly Future<Float64Array>[]): Promise<unknown> =>
  client.gather(chunks.map((one) => client.submit(sum, one)))

test('kill -9 of a worker that is spilling loses no answer', { timeout }, async (t) => {
  const spillFolder = mkdtempSync(join(tmpdir(), 'heddle-test-'))
  const { client, workers } = await start(t, 2, '260MB', { spillFolder })
  const count = 60
  const chunks = client.map(chunk, numbers(count))
  const spilled = (): number =>
    readdirSync(spillFolder, { recursive: true, encoding: 'utf8' }).filter((name) => /\/\d+$/.test(name))
      .length
  await until(() => spilled() >= 6)
  const [victim] = await workers()
  process.kill(victim, 'SIGKILL')
  assert.deepEqual(await sums(client, chunks), numbers(count).map(sumOf))
  await untilGone(workers, victim)
})

test('1 GB from two workers of 300 MB is gathered', { timeout }, async (t) => {
  const { client, workers } = await start(t, 2, '300MB')
  const before = await workers()
  const count = 100
  const found = (await client.gather(client.map(chunk, numbers(count)))) as Float64Array[]
  assert.deepEqual(found.map(sum), numbers(count).map(sumOf))
  assert.deepEqual(await workers(), before, 'no worker was ended for it')
})

test('work under a quarter of the memory that it needs gives the same answers, and no worker is ended for it', {
  timeout: 900_000,
}, async (t) => {
  const { client, workers } = await start(t, 2, '260MB')
  const before = await workers()
  // 2.1 GB, all of which is kept: the futures are held until the end.
  const count = 210
  const chunks = client.map(chunk, numbers(count))
  assert.deepEqual(await sums(client, chunks), numbers(count).map(sumOf))
  assert.deepEqual(await workers(), before)
})

test('an array larger than what all workers have for values is kept, transposed, cut otherwise and reduced', {
  timeout: 900_000,
}, async (t) => {
  const { client, workers } = await start(t, 2, '300MB')
  const before = await workers()
  // 450 MB of uniform numbers, the same ones for any cut: each worker has 190 MB beside itself, and spills at 60 % of 300.
  const uniform = (chunks: [number, number]) => array.random.uniform({ shape: [7500, 7500], chunks, seed: 7 })
  const told = async (x: ReturnType<typeof uniform>): Promise<number[]> => {
    const [total, last] = await client.compute([x.sum(), x.slice(-1, -1)])
    return [Number(total), Number(last)]
  }
  const [total, last] = await told(uniform([150, 7500]))
  const kept = await client.persist(uniform([150, 7500]))
  const columns = kept.rechunk([7500, 150])
  const [ofColumns, ofLast] = await told(columns)
  assert.ok(Math.abs(ofColumns - total) < 1e-3, `${ofColumns} and ${total}`)
  assert.equal(ofLast, last)
  const symmetric = Number(await kept.add(kept.transpose()).mean().compute())
  assert.ok(Math.abs(symmetric - (2 * total) / 7500 ** 2) < 1e-9)
  assert.deepEqual(await workers(), before, 'no worker was ended for it')
})

test('blocks of which a worker has room for two are kept, summed and computed on, and no worker is ended for it', {
  timeout: 900_000,
}, async (t) => {
  const { client, workers } = await start(t, 2, '260MB')
  const before = await workers()
  // 1.2 GB in blocks of 40 MB: beside itself a worker has about 100 MB until its supervisor ends it.
  const blocks = array.random.uniform({ shape: [150_000_000], chunks: 5_000_000, seed: 3 })
  const kept = await client.persist(blocks)
  const total = Number(await kept.sum().compute())
  const next = Number(await kept.add(1).multiply(2).sum().compute())
  const squares = Number(await kept.add(kept.multiply(kept)).mean().compute())
  assert.ok(Math.abs(total / 150e6 - 1 / 2) < 1e-3, `${total}`)
  assert.ok(Math.abs(next - 2 * (total + 150e6)) < 1, `${next}`)
  assert.ok(Math.abs(squares - 5 / 6) < 1e-3, `${squares}`)
  assert.deepEqual(await workers(), before)
})

test('what a function keeps of the blocks it was given stays as it was, while the memory of all others is used again', {
  timeout,
}, async (t) => {
  const { client } = await start(t, 1, '300MB')
  const uniform = (seed: number) => array.random.uniform({ shape: [20 * LENGTH], chunks: LENGTH, seed })
  type Kept = { kept?: { sum(): unknown }[] }
  const keep = <B extends { sum(): unknown }>(block: B): B => {
    const here = globalThis as Kept
    here.kept ??= []
    if (here.kept.length < 4) here.kept.push(block)
    return block
  }
  const told = (): number[] => ((globalThis as Kept).kept ?? []).map((block) => Number(block.sum()))
  await (await client.persist(uniform(1))).mapBlocks(keep).sum().compute()
  const anew = client.with({ pure: false })
  const before = await anew.submit(told).result()
  assert.equal(before.length, 4)
  // Three times what the worker has: what the blocks above stood in has long been dropped.
  for (let seed = 2; seed < 6; seed++) await (await client.persist(uniform(seed))).sum().compute()
  assert.deepEqual(await anew.submit(told).result(), before)
})

test('a thousand tasks that leak do not end the run', { timeout: 900_000 }, async (t) => {
  const { client } = await start(t, 2, '300MB')
  // Each leaves 1 MB of its thread's heap behind: 500 MB in sum on each worker, were it never let go of.
  const leak = (i: number): number => {
    const here = globalThis as { leaked?: number[][] }
    here.leaked ??= []
    here.leaked.push(new Array<number>(125_000).fill(i + 0.5))
    return 2 * i
  }
  const found = await client.gather(client.map(leak, numbers(1000)))
  assert.deepEqual(
    found,
    numbers(1000).map((i) => 2 * i),
  )
})

test('a task that outgrows its worker fails with limit, key and line, and what others made is there', {
  timeout,
}, async (t) => {
  const { client } = await start(t, 1, '300MB')
  const kept = client.submit(chunk, 7)
  const grow = (megabytes: number): number => {
    const pieces: Float64Array[] = []
    for (let i = 0; i < megabytes; i++) pieces.push(new Float64Array(125_000).fill(i))
    return pieces.length
  }
  const future = client.submit(grow, 2000)
  const error = (await future.result().then(
    () => assert.fail('it had room'),
    (thrown: unknown) => thrown,
  )) as Error & { kind?: string }
  assert.equal(error.kind, 'out-of-memory')
  // Where it grows faster than its worker can look, the supervisor ends the whole process, three times.
  assert.match(
    error.message,
    /grew past its worker's memory limit of 300 MB(, though it ran there alone| each time it ran)/,
  )
  assert.match(error.message, /make the pieces smaller, or raise the worker's memory limit/)
  assert.match(`${error.message}\n${error.stack}`, /grow-[0-9a-f]+/)
  assert.match(`${error.message}\n${error.stack}`, /largerThanMemoryCases\.ts:\d+/)
  assert.equal(await client.submit(sum, kept).result(), sumOf(7))
})

/** What a process takes of memory, in bytes. */
function residentBytes(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return 1024 * Number(found?.[1])
}

test('memory is flat over ten runs of the same job', {
  timeout,
  skip: !existsSync('/proc/self/status') && 'reads /proc',
}, async (t) => {
  const { client, workers, schedulerPid } = await start(t, 2, '300MB')
  const taken: number[] = []
  for (let run = 0; run < 10; run++) {
    const chunks = client.with({ pure: false }).map(chunk, numbers(20))
    assert.deepEqual(await sums(client, chunks), numbers(20).map(sumOf))
    for (const one of chunks) one.release()
    taken.push([schedulerPid, ...(await workers())].reduce((all, pid) => all + residentBytes(pid), 0))
  }
  // Runs make 2 GB in sum, and each run 200 MB: what is left of one must not be there after the next.
  const early = Math.max(...taken.slice(2, 5))
  const late = Math.min(...taken.slice(7))
  assert.ok(late < 1.15 * early, `${taken.map((bytes) => Math.round(bytes / 1e6))} MB after each run`)
})
