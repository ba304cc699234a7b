// How fast bytes move: between threads, between processes, to disk and back.

import { execFile, fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { EncodedValue } from '../../runtime/functions/encodedValue.ts'
import { encodeValue } from '../../runtime/functions/valueCodec.ts'
import { DataClient } from '../../runtime/host/dataClient.ts'
import { SHARE_FROM_BYTES } from '../../runtime/host/dataFrames.ts'
import { SharedMemory } from '../../runtime/host/sharedMemory.ts'
import { SpillFiles } from '../../runtime/host/spillFiles.ts'
import { isAsked } from './asked.ts'
import type { Figure } from './figure.ts'

const LARGE_BYTES = 100e6
const bench = 'memory'

export async function figures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
  try {
    const found: Figure[] = []
    if (isAsked('thread to thread')) found.push(await threadToThread())
    for (const [name, address] of [
      ['unix sockets', `unix:${join(folder, 'data.sock')}`],
      ['TCP loopback', 'tcp://127.0.0.1:0'],
    ])
      if (isAsked(`process to process, ${name}`)) found.push(...(await processToProcess(name, address)))
    if (existsSync('/dev/shm') && isAsked('process to process, /dev/shm'))
      found.push(...(await sharedFiles()))
    if (isAsked('small results')) found.push(...(await spilling(folder)))
    if (isAsked('6 GB')) found.push(...(await largerThanMemory()), await disk(folder))
    return found
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whether a part of this bench was asked for. */

async function largerThanMemory(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(import.meta.dirname, '..', '..', 'runtime', 'dist', 'register.js'),
    join(import.meta.dirname, 'programs', 'memoryWork.ts'),
  ])
  const { persistedMs, ms, restarted } = JSON.parse(stdout) as Record<string, number>
  if (restarted > 0) throw new Error(`${restarted} workers had to be started again`)
  const figure = '6 GB of chunks persisted and summed, 2 workers of 1 GB'
  return [
    { bench, figure, unit: 's', value: ms / 1000 },
    { bench, figure: '6 GB: until they are persisted', unit: 's', value: persistedMs / 1000 },
  ]
}

/** What the disk would take for as much: two writers at once, then two readers. */
async function disk(folder: string): Promise<Figure> {
  const block = Float64Array.from({ length: 3_750_000 }, Math.random)
  const ms = await once(() => Promise.all(['a', 'b'].map((name) => throughDisk(join(folder, name), block))))
  return {
    bench,
    figure: '6 GB: 2.4 GB to the disk and back by two at once',
    unit: 'GB/s',
    value: 2.4 / (ms / 1000),
  }
}

async function throughDisk(path: string, block: Float64Array): Promise<void> {
  const file = await open(path, 'w+')
  try {
    for (let i = 0; i < 40; i++) await file.write(block, 0, block.byteLength, i * block.byteLength)
    const target = new Uint8Array(block.byteLength)
    for (let i = 0; i < 40; i++) await file.read(target, 0, target.length, i * target.length)
  } finally {
    await file.close()
  }
}

async function threadToThread(): Promise<Figure> {
  const thread = new Worker(new URL('./programs/sharedReceiver.ts', import.meta.url))
  const value = encodeValue(new Float64Array(LARGE_BYTES / 8), { shareFromBytes: SHARE_FROM_BYTES })
  const times = await repeat(50, async () => {
    thread.postMessage(value)
    await new Promise((resolve) => thread.once('message', resolve))
  })
  await thread.terminate()
  return { bench, figure: '100 MB array, thread to thread and an answer', unit: 'ms', value: median(times) }
}

