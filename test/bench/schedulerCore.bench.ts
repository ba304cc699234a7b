// The scheduler's core alone: workers that answer at once, in process, without sockets, threads or encoding.

import { execFile } from 'node:child_process'
import { PerformanceObserver } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { schedulerEnvironment } from '../../runtime/host/largePages.ts'
import type { FinishedMessage, GraphMessage, WorkerInstruction } from '../../runtime/protocol/messages.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { segmentBytes } from '../../runtime/scheduler/segment.ts'

export interface Figure {
  bench: string
  figure: string
  unit: string
  value: number
}

interface Shape {
  tasks: number
  offsets: Uint32Array
  dependencies: Int32Array
  wanted: Uint32Array
}

/** `count` tasks without dependencies, all wanted. */
export function mapShape(count: number): Shape {
  return {
    tasks: count,
    offsets: new Uint32Array(count + 1),
    dependencies: new Int32Array(0),
    wanted: Uint32Array.from({ length: count }, (_, i) => i),
  }
}

/** `width × steps` tasks; each depends on its neighbours one step before; the last step is wanted. */
export function stencilShape(width: number, steps: number): Shape {
  const tasks = width * steps
  const offsets = new Uint32Array(tasks + 1)
  const dependencies = new Int32Array(3 * tasks)
  let edges = 0
  for (let step = 0; step < steps; step++)
    for (let x = 0; x < width; x++) {
      const task = step * width + x
      if (step > 0)
        for (let y = Math.max(0, x - 1); y <= Math.min(width - 1, x + 1); y++)
          dependencies[edges++] = (step - 1) * width + y
      offsets[task + 1] = edges
    }
  return {
    tasks,
    offsets,
    dependencies: dependencies.slice(0, edges),
    wanted: Uint32Array.from({ length: width }, (_, x) => (steps - 1) * width + x),
  }
}

/** A graph message with random digests and 8 bytes of arguments a task, as `client.map` over numbers sends them. */
export function messageOf(shape: Shape, graph: number): GraphMessage {
  const { tasks } = shape
  const digests = new Uint8Array(tasks * 16)
  const words = new Uint32Array(digests.buffer)
  // Counters, mixed until every bit depends on every other, as those of a hash do (the finalizer of MurmurHash3).
  let counter = graph * 7919
  for (let i = 0; i < words.length; i++) {
    counter = (counter + 0x9e3779b9) | 0
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    words[i] = mixed ^ (mixed >>> 16)
  }
  return {
    type: 'graph',
    graph,
    groups: [{ name: 'task' }],
    callables: new Uint8Array(16),
    callableBytes: new Uint8Array(40),
    callableOffsets: Uint32Array.of(0, 40),
    callableModules: [[]],
    digests,
    group: new Uint32Array(tasks),
    callable: new Uint32Array(tasks),
    args: new Uint8Array(tasks * 8),
    argOffsets: Uint32Array.from({ length: tasks + 1 }, (_, i) => i * 8),
    dependencyOffsets: shape.offsets,
    dependencies: shape.dependencies,
    externals: new Uint8Array(0),
    wanted: shape.wanted,
    handles: shape.wanted.slice(),
    options: [{}],
    option: new Uint16Array(0),
    customKeyTasks: new Uint32Array(0),
    customKeyNames: [],
  }
}

/** Workers of a cluster that finish what they are given as soon as they are asked. */
export class InstantCluster {
  readonly scheduler = new Scheduler({ cluster: 'bench' })
  readonly #workers: number
  /** Tasks and runs given to each worker and not finished. */
  readonly #given: { tasks: Int32Array; runs: Int32Array; first: number; length: number }[]
  finished = 0
  instructions = 0
  #nowMs = 1
  #handles = 0

