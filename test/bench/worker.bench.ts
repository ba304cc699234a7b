// One real worker process under a scheduler double: what it costs to start, to run a task, and to keep its result.

import { join } from 'node:path'
import type { ExecuteInstruction } from '../../runtime/protocol/messages.ts'
import { execute, type JoinedWorker } from '../host/fakeScheduler.ts'
import { call, TestCluster } from '../host/kit.ts'
import type { Figure } from './figure.ts'

const bench = 'worker'
const dist = join(import.meta.dirname, '..', '..', 'runtime', 'dist')
const TASKS = 100_000
const BATCH = 512
/** As many runs as a scheduler lets wait at a worker. */
const AHEAD = 8 * BATCH

export async function figures(): Promise<Figure[]> {
  const starts: number[] = []
  const firsts: number[] = []
  for (let i = 0; i < 5; i++) {
    const cluster = await startCluster()
    const start = performance.now()
    const worker = await cluster.worker()
    starts.push(performance.now() - start)
    await cluster.result(worker, call(1, 'increment', [1]))
    firsts.push(performance.now() - start)
    await cluster.end([worker])
  }
  const cluster = await startCluster()
  const worker = await cluster.worker('w0', { memoryLimitBytes: 4e9 })
  const latencies: number[] = []
  for (let i = 0; i < 1000; i++) {
    const start = performance.now()
    worker.send(execute([call(i, 'increment', [i], { inline: true })]))
    await worker.next('finished')
    latencies.push(1000 * (performance.now() - start))
  }
  const perSecond: number[] = []
  const perSecondDependent: number[] = []
  for (let round = 0; round < 5; round++) {
    perSecond.push(TASKS / ((await runAll(worker, noops(round))) / 1000))
    discard(worker, round)
  }
  const rssBefore = (await freshHeartbeat(worker)).rssBytes
  await runAll(worker, noops(9))
  const { rssBytes, heldTasks } = await freshHeartbeat(worker)
  perSecondDependent.push(TASKS / ((await runAll(worker, chains())) / 1000))
  worker.listener = undefined
  await cluster.end([worker])
  return [
    { bench, figure: 'worker process started and joined', unit: 'ms', value: median(starts) },
    { bench, figure: 'worker started to first result', unit: 'ms', value: median(firsts) },
    { bench, figure: 'one task, there and back, median', unit: 'µs', value: median(latencies) },
    { bench, figure: 'one task, there and back, p99', unit: 'µs', value: quantile(latencies, 0.99) },
    { bench, figure: 'no-op tasks, one worker, one thread', unit: 'tasks/s', value: median(perSecond) },
    {
      bench,
      figure: 'tasks with a dependency each, held results',
      unit: 'tasks/s',
      value: median(perSecondDependent),
    },
    {
      bench,
      figure: 'memory of a held tiny result',
      unit: 'B',
      value: Math.max(0, rssBytes - rssBefore) / Math.max(1, heldTasks),
    },
  ]
}

const startCluster = (): Promise<TestCluster> =>
  TestCluster.start(undefined, (name) => join(dist, `${name}.js`))

function batches(specOf: (i: number) => Parameters<typeof execute>[0][number]): ExecuteInstruction[] {
  const messages: ExecuteInstruction[] = []
  for (let from = 0; from < TASKS; from += BATCH)
    messages.push(execute(Array.from({ length: Math.min(BATCH, TASKS - from) }, (_, i) => specOf(from + i))))
  return messages
}

const noops = (round: number): ExecuteInstruction[] => {
  const spec = call(0, 'increment', [1], { inline: true })
  return batches((i) => ({ ...spec, task: 10_000 + round * TASKS + i }))
}

/** Each task adds to a result that the round before kept. */
const chains = (): ExecuteInstruction[] => {
  const spec = call(0, 'nothing')
  return batches((i) => ({
    ...spec,
    task: 20_000_000 + i,
    dependencies: [{ task: 10_000 + 9 * TASKS + i, holder: 0 }],
  }))
}

/** Milliseconds until every run of `messages` has finished, with no more than `AHEAD` of them at the worker. */
function runAll(worker: JoinedWorker, messages: ExecuteInstruction[]): Promise<number> {
  const start = performance.now()
  return new Promise((resolve) => {
    let sent = 0
    let out = 0
    let done = 0
    const pump = (): void => {
      while (out < AHEAD && sent < messages.length) {
        out += messages[sent].tasks.length
        worker.send(messages[sent++])
      }
    }
    worker.listener = (message) => {
      if (message.type !== 'finished') return
      done += message.tasks.length
      out -= message.tasks.length
      if (done < TASKS) pump()
      else {
        worker.listener = undefined
        resolve(performance.now() - start)
      }
    }
    pump()
  })
}

function discard(worker: JoinedWorker, round: number): void {
  worker.send({
    type: 'discard',
    tasks: Int32Array.from({ length: TASKS }, (_, i) => 10_000 + round * TASKS + i),
    runs: new Int32Array(TASKS).fill(1),
  })
}

/** The second heartbeat from now: what it tells was measured after everything before. */
async function freshHeartbeat(worker: JoinedWorker) {
  worker.forget('heartbeat')
  await worker.next('heartbeat')
  return worker.next('heartbeat')
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]
const median = (values: readonly number[]): number => quantile(values, 0.5)