async function processToProcess(name: string, address: string): Promise<Figure[]> {
  const program = join(import.meta.dirname, 'programs', 'dataServer.ts')
  const child = fork(program, [address, String(LARGE_BYTES)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const served = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data) => resolve(String(data).trim())),
  )
  // As in a worker: memory that nobody sees any more is used again.
  const memory = new SharedMemory(0, 1e9)
  const client = new DataClient('bench', { allocate: (byteLength) => memory.take(byteLength) })
  try {
    const large = [{ task: 0, run: 1 }]
    const times = await repeat(15, async () => {
      const [value] = await client.get(served, large)
      for (const buffer of value!.buffers) memory.drop(memory.keep(buffer))
    })
    const many = Array.from({ length: 4096 }, (_, i) => ({ task: 1 + i, run: 1 }))
    const manyTimes = await repeat(20, () => client.get(served, many))
    return [
      {
        bench,
        figure: `100 MB, process to process, ${name}`,
        unit: 'GB/s',
        value: LARGE_BYTES / 1e6 / median(times),
      },
      {
        bench,
        figure: `small values, ${name}`,
        unit: 'values/s',
        value: (1000 * many.length) / median(manyTimes),
      },
    ]
  } finally {
    client.close()
    child.disconnect()
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

/**
 * What it would take to hand values over by files in memory, which Node can write and read but not map: not how workers do
 * it. The file is new for each value, or one that was used before.
 */
async function sharedFiles(): Promise<Figure[]> {
  const program = join(import.meta.dirname, 'programs', 'sharedFile.ts')
  const child = fork(program, [String(LARGE_BYTES)])
  const answer = (): Promise<unknown> => new Promise((resolve) => child.once('message', resolve))
  await answer()
  const folder = mkdtempSync('/dev/shm/heddle-bench-')
  const target = new Uint8Array(new SharedArrayBuffer(LARGE_BYTES))
  let serial = 0
  const handOver = async (path: string): Promise<void> => {
    const written = answer()
    child.send(path)
    await written
    const file = await open(path)
    for (let at = 0; at < target.length; )
      at += (await file.read(target, at, target.length - at, at)).bytesRead
    await file.close()
  }
  try {
    const used = join(folder, 'used')
    await handOver(used)
    const again = median(await repeat(15, () => handOver(used)))
    const fresh = median(
      await repeat(15, async () => {
        const path = join(folder, String(serial++))
        await handOver(path)
        rmSync(path)
      }),
    )
    return [
      ['a new file', fresh],
      ['one used before', again],
    ].map(([name, ms]) => ({
      bench,
      figure: `100 MB, process to process, /dev/shm: ${name}`,
      unit: 'GB/s',
      value: LARGE_BYTES / 1e6 / Number(ms),
    }))
  } finally {
    rmSync(folder, { recursive: true })
    child.disconnect()
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

async function spilling(folder: string): Promise<Figure[]> {
  const spill = new SpillFiles(join(folder, 'spill'))
  const small = Array.from(
    { length: 10_000 },
    (_, row): EncodedValue => encodeValue({ row, name: `row ${row}`, list: [row] }),
  )
  const rows = small.map((_, row) => row)
  const smallTimes = await repeat(4, async () => {
    await spill.write(
      rows,
      (row) => small[row],
      () => {},
    )
    await Promise.all(rows.map((row) => spill.read(row)))
    for (const row of rows) spill.forget(row)
  })
  // The first is a warm-up, as the peer has one.
  const smallMs = median(smallTimes.slice(1))
  const random = Float64Array.from({ length: 4e6 }, Math.random)
  const chunk = encodeValue(random, { shareFromBytes: SHARE_FROM_BYTES })
  const chunks = Array.from({ length: 16 }, (_, row) => row)
  const bytes = chunks.length * random.byteLength
  const writeMs = await once(() =>
    spill.write(
      chunks,
      () => chunk,
      () => {},
    ),
  )
  const readMs = await once(async () => {
    for (const row of chunks) await spill.read(row)
  })
  return [
    { bench, figure: '10,000 small results spilled and read', unit: 'ms', value: smallMs },
    { bench, figure: '512 MB of random numbers spilled', unit: 'GB/s', value: bytes / 1e6 / writeMs },
    { bench, figure: '512 MB of random numbers read back', unit: 'GB/s', value: bytes / 1e6 / readMs },
  ]
}

async function once(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = []
  for (let i = 0; i < times; i++) all.push(await once(work))
  return all
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
