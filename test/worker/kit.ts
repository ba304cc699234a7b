// Plays a worker without threads, sockets or a clock: events in words, decisions out in words, invariants checked throughout.

import assert from 'node:assert/strict'
import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import type { ExecuteInstruction, WorkerMessage } from '../../runtime/protocol/messages.ts'
import type { WorkerAction } from '../../runtime/worker/actions.ts'
import { decide, onMeasured } from '../../runtime/worker/decide.ts'
import { brokenInvariants } from '../../runtime/worker/invariants.ts'
import { SET_ASIDE } from '../../runtime/worker/laneReport.ts'
import { type MemoryLimits, memoryLimits } from '../../runtime/worker/memory.ts'
import { onCancel, onDiscard, onExecute, onRecall, onReplicate } from '../../runtime/worker/onInstruction.ts'
import {
  type LaneEnd,
  onLaneEnded,
  onLaneOpened,
  onLaneReported,
  onLaneWaits,
} from '../../runtime/worker/onLane.ts'
import {
  onFetchEnded,
  onFetched,
  onLoaded,
  onNotWritten,
  onPut,
  onWritten,
} from '../../runtime/worker/onValue.ts'
import { WorkerState } from '../../runtime/worker/workerState.ts'

export interface PlayOptions {
  threads?: number
  limitBytes?: number
  shares?: Partial<MemoryLimits>
  /** Expected milliseconds of every function, as if it had run before; none: it never ran. */
  expectedMs?: number
}

/** Bytes of every value that is not said to be larger. */
const BYTES = 10

export class PlayedWorker {
  readonly state: WorkerState
  readonly #ids = new Map<string, number>()
  readonly #names: string[] = []
  readonly #runOf = new Map<string, number>()
  #nowMs = 0
  #requests: Extract<WorkerAction, { kind: 'fetch' }>[] = []

  constructor({ threads = 1, limitBytes = 1e9, shares, expectedMs }: PlayOptions = {}) {
    this.state = new WorkerState({ threads, limits: memoryLimits(limitBytes, shares) })
    if (expectedMs !== undefined) this.state.durations.observe(0, expectedMs)
    for (let lane = 0; lane < threads; lane++) onLaneOpened(this.state, lane)
  }

  /**
   * Runs as the scheduler sends them, e.g. `'a; b <- a, x@2; c !5 timeout 100 size 50'`: `x@2` is held by worker 2,
   * `!5` is a priority (by default their order), `<- x@2:500` a size in bytes.
   */
  execute(text: string, callable = 0): string[] {
    const list = text.split(';').map((one) => one.trim())
    const specs = list.map((one, i) => this.#parse(one, i))
    const offsets = [0]
    for (const { dependencies } of specs) offsets.push(offsets.at(-1)! + dependencies.length)
    const all = specs.flatMap(({ dependencies }) => dependencies)
    const message: ExecuteInstruction = {
      type: 'execute',
      tasks: Int32Array.from(specs, ({ task }) => task),
      runs: Int32Array.from(specs, ({ run }) => run),
      priorities: Float64Array.from(specs, ({ priority }) => priority),
      callables: new Uint32Array(specs.length).fill(callable),
      args: new Uint8Array(0),
      argOffsets: new Uint32Array(specs.length + 1),
      dependencyOffsets: Uint32Array.from(offsets),
      dependencies: Int32Array.from(all, ({ task }) => task),
      dependencyRuns: Int32Array.from(all, ({ run }) => run),
      dependencyHolders: Int32Array.from(all, ({ holder }) => holder),
      dependencySizes: Float64Array.from(all, ({ bytes }) => bytes),
      inline: new Uint8Array(specs.length),
      timeouts: Float64Array.from(specs, ({ timeoutMs }) => timeoutMs),
    }
    return this.#event(() => onExecute(this.state, message))
  }

  /**
   * The first batch of a lane reports its next runs: `'a b! c:500 d~'`, `!` failed, `:500` with a result of 500 bytes, `~`
   * set aside since it waits for tasks of its own.
   */
  reports(lane: number, text: string): string[] {
    const runs = text.split(' ')
    const sizes = runs.map((run) =>
      run.endsWith('!') ? -1 : run.endsWith('~') ? SET_ASIDE : Number(run.split(':')[1] ?? BYTES),
    )
    const batch = this.state.lanes[lane].posted[0]?.batch ?? -1
    return this.#event(() => {
      const posted = this.state.lanes[lane].posted[0]
      const names = [...(posted?.slots.subarray(posted.reported) ?? [])].map((slot) => this.#slotName(slot))
      assert.deepEqual(
        runs.map((run) => run.replace(/[!:~].*/, '')),
        names.slice(0, runs.length),
        'a lane reports its runs in order',
      )
      onLaneReported(this.state, lane, {
        batch,
        starts: new Float64Array(runs.length),
        durationsMs: new Float64Array(runs.length).fill(1),
        sizes: Float64Array.from(sizes),
        packed: new Uint8Array(sizes.reduce((sum, size) => sum + Math.max(0, size), 0)),
        ends: Uint32Array.from(sizes, (_, i) =>
          sizes.slice(0, i + 1).reduce((sum, size) => sum + Math.max(0, size), 0),
        ),
        failures: sizes.filter((size) => size === -1).map(() => failure('threw')),
        shared: [],
      })
    })
  }

