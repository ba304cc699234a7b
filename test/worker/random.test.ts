// A worker under seeded random events: invariants hold after each, and every run is answered for exactly once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExecuteInstruction, WorkerMessage } from '../../runtime/protocol/messages.ts'
import type { WorkerAction } from '../../runtime/worker/actions.ts'
import { decide, onMeasured } from '../../runtime/worker/decide.ts'
import { brokenInvariants } from '../../runtime/worker/invariants.ts'
import { memoryLimits } from '../../runtime/worker/memory.ts'
import {
  onCancel,
  onDiscard,
  onDisconnected,
  onExecute,
  onRecall,
} from '../../runtime/worker/onInstruction.ts'
import { onLaneEnded, onLaneOpened, onLaneReported } from '../../runtime/worker/onLane.ts'
import {
  holdForSending,
  onFetchEnded,
  onFetched,
  onLoaded,
  onNotLoaded,
  onNotWritten,
  onWritten,
} from '../../runtime/worker/onValue.ts'
import { AWAITED, FREE } from '../../runtime/worker/values.ts'
import { unpin, WorkerState } from '../../runtime/worker/workerState.ts'
import { failure } from './kit.ts'

const LANES = 3
const TASKS = 60
/** Where values come in parts: those of every fifth task, in so many. */
const PARTS = 3
const isSplit = (task: number): boolean => task % 5 === 0

function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return ((state >>> 8) * below) >>> 24
  }
}

/** Plays one seed: a scheduler, threads, peers and a disk that answer late, in any order, and sometimes not as hoped. */
class RandomPlay {
  readonly state = new WorkerState({ threads: LANES, limits: memoryLimits(2000) })
  readonly #next: (below: number) => number
  readonly #fetches: Extract<WorkerAction, { kind: 'fetch' }>[] = []
  readonly #spills: number[][] = []
  readonly #loads: number[] = []
  readonly #lent: number[] = []
  readonly #closed = new Set<number>([0, 1, 2])
  /** What became of each run, by `task run`. */
  readonly answers = new Map<string, string[]>()
  readonly #runOf = new Map<number, number>()
  #run = 1
  #nowMs = 0
  /** Which parts are taken, and how large each is; absent where all values are whole. A seed's other draws are the same with and without. */
  readonly #parts: ((below: number) => number) | undefined
  /** How many parts of splits have come from lanes, and from others. */
  readonly came = { made: 0, fetched: 0 }

  constructor(seed: number, withParts = false) {
    this.#next = random(seed)
    this.#parts = withParts ? random(seed + 1000) : undefined
  }