  constructor(workers: number, threads: number) {
    this.#workers = workers
    this.#given = Array.from({ length: workers }, () => ({
      tasks: new Int32Array(64),
      runs: new Int32Array(64),
      first: 0,
      length: 0,
    }))
    for (let i = 0; i < workers; i++)
      this.scheduler.workerJoined(
        {
          type: 'hello',
          protocol: 1,
          version: '0',
          name: `w${i}`,
          host: 'here',
          pid: i,
          threads,
          memoryLimitBytes: 1e9,
          dataAddress: `unix:/${i}`,
          resources: {},
          heldTasks: new Int32Array(0),
          heldRuns: new Int32Array(0),
          heldSizes: new Float64Array(0),
        },
        this.#nowMs,
      )
    this.scheduler.clientJoined(0, 'bench', this.#nowMs)
  }

  submit(message: GraphMessage): void {
    message.handles = message.handles.map((handle) => handle + this.#handles)
    this.#handles += message.wanted.length + 1
    this.scheduler.clientMessage(0, message, this.#nowMs)
  }

  release(handles: Uint32Array): void {
    this.scheduler.clientMessage(0, { type: 'release', handles }, this.#nowMs)
    this.#drain()
  }

  /** Runs until nothing is left to do. Every turn each worker finishes at most `batch` tasks. */
  run(batch: number): void {
    this.#drain()
    for (let busy = true; busy; ) {
      busy = false
      for (let worker = 0; worker < this.#workers; worker++) if (this.#finish(worker, batch)) busy = true
      this.#drain()
    }
  }

  #finish(worker: number, batch: number): boolean {
    const given = this.#given[worker]
    const count = Math.min(batch, given.length - given.first)
    if (count === 0) return false
    const at = given.first
    this.scheduler.workerMessage(
      worker,
      {
        type: 'finished',
        tasks: given.tasks.subarray(at, at + count),
        runs: given.runs.subarray(at, at + count),
        ...answersOf(count),
      },
      this.#nowMs,
    )
    this.finished += count
    given.first += count
    if (given.first === given.length) given.first = given.length = 0
    return true
  }

  #drain(): void {
    this.#nowMs += 0.01
    this.scheduler.drain(this.#post)
  }

  readonly #post = {
    toWorker: (worker: number, message: WorkerInstruction): void => {
      this.instructions++
      if (message.type !== 'execute') return
      const given = this.#given[worker]
      const needed = given.length + message.tasks.length
      if (needed > given.tasks.length) {
        const tasks = new Int32Array(needed * 2)
        const runs = new Int32Array(needed * 2)
        tasks.set(given.tasks.subarray(0, given.length))
        runs.set(given.runs.subarray(0, given.length))
        given.tasks = tasks
        given.runs = runs
      }
      given.tasks.set(message.tasks, given.length)
      given.runs.set(message.runs, given.length)
      given.length = needed
    },
    toClient: (): void => {},
  }
}

type Answers = Omit<FinishedMessage, 'type' | 'tasks' | 'runs'>
const answers = new Map<number, Answers>()

/** What `count` tasks answer, made once a count: it is the scheduler that is measured. */
function answersOf(count: number): Answers {
  let known = answers.get(count)
  if (known === undefined) {
    known = {
      sizes: new Float64Array(count).fill(8),
      starts: new Float64Array(count).fill(1),
      durationsMs: new Float64Array(count).fill(0.003),
      threads: new Uint8Array(count),
      inline: new Uint8Array(count * 4),
      inlineOffsets: Uint32Array.from({ length: count + 1 }, (_, i) => i * 4),
    }
    answers.set(count, known)
  }
  return known
}

/** CPU time of this process: what other processes take does not count. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]

/** Microseconds of CPU a task from the graph's arrival to the last result, and for releasing it. */
export function cost(
  shape: Shape,
  workers: number,
  threads: number,
  repeats: number,
): { usPerTask: number; releaseUs: number; loadUs: number } {
  const cluster = new InstantCluster(workers, threads)
  const times: number[] = []
  const loads: number[] = []
  const releases: number[] = []
  for (let i = 0; i < repeats; i++) {
    const message = messageOf(shape, i + 1)
    const startedMs = cpuMs()
    cluster.submit(message)
    const loadedMs = cpuMs()
    cluster.run(workers >= 100 ? 64 : 256)
    const endedMs = cpuMs()
    cluster.release(message.handles)
    const releasedMs = cpuMs()
    times.push(((endedMs - startedMs) * 1000) / shape.tasks)
    loads.push(((loadedMs - startedMs) * 1000) / shape.tasks)
    releases.push(((releasedMs - endedMs) * 1000) / shape.tasks)
  }
  if (cluster.finished !== shape.tasks * repeats)
    throw new Error(`${cluster.finished} of ${shape.tasks * repeats} tasks finished`)
  if (cluster.scheduler.state.tasks.used !== 0) throw new Error('rows are left')
  return { usPerTask: median(times), releaseUs: median(releases), loadUs: median(loads) }
}

/** Bytes the core holds a task: columns, keys, edges, arguments, wants. */
function bytesPerTask(shape: Shape): number {
  const cluster = new InstantCluster(2, 1)
  cluster.submit(messageOf(shape, 1))
  const { state } = cluster.scheduler
  let bytes = state.tasks.byteLength + state.keys.byteLength + state.wants.byteLength
  for (const segment of state.segments) if (segment) bytes += segmentBytes(segment)
  return bytes / shape.tasks
}

/** CPU seconds for ten million tasks, and the longest pause for collecting garbage meanwhile, in milliseconds. */
export async function tenMillion(): Promise<{ seconds: number; pauseMs: number }> {
  const cluster = new InstantCluster(16, 16)
  const message = messageOf(mapShape(10_000_000), 1)
  // What building the message leaves behind is not the scheduler's.
  await new Promise((done) => setTimeout(done, 50))
  let pauseMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) pauseMs = Math.max(pauseMs, entry.duration)
  })
  observer.observe({ entryTypes: ['gc'] })
  const startedMs = cpuMs()
  cluster.submit(message)
  cluster.run(256)
  const seconds = (cpuMs() - startedMs) / 1000
  await new Promise((done) => setTimeout(done, 50))
  observer.disconnect()
  if (cluster.finished !== 10_000_000) throw new Error(`${cluster.finished} tasks finished`)
  return { seconds, pauseMs }
}

