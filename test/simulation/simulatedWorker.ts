// A worker without threads or sockets: it runs tasks in simulated time, fetches from others, and keeps its books by itself.

import assert from 'node:assert/strict'
import type { ExecuteInstruction, WorkerInstruction, WorkerMessage } from '../../runtime/protocol/messages.ts'
import type { SimulatedClient } from './simulatedClient.ts'
import type { Simulation } from './simulation.ts'

/** A dependency's value, or a part of it; −1 for all. */
interface Taken {
  task: number
  run: number
  part: number
  holder: number
}

interface Run {
  task: number
  run: number
  priority: number
  key: string
  inline: boolean
  dependencies: Taken[]
  lacking: number
  phase: 'fetching' | 'queued' | 'running' | 'waiting'
}

const nameOf = (task: number, run: number, part = -1): string =>
  part < 0 ? `${task}:${run}` : `${task}:${run}/${part}`

export class SimulatedWorker {
  readonly simulation: Simulation
  readonly name: string
  readonly threads: number
  readonly resources: Record<string, number>
  /** The scheduler's number for it on the present connection; −1 while it has none. */
  id = -1
  alive = true
  paused = false
  readonly values = new Map<string, number>()
  /** Of those, what came in parts: any part of them can be had, and never all of one. */
  readonly #parted = new Set<string>()
  /** Parts of others' values, each for as long as a run here takes it. */
  readonly #fetchedParts = new Map<string, number>()
  runs = new Map<string, Run>()
  #callables = new Set<number>()
  /** Instructions to discard values that it followed on the present connection. */
  #discards = 0
  #peers = new Map<number, string>()
  /** Values on their way, and the runs that wait for each. */
  #fetching = new Map<string, Set<string>>()
  /** Through it its tasks submit tasks. */
  #taskClient: SimulatedClient | undefined

  constructor(simulation: Simulation, name: string) {
    this.simulation = simulation
    this.name = name
    const { random } = simulation
    this.threads = 1 + random.below(3)
    this.resources = name === 'spare' || random.chance(0.5) ? { gpu: 1 } : {}
  }

  hello(): Extract<WorkerMessage, { type: 'hello' }> {
    const held = [...this.values.keys()].map((value) => value.split(':').map(Number))
    return {
      type: 'hello',
      protocol: 1,
      version: '0',
      name: this.name,
      host: `host-of-${this.name}`,
      pid: 1,
      threads: this.threads,
      memoryLimitBytes: 1e9,
      targetBytes: this.simulation.targetBytes,
      dataAddress: `unix:/${this.name}`,
      resources: this.resources,
      cluster: 'simulated',
      heldTasks: Int32Array.from(held, ([task]) => task),
      heldRuns: Int32Array.from(held, ([, run]) => run),
      heldSizes: new Float64Array(held.length).fill(this.simulation.valueBytes),
    }
  }