  step(): void {
    const { state } = this
    const choice = this.#next(100)
    if (choice < 18) this.#execute()
    else if (choice < 50) this.#laneReports()
    else if (choice < 53) this.#laneEnds()
    else if (choice < 58) this.#laneOpens()
    else if (choice < 68) this.#answerFetch()
    else if (choice < 75) this.#finishSpill()
    else if (choice < 82) this.#finishLoad()
    else if (choice < 86) onDiscard(state, { type: 'discard', ...this.#someTasks() })
    else if (choice < 90) onCancel(state, { type: 'cancel', ...this.#someTasks() })
    else if (choice < 93) onRecall(state, { type: 'recall', ...this.#someTasks() })
    else if (choice < 96) this.#measure(this.#next(2200))
    else if (choice < 98) this.#lend()
    else if (choice < 99) unpin(state, this.#lent.splice(0))
    else if (this.#next(10) === 0) this.#disconnect()
    this.settle()
  }

  #measure(rssBytes: number): void {
    this.#nowMs += this.#next(400)
    onMeasured(this.state, rssBytes, this.#nowMs)
  }

  /** Everybody answers as hoped until nothing is left to do. */
  drain(): void {
    for (let round = 0; round < 5000; round++) {
      this.#measure(0)
      unpin(this.state, this.#lent.splice(0))
      this.settle()
      this.#laneOpens()
      this.settle()
      this.#laneReports()
      this.settle()
      this.#answerFetch()
      this.settle()
      this.#finishSpill()
      this.settle()
      this.#finishLoad()
      this.settle()
      if (this.state.runs.counts.subarray(1).every((count) => count === 0) && this.#idle()) return
    }
    assert.fail(`runs are left: ${this.state.runs.counts}`)
  }

  #idle(): boolean {
    return this.#fetches.length + this.#spills.length + this.#loads.length === 0
  }

  /** Nobody needs anything: nothing may be left in the books. */
  discardAll(): void {
    const { values } = this.state
    for (let row = 0; row < values.rows; row++)
      if (values.phase(row) !== FREE && !values.isDoomed(row))
        onDiscard(this.state, {
          type: 'discard',
          tasks: Int32Array.of(values.task(row)),
          runs: Int32Array.of(values.run(row)),
        })
    this.settle()
    assert.deepEqual(
      {
        count: values.count,
        held: values.managedBytes,
        leaving: values.leavingBytes,
        disk: values.spilledBytes,
      },
      { count: 0, held: 0, leaving: 0, disk: 0 },
    )
    for (let row = 0; row < values.rows; row++) assert.equal(values.phase(row), FREE)
  }

  settle(): void {
    for (let actions = decide(this.state); actions.length > 0; actions = decide(this.state)) {
      for (const action of actions) this.#take(action)
      this.state.strayBytes = 0
      this.state.returningBytes = 0
    }
    for (const message of this.state.reports.take()) this.#note(message)
    assert.deepEqual(brokenInvariants(this.state), [])
  }

  #take(action: WorkerAction): void {
    if (action.kind === 'fetch') this.#fetches.push(action)
    else if (action.kind === 'spill') this.#spills.push(action.rows)
    else if (action.kind === 'load') this.#loads.push(...action.rows)
    else if (action.kind === 'stop' && this.#next(2) === 0) {
      const posted = this.state.lanes[action.lane].posted[0]
      if (posted?.batch !== action.batch) return
      onLaneEnded(this.state, action.lane, { batch: posted.batch, index: posted.reported })
      this.#closed.add(action.lane)
      this.settle()
    }
  }

  #note(message: WorkerMessage): void {
    if (!('runs' in message) || message.type === 'stored' || message.type === 'spilled') return
    message.tasks.forEach((task, i) => {
      const key = `${task} ${message.runs[i]}`
      const list = this.answers.get(key)
      if (list) list.push(message.type)
      else this.answers.set(key, [message.type])
    })
  }

  #execute(): void {
    const count = 1 + this.#next(6)
    const tasks = new Set(Array.from({ length: count }, () => this.#next(TASKS)))
    const specs = [...tasks].map((task) => {
      const run = this.#run++
      this.#runOf.set(task, run)
      const dependencies = Array.from({ length: this.#next(4) }, () => {
        const other = this.#next(TASKS)
        const part = this.#parts && isSplit(other) ? this.#parts(PARTS) : -1
        return { task: other, run: this.#runOf.get(other) ?? 1000 + other, holder: 5 + this.#next(3), part }
      })
      return { task, run, dependencies }
    })
    const all = specs.flatMap(({ dependencies }) => dependencies)
    const offsets = [0]
    for (const { dependencies } of specs) offsets.push(offsets.at(-1)! + dependencies.length)
    const message: ExecuteInstruction = {
      type: 'execute',
      tasks: Int32Array.from(specs, ({ task }) => task),
      runs: Int32Array.from(specs, ({ run }) => run),
      priorities: Float64Array.from(specs, () => this.#next(10)),
      callables: Uint32Array.from(specs, () => this.#next(4)),
      args: new Uint8Array(0),
      argOffsets: new Uint32Array(specs.length + 1),
      dependencyOffsets: Uint32Array.from(offsets),
      dependencies: Int32Array.from(all, ({ task }) => task),
      dependencyRuns: Int32Array.from(all, ({ run }) => run),
      dependencyHolders: Int32Array.from(all, ({ holder }) => holder),
      dependencySizes: new Float64Array(all.length).fill(50),
      ...(this.#parts && { dependencyParts: Int32Array.from(all, ({ part }) => part) }),
      inline: new Uint8Array(specs.length),
      timeouts: Float64Array.from(specs, () => (this.#next(8) === 0 ? 10 : 0)),
    }
    for (const { task, run } of specs) this.answers.set(`${task} ${run}`, [])
    onExecute(this.state, message)
  }

  #laneReports(): void {
    const lane = this.#next(LANES)
    const posted = this.state.lanes[lane].posted[0]
    if (!posted) return
    const slots = posted.slots.subarray(posted.reported)
    let sizes = Float64Array.from({ length: 1 + this.#next(slots.length) }, () =>
      this.#next(12) === 0 ? -1 : 20 + this.#next(200),
    )
    let parts: Float64Array | undefined
    if (this.#parts) {
      // What comes in parts ends a report.
      const split = sizes.findIndex((size, i) => size >= 0 && isSplit(this.state.runs.task(slots[i])))
      if (split !== -1) {
        parts = Float64Array.from({ length: PARTS }, () => this.#parts!(80))
        sizes = sizes.slice(0, split + 1)
        sizes[split] = parts.reduce((sum, size) => sum + size)
        this.came.made += PARTS
      }
    }
    const count = sizes.length
    onLaneReported(this.state, lane, {
      batch: posted.batch,
      starts: new Float64Array(count),
      durationsMs: Float64Array.from({ length: count }, () => this.#next(3)),
      sizes,
      packed: new Uint8Array(0),
      ends: new Uint32Array(count + (parts?.length ?? 0)),
      ...(parts && { parts }),
      failures: [...sizes].filter((size) => size < 0).map(() => failure('threw')),
      shared: [],
    })
  }

  #laneEnds(): void {
    const lane = this.#next(LANES)
    const posted = this.state.lanes[lane].posted[0]
    const end = posted && {
      batch: posted.batch,
      index: posted.reported,
      failure: failure('out-of-memory'),
      mayRunAlone: this.#next(2) === 0,
    }
    onLaneEnded(this.state, lane, end ?? {})
    this.#closed.add(lane)
  }

  #laneOpens(): void {
    for (const lane of this.#closed) onLaneOpened(this.state, lane)
    this.#closed.clear()
  }

  #answerFetch(): void {
    const [request] = this.#fetches.splice(this.#next(this.#fetches.length), 1)
    if (!request) return
    const absent: { task: number; run: number; part: number }[] = []
    request.tasks.forEach((task, i) => {
      const part = request.parts[i]
      if (this.#next(5) === 0) absent.push({ task, run: request.runs[i], part })
      else if (onFetched(this.state, task, request.runs[i], 50, part) !== -1 && part !== -1)
        this.came.fetched++
    })
    onFetchEnded(this.state, request.request, absent)
  }

  #finishSpill(): void {
    const [rows] = this.#spills.splice(this.#next(this.#spills.length), 1)
    if (!rows) return
    if (this.#next(6) === 0) onNotWritten(this.state, rows)
    else onWritten(this.state, rows)
  }

  #finishLoad(): void {
    const [row] = this.#loads.splice(this.#next(this.#loads.length), 1)
    if (row === undefined) return
    if (this.#next(10) === 0) onNotLoaded(this.state, [row], 0)
    else onLoaded(this.state, [row])
  }

  #lend(): void {
    const { values } = this.state
    const row = this.#next(Math.max(1, values.rows))
    if (
      row >= values.rows ||
      values.phase(row) === FREE ||
      values.phase(row) === AWAITED ||
      values.isDoomed(row)
    )
      return
    holdForSending(this.state, row)
    this.#lent.push(row)
  }

  /** The connection breaks: nobody waits for answers any more. */
  #disconnect(): void {
    onDisconnected(this.state)
    this.answers.clear()
  }

  #someTasks(): { tasks: Int32Array; runs: Int32Array } {
    const tasks = Int32Array.from({ length: 1 + this.#next(3) }, () => this.#next(TASKS))
    return { tasks, runs: Int32Array.from(tasks, (task) => this.#runOf.get(task) ?? 1) }
  }
}

function playToTheEnd(seed: number, withParts: boolean): RandomPlay {
  try {
    const play = new RandomPlay(seed, withParts)
    for (let step = 0; step < 400; step++) play.step()
    play.drain()
    for (const [run, answers] of play.answers)
      assert.equal(answers.length, 1, `run ${run} was answered by ${answers.join(' and ') || 'nothing'}`)
    play.discardAll()
    return play
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
  }
}

const SEEDS = 210
for (let first = 1; first <= SEEDS; first += 30) {
  test(`seeds ${first} to ${first + 29}: nothing is lost, nothing is answered twice`, () => {
    for (let seed = first; seed < first + 30; seed++) playToTheEnd(seed, false)
  })

  test(`seeds ${first} to ${first + 29}: the same with values in parts, of which none is left when nobody takes it`, () => {
    const came = { made: 0, fetched: 0 }
    for (let seed = first; seed < first + 30; seed++) {
      const { made, fetched } = playToTheEnd(seed, true).came
      came.made += made
      came.fetched += fetched
    }
    assert.ok(came.made > 1000 && came.fetched > 300, `${came.made} parts were made, ${came.fetched} fetched`)
  })
}