/** Measured in a process of its own, with the environment that a scheduler's process gets. */
export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, '--json'], {
    env: schedulerEnvironment(),
  })
  return JSON.parse(stdout) as Figure[]
}

async function measure(): Promise<Figure[]> {
  const found: Figure[] = []
  const add = (figure: string, unit: string, value: number): void => {
    found.push({ bench: 'schedulerCore', figure, unit, value })
  }
  const map = mapShape(100_000)
  cost(map, 2, 1, 3)
  const few = cost(map, 2, 1, 9)
  add('zero workers: no-op 100k, scheduler CPU', 'µs/task', few.usPerTask)
  add('zero workers: releasing 100k', 'µs/task', few.releaseUs)
  const stencil = stencilShape(1000, 1000)
  const stencilCost = cost(stencil, 16, 4, 3)
  add('stencil 1M tasks, 3M edges', 's', (stencilCost.usPerTask * stencil.tasks) / 1e6)
  add('stencil 1M: taking the graph in', 's', (stencilCost.loadUs * stencil.tasks) / 1e6)
  add('stencil 1M: releasing', 's', (stencilCost.releaseUs * stencil.tasks) / 1e6)
  add('memory per task with key and 3 edges', 'B', bytesPerTask(stencil))
  const sixteen = cost(mapShape(500_000), 16, 16, 3)
  const thousand = cost(mapShape(500_000), 1000, 16, 3)
  add('500k on 16 workers × 16 threads', 'µs/task', sixteen.usPerTask)
  add('500k on 1,000 workers × 16 threads', 'µs/task', thousand.usPerTask)
  add('1,000 workers against 16', 'x', thousand.usPerTask / sixteen.usPerTask)
  const wide = stencilShape(20_000, 15)
  add(
    'stencil 20,000 wide: 1,000 workers against 16',
    'x',
    cost(wide, 1000, 16, 3).usPerTask / cost(wide, 16, 16, 3).usPerTask,
  )
  // With as many workers as tasks in a step, every message is about one task: messages cost more than tasks.
  const narrow = stencilShape(1000, 200)
  add(
    'stencil 1,000 wide, a task a message: 1,000 workers against 16',
    'x',
    cost(narrow, 1000, 16, 3).usPerTask / cost(narrow, 16, 16, 3).usPerTask,
  )
  const { seconds, pauseMs } = await tenMillion()
  add('10M tasks, core alone', 's', seconds)
  add('10M tasks: longest pause of the garbage collector', 'ms', pauseMs)
  return found
}

if (import.meta.main) {
  const measured = await measure()
  if (process.argv.includes('--json')) console.log(JSON.stringify(measured))
  else for (const { figure, unit, value } of measured) console.log(`${figure}: ${value.toFixed(3)} ${unit}`)
}