  /** The connection is lost: what the scheduler had asked for is dropped, values are kept. */
  disconnected(): void {
    this.id = -1
    if (this.#taskClient) this.simulation.taskClientLeaves(this.#taskClient)
    this.#taskClient = undefined
    this.runs = new Map()
    this.#fetchedParts.clear()
    this.#discards = 0
    this.#fetching = new Map()
    this.#callables = new Set()
    this.#peers = new Map()
  }

  receive(message: WorkerInstruction): void {
    switch (message.type) {
      case 'callables':
        for (const number of message.numbers) {
          assert.ok(!this.#callables.has(number), `callable ${number} is sent once`)
          this.#callables.add(number)
        }
        return
      case 'peers':
        message.workers.forEach((worker, i) => {
          this.#peers.set(worker, message.addresses[i])
        })
        return
      case 'execute':
        this.#execute(message)
        return
      case 'discard':
        this.#discards++
        for (let i = 0; i < message.tasks.length; i++)
          this.#discard(nameOf(message.tasks[i], message.runs[i]))
        return
      case 'cancel':
        this.#end(message.tasks, message.runs, 'dropped', () => true)
        return
      case 'recall':
        this.#end(
          message.tasks,
          message.runs,
          'returned',
          (run) => run.phase === 'fetching' || run.phase === 'queued',
        )
        return
      case 'replicate':
        for (let i = 0; i < message.tasks.length; i++)
          this.#fetch({
            task: message.tasks[i],
            run: message.runs[i],
            part: -1,
            holder: message.holders[i],
          })
        return
      case 'close':
        this.simulation.close(this)
        return
      case 'refused':
        assert.fail(`the scheduler refused a worker's message: ${message.reason}`)
        return
      default:
        return
    }
  }

  /** A value written by a client. */
  put(task: number, run: number, value: number): void {
    this.values.set(nameOf(task, run), value)
    this.#stored(task, run)
  }

  setPaused(paused: boolean): void {
    this.paused = paused
    this.beat(0)
    if (!paused) this.#start()
  }

  /** A heartbeat, true or not. */
  beat(managedBytes = this.values.size * this.simulation.valueBytes): void {
    this.#say({
      type: 'heartbeat',
      cpuPercent: 0,
      managedBytes,
      rssBytes: 0,
      spilledBytes: 0,
      heldTasks: this.values.size,
      waiting: this.runs.size,
      paused: this.paused,
      receivedBytes: 0,
      sentBytes: 0,
      runningTasks: new Int32Array(this.threads).fill(-1),
      runningSince: new Float64Array(this.threads),
    })
  }

  #say(message: WorkerMessage): void {
    this.simulation.fromWorker(this, message)
  }

  #execute(message: ExecuteInstruction): void {
    const decoder = new TextDecoder()
    for (let i = 0; i < message.tasks.length; i++) {
      assert.ok(this.#callables.has(message.callables[i]), 'a callable is sent before its first task')
      const key = decoder.decode(message.args.subarray(message.argOffsets[i], message.argOffsets[i + 1]))
      const run: Run = {
        task: message.tasks[i],
        run: message.runs[i],
        priority: message.priorities[i],
        key,
        inline: message.inline[i] === 1,
        dependencies: [],
        lacking: 0,
        phase: 'queued',
      }
      for (let e = message.dependencyOffsets[i]; e < message.dependencyOffsets[i + 1]; e++)
        run.dependencies.push({
          task: message.dependencies[e],
          run: message.dependencyRuns[e],
          part: message.dependencyParts?.[e] ?? -1,
          holder: message.dependencyHolders[e],
        })
      assert.deepEqual(
        run.dependencies.map(({ part }) => part),
        this.simulation.universe.of(key).taken,
        `${key} takes what its graph said`,
      )
      this.runs.set(nameOf(run.task, run.run), run)
      this.#admit(run)
    }
    this.#start()
  }

  #admit(run: Run): void {
    run.lacking = 0
    run.phase = 'queued'
    for (const taken of run.dependencies) {
      const value = nameOf(taken.task, taken.run, taken.part)
      if (this.#has(taken) !== undefined) continue
      const waiting = this.#fetching.get(value)
      const own = nameOf(run.task, run.run)
      if (waiting?.has(own)) continue
      run.lacking++
      run.phase = 'fetching'
      if (waiting) waiting.add(own)
      else this.#fetch(taken, own)
    }
  }

  /** What is here of a value, or of a part of one. */
  #has({ task, run, part }: Taken): number | undefined {
    const name = nameOf(task, run)
    const value = this.give(name, part)
    return value ?? (part < 0 ? undefined : this.#fetchedParts.get(`${name}/${part}`))
  }

  /** What another worker is given, or undefined where it is not here. */
  give(name: string, part: number): number | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    assert.equal(this.#parted.has(name), part >= 0, `what comes in parts is taken in parts: ${name}/${part}`)
    return this.simulation.universe.takenOf(value, part)
  }

  #discard(name: string): void {
    this.values.delete(name)
    this.#parted.delete(name)
  }

  /** A run is over: the parts that it alone took go. */
  #leave(over: Run): void {
    this.runs.delete(nameOf(over.task, over.run))
    if (this.#fetchedParts.size === 0) return
    const taken = new Set<string>()
    for (const { dependencies } of this.runs.values())
      for (const { task, run, part } of dependencies) taken.add(nameOf(task, run, part))
    for (const name of this.#fetchedParts.keys()) if (!taken.has(name)) this.#fetchedParts.delete(name)
  }

  #fetch({ task, run, part, holder }: Taken, waiter?: string): void {
    const value = nameOf(task, run, part)
    if (part < 0 && this.values.has(value)) {
      this.#stored(task, run)
      return
    }
    const waiting = this.#fetching.get(value)
    if (waiting) return
    const mine = new Set(waiter === undefined ? [] : [waiter])
    const fetching = this.#fetching
    fetching.set(value, mine)
    if (holder !== this.id)
      assert.ok(this.#peers.has(holder), `worker ${holder} is introduced before a fetch`)
    this.simulation.transfer(this, holder, nameOf(task, run), part, (found) => {
      // The connection was lost meanwhile: nobody waits any more.
      if (this.#fetching !== fetching) return
      fetching.delete(value)
      if (found === undefined) {
        for (const name of mine) this.#missing(name, task, holder)
        return
      }
      if (part < 0) {
        this.values.set(value, found)
        this.#stored(task, run)
      } else if ([...mine].some((name) => this.runs.has(name))) this.#fetchedParts.set(value, found)
      for (const name of mine) {
        const waiter = this.runs.get(name)
        if (waiter?.phase === 'fetching' && --waiter.lacking === 0) waiter.phase = 'queued'
      }
      this.#start()
    })
  }

  #missing(name: string, dependency: number, holder: number): void {
    const run = this.runs.get(name)
    if (!run || run.phase === 'running' || run.phase === 'waiting') return
    this.#leave(run)
    this.#say({
      type: 'missing',
      tasks: Int32Array.of(run.task),
      runs: Int32Array.of(run.run),
      dependencyOffsets: Uint32Array.of(0, 1),
      dependencies: Int32Array.of(dependency),
      holders: Int32Array.of(holder),
    })
  }

  #stored(task: number, run: number): void {
    this.#say({
      type: 'stored',
      tasks: Int32Array.of(task),
      runs: Int32Array.of(run),
      sizes: Float64Array.of(this.simulation.valueBytes),
      discards: this.#discards,
    })
  }

  #end(tasks: Int32Array, runs: Int32Array, type: 'dropped' | 'returned', may: (run: Run) => boolean): void {
    const ended: Run[] = []
    for (let i = 0; i < tasks.length; i++) {
      const run = this.runs.get(nameOf(tasks[i], runs[i]))
      if (!run || !may(run)) continue
      ended.push(run)
      this.#leave(run)
    }
    if (ended.length === 0) return
    this.#say({
      type,
      tasks: Int32Array.from(ended, ({ task }) => task),
      runs: Int32Array.from(ended, ({ run }) => run),
    })
    this.#start()
  }

  #start(): void {
    while (!this.paused && this.id >= 0) {
      let running = 0
      let next: Run | undefined
      for (const run of this.runs.values()) {
        if (run.phase === 'running') running++
        else if (run.phase === 'queued' && (!next || run.priority < next.priority)) next = run
      }
      if (!next || running >= this.threads) return
      if (next.dependencies.some((taken) => this.#has(taken) === undefined)) {
        // Discarded since it came: fetched again.
        this.#admit(next)
        continue
      }
      this.#begin(next)
    }
  }

  #begin(run: Run): void {
    run.phase = 'running'
    const { simulation } = this
    const key = simulation.universe.of(run.key)
    const inputs = run.dependencies.map((taken) => this.#has(taken)!)
    const durationMs = simulation.durationOf(run.key)
    const startMs = simulation.nowMs
    const end = (): void => {
      this.#leave(run)
      if (simulation.misbehaves(key, 'kills')) {
        simulation.kill(this, key.name)
        return
      }
      if (simulation.misbehaves(key, 'throws')) this.#threw(run, startMs, durationMs)
      else this.#finished(run, simulation.universe.compute(run.key, inputs), startMs, durationMs)
      this.#start()
    }
    const connected = this.runs
    const goOn = (ms: number, next: () => void): void =>
      simulation.after(ms, () => {
        if (this.alive && this.runs === connected && connected.get(nameOf(run.task, run.run)) === run) next()
      })
    const child = this.#childOf(run)
    if (child === undefined) goOn(durationMs, end)
    else goOn(durationMs / 2, () => this.#wait(run, child, () => goOn(durationMs / 2, end)))
  }

  /** What a run submits and waits for: mostly nothing. */
  #childOf({ key }: Run): string | undefined {
    const { nesting, universe } = this.simulation
    if (!nesting?.chance(0.12)) return undefined
    const names = universe.nestable(key)
    return names.length === 0 ? undefined : nesting.pick(names)
  }

  #wait(run: Run, child: string, then: () => void): void {
    run.phase = 'waiting'
    this.#sayWaiting(run, true)
    this.#taskClient ??= this.simulation.taskClient(this)
    const connected = this.runs
    this.#taskClient.nest(child, () => {
      if (this.runs !== connected || connected.get(nameOf(run.task, run.run)) !== run) return
      run.phase = 'running'
      this.#sayWaiting(run, false)
      then()
    })
    this.#start()
  }

  #sayWaiting({ task, run }: Run, waits: boolean): void {
    const said = { tasks: Int32Array.of(task), runs: Int32Array.of(run), waits: Uint8Array.of(waits ? 1 : 0) }
    this.#say({ type: 'waiting', ...said })
  }

  #finished(run: Run, value: number, startMs: number, durationMs: number): void {
    const name = nameOf(run.task, run.run)
    this.values.set(name, value)
    if (this.simulation.universe.of(run.key).parts > 0) this.#parted.add(name)
    const inline =
      run.inline && value % 2 === 0 ? new Uint8Array(Int32Array.of(value).buffer) : new Uint8Array(0)
    this.#say({
      type: 'finished',
      tasks: Int32Array.of(run.task),
      runs: Int32Array.of(run.run),
      sizes: Float64Array.of(this.simulation.valueBytes),
      starts: Float64Array.of(startMs),
      durationsMs: Float64Array.of(durationMs),
      threads: Uint8Array.of(0),
      inline,
      inlineOffsets: Uint32Array.of(0, inline.length),
    })
  }

  #threw(run: Run, startMs: number, durationMs: number): void {
    this.#say({
      type: 'erred',
      tasks: Int32Array.of(run.task),
      runs: Int32Array.of(run.run),
      starts: Float64Array.of(startMs),
      durationsMs: Float64Array.of(durationMs),
      threads: Uint8Array.of(0),
      failures: [
        {
          kind: 'threw',
          name: 'Error',
          message: `${run.key} throws`,
          stack: '',
          key: run.key,
          worker: this.name,
        },
      ],
      failure: Uint32Array.of(0),
    })
  }
}