  /** A run that was set aside goes on, or waits again. */
  waits(lane: number, name: string, yes: boolean): string[] {
    const { batch, index } = this.#aside(lane, name)
    return this.#event(() => onLaneWaits(this.state, lane, batch, index, yes))
  }

  /** A run that was set aside is over. */
  reportsAside(lane: number, name: string, failed = false): string[] {
    const { batch, index } = this.#aside(lane, name)
    return this.#event(() => {
      onLaneReported(this.state, lane, {
        batch,
        aside: index,
        starts: new Float64Array(1),
        durationsMs: new Float64Array(1).fill(1),
        sizes: Float64Array.of(failed ? -1 : BYTES),
        packed: new Uint8Array(failed ? 0 : BYTES),
        ends: Uint32Array.of(failed ? 0 : BYTES),
        failures: failed ? [failure('threw')] : [],
        shared: [],
      })
    })
  }

  #aside(lane: number, name: string): { batch: number; index: number } {
    const found = this.state.lanes[lane].aside.find(({ slot }) => this.#slotName(slot) === name)
    return found ?? assert.fail(`${name} was not set aside`)
  }

  /** A lane's thread is gone while it ran `running`, for which `kind` is the failure, if it is one. */
  ends(lane: number, running?: string, kind?: TaskFailure['kind']): string[] {
    return this.#event(() => {
      const end: LaneEnd = {}
      for (const posted of this.state.lanes[lane].posted)
        posted.slots.forEach((slot, index) => {
          if (index >= posted.reported && this.#slotName(slot) === running)
            Object.assign(end, { batch: posted.batch, index })
        })
      if (kind) end.failure = failure(kind)
      onLaneEnded(this.state, lane, end)
    })
  }

  opens(lane: number): string[] {
    return this.#event(() => onLaneOpened(this.state, lane))
  }

  cancel(text: string): string[] {
    return this.#event(() => onCancel(this.state, { type: 'cancel', ...this.#list(text) }))
  }

  recall(text: string): string[] {
    return this.#event(() => onRecall(this.state, { type: 'recall', ...this.#list(text) }))
  }

  discard(text: string): string[] {
    return this.#event(() => onDiscard(this.state, { type: 'discard', ...this.#list(text) }))
  }

  replicate(text: string): string[] {
    const holders: number[] = []
    const names = text.split(' ').map((one) => {
      holders.push(Number(one.split('@')[1]))
      return one.split('@')[0]
    })
    const { tasks, runs } = this.#list(names.join(' '))
    const message = {
      type: 'replicate' as const,
      tasks,
      runs,
      holders: Int32Array.from(holders),
      sizes: new Float64Array(tasks.length).fill(BYTES),
    }
    return this.#event(() => onReplicate(this.state, message))
  }

  /** The oldest open request is answered: with `text`'s values (`'x y:500'`), the others are absent. */
  answered(text = ''): string[] {
    const request = this.#requests.shift()
    assert.ok(request, 'a request is open')
    const came = new Map(
      text
        .split(' ')
        .filter(Boolean)
        .map((one) => [this.#id(one.split(':')[0]), Number(one.split(':')[1] ?? BYTES)]),
    )
    return this.#event(() => {
      const absent: { task: number; run: number }[] = []
      request.tasks.forEach((task, i) => {
        const bytes = came.get(task)
        if (bytes === undefined) absent.push({ task, run: request.runs[i] })
        else onFetched(this.state, task, request.runs[i], bytes)
      })
      onFetchEnded(this.state, request.request, absent)
    })
  }

  put(name: string, bytes = BYTES): string[] {
    return this.#event(() => void onPut(this.state, this.#id(name), this.#run(name), bytes))
  }

  written(text: string): string[] {
    return this.#event(() => onWritten(this.state, this.#rows(text)))
  }

  notWritten(text: string): string[] {
    return this.#event(() => onNotWritten(this.state, this.#rows(text)))
  }

  loaded(text: string): string[] {
    return this.#event(() => onLoaded(this.state, this.#rows(text)))
  }

  /** Memory is measured, as many milliseconds after the last time. */
  measures(rssBytes: number, afterMs = 1000): string[] {
    this.#nowMs += afterMs
    return this.#event(() => onMeasured(this.state, rssBytes, this.#nowMs))
  }

  /** Nothing of any run or value is left. */
  assertEmpty(): void {
    const { runs, values, waiters, reading, fetches } = this.state
    assert.deepEqual([...runs.counts.subarray(1)], [0, 0, 0, 0, 0])
    assert.deepEqual(
      { values: values.count, held: values.managedBytes, disk: values.spilledBytes },
      { values: 0, held: 0, disk: 0 },
    )
    assert.equal(waiters.size + reading.size + fetches.open, 0)
  }

  #event(event: () => void): string[] {
    event()
    const said: string[] = []
    for (let actions = decide(this.state); actions.length > 0; actions = decide(this.state)) {
      said.push(...actions.map((action) => this.#say(action)))
      // What values stood in is free as soon as they are let go of: no thread of this play has seen it.
      this.state.strayBytes = 0
      this.state.returningBytes = 0
    }
    for (const message of this.state.reports.take()) said.push(...this.#tell(message))
    assert.deepEqual(brokenInvariants(this.state), [])
    return said
  }

  #say(action: WorkerAction): string {
    switch (action.kind) {
      case 'start':
        return `start ${[...action.slots].map((slot) => this.#slotName(slot)).join(' ')} in ${action.lane}${
          action.timeoutMs > 0 ? ` for ${action.timeoutMs} ms` : ''
        }`
      case 'stop':
        return `stop ${action.slots.map((slot) => this.#slotName(slot)).join(' ')} in ${action.lane}`
      case 'fetch':
        this.#requests.push(action)
        return `fetch ${[...action.tasks].map((task) => this.#names[task]).join(' ')} from ${action.holder}`
      case 'tell-pause':
        return this.state.tellsPause ? 'pause' : 'resume'
      default:
        return `${action.kind} ${action.rows.map((row) => this.#names[this.state.values.task(row)]).join(' ')}`
    }
  }

  #tell(message: WorkerMessage): string[] {
    if (!('tasks' in message)) return [message.type]
    return [`${message.type} ${[...message.tasks].map((task) => this.#names[task]).join(' ')}`]
  }

  #parse(text: string, order: number) {
    const [, name, priority, timeoutMs, after] =
      /^(\S+)(?: !(-?[\d.]+))?(?: timeout (\d+))?(?: <- (.*))?$/.exec(text) ??
      assert.fail(`cannot read ${text}`)
    const dependencies = (after?.split(/,\s*/) ?? []).map((one) => {
      const [, dependency, holder, bytes] = /^([^@:]+)(?:@(\d+))?(?::(\d+))?$/.exec(one)!
      return {
        task: this.#id(dependency),
        run: this.#run(dependency),
        holder: Number(holder ?? 0),
        bytes: Number(bytes ?? BYTES),
      }
    })
    return {
      task: this.#id(name),
      run: this.#run(name),
      priority: Number(priority ?? order),
      timeoutMs: Number(timeoutMs ?? 0),
      dependencies,
    }
  }

  #id(name: string): number {
    let id = this.#ids.get(name)
    if (id === undefined) {
      id = this.#names.push(name) - 1
      this.#ids.set(name, id)
    }
    return id
  }

  /** Every task of a play has one run unless `again` was said. */
  #run(name: string): number {
    return this.#runOf.get(name) ?? 1
  }

  /** From now on `name` stands for the task's next run. */
  again(name: string): void {
    this.#runOf.set(name, this.#run(name) + 1)
  }

  #list(text: string): { tasks: Int32Array; runs: Int32Array } {
    const names = text.split(' ')
    return {
      tasks: Int32Array.from(names, (name) => this.#id(name)),
      runs: Int32Array.from(names, (name) => this.#run(name)),
    }
  }

  #rows(text: string): number[] {
    const { values } = this.state
    return text.split(' ').map((name) => {
      const row = values.rowOf(this.#id(name), this.#run(name))
      if (row !== -1) return row
      for (let doomed = 0; doomed < values.rows; doomed++)
        if (values.phase(doomed) !== 0 && values.task(doomed) === this.#id(name)) return doomed
      return assert.fail(`no value ${name}`)
    })
  }

  #slotName(slot: number): string {
    return this.#names[this.state.runs.task(slot)]
  }
}

export function failure(kind: TaskFailure['kind']): TaskFailure {
  return { kind, name: 'Error', message: kind, stack: '', key: '' }
}
