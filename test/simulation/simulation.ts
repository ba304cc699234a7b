// One seed: a scheduler, workers, clients and the network between them in simulated time, with everything that goes wrong.

import assert from 'node:assert/strict'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  type WorkerMessage,
} from '../../runtime/protocol/messages.ts'
import { taskClientName } from '../../runtime/protocol/taskClientName.ts'
import { checkInvariants } from '../../runtime/scheduler/invariants.ts'
import { BROADCAST, STORED } from '../../runtime/scheduler/phases.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { keyOf } from '../../runtime/scheduler/state.ts'
import { Random } from './random.ts'
import { DATASETS, SimulatedClient } from './simulatedClient.ts'
import { SimulatedWorker } from './simulatedWorker.ts'
import { type Key, Universe } from './universe.ts'

interface Timed {
  atMs: number
  order: number
  call: () => void
}

/** Messages of one direction of one connection: they keep their order, unless the simulation swaps two. */
interface Link {
  /** Messages may overtake each other. */
  unordered: boolean
  slowness: number
  lastMs: number
  open: boolean
}

/** How long things go wrong; after that everything heals and the end is checked. */
const TROUBLE_MS = 400
const EVENTS_MAX = 60_000
/** How often the scheduler looks for copies that nobody needs: some ticks. */
export const COPIES_EVERY_MS = 60

export interface SimulationOptions {
  /** Keeps what happened, and what the scheduler said. */
  record?: boolean
  /** Whether tasks submit tasks too. */
  nested?: boolean
  /** Whether workers are jobs of a batch system. */
  batch?: boolean
  /** How often copies that nobody needs are looked for; Infinity for never. */
  copiesEveryMs?: number
  /** Whether results are large and memory is short: sources are held back. */
  memory?: boolean
  /** Whether clients publish what they want. */
  datasets?: boolean
  /** Whether some values come in parts, of which others take one each. */
  parts?: boolean
}

export class Simulation {
  readonly random: Random
  readonly universe: Universe
  readonly scheduler: Scheduler
  nowMs = 1_000
  readonly #timed: Timed[] = []
  #order = 0
  events = 0
  readonly #workers: SimulatedWorker[] = []
  readonly #byId = new Map<number, SimulatedWorker>()
  readonly #clients: SimulatedClient[] = []
  readonly #links = new Map<string, Link>()
  readonly #misbehaved = new Map<string, number>()
  /** Deaths that a key's runs caused or suffered, for judging failures. */
  deaths = 0
  #troubled = true
  #drainScheduled = false
  #nextWorker = 0
  #nextClient = 0
  readonly #partitioned = new Set<string>()

  /** Everything that the scheduler said, as sent; kept where its events are recorded. */
  readonly said: Uint8Array[] = []
  readonly #record: boolean

  /** Tasks submit tasks and wait for them. Decided by a generator of its own: without it a seed plays as it always did. */
  readonly nesting: Random | undefined
  readonly #taskClients: SimulatedClient[] = []

  /** Workers are jobs of a batch system, whose time ends, and of which it is asked what became of them. As with `nesting`. */
  readonly #batch: Random | undefined
  /** Clients ask for copies, and those that nobody needs go; absent where neither happens, as when the oldest seeds were found. */
  readonly #copying: Random | undefined

  /** Clients publish what they want, and want what others published. As with `nesting`. */
  readonly #publishing: Random | undefined

  /** Memory is short, and workers say so, rightly or not. */
  readonly #memory: Random | undefined
  readonly valueBytes: number
  readonly targetBytes: number | undefined
  /** How often a look at the queues left sources in them. */
  held = 0

  /** By name: connections that broke, of workers of which the scheduler does not know yet whether they are gone. */
  readonly #silent = new Map<string, number>()

  constructor(
    seed: number,
    {
      record = false,
      nested = true,
      batch = false,
      copiesEveryMs = COPIES_EVERY_MS,
      memory = false,
      datasets = false,
      parts = false,
    }: SimulationOptions = {},
  ) {
    this.#record = record
    this.#batch = batch ? new Random(seed + 0xba7c4) : undefined
    this.nesting = nested ? new Random(seed + 0x5eed) : undefined
    this.#copying = Number.isFinite(copiesEveryMs) ? new Random(seed + 0xc0b1e) : undefined
    this.#memory = memory ? new Random(seed + 0x3e30) : undefined
    this.#publishing = datasets ? new Random(seed + 0xda7a) : undefined
    this.valueBytes = memory ? 100_000 : 8
    this.targetBytes = memory ? 250_000 : undefined
    this.random = new Random(seed)
    this.universe = new Universe(this.random, parts ? new Random(seed + 0x9a275) : undefined)
    this.scheduler = new Scheduler({
      cluster: 'simulated',
      saturation: this.random.pick([1, 1.1, 2, Infinity]),
      recordEvents: record,
      copiesEveryMs,
      // Without an end: that sources go on in the end must not rest on the clock.
      sourcesHeldMs: Number.POSITIVE_INFINITY,
      seed,
    })
    for (let i = 0; i <= this.random.below(3); i++) this.#join(`w${this.#nextWorker++}`)
    for (let i = 0; i <= this.random.below(2); i++) this.#newClient()
  }

  /** Plays it to the end, and checks the end. */
  play(): void {
    this.after(0, () => this.#somethingHappens())
    this.after(5, () => this.#tick())
    if (this.#memory) this.after(1, () => this.#beats(this.#memory!))
    this.#run(() => this.nowMs < 1_000 + TROUBLE_MS)
    this.#heal()
    this.#run(() => this.#busy())
    // Two looks, and their rest: the second takes what the first has found.
    const settledMs = this.nowMs + (this.#copying ? 5 * COPIES_EVERY_MS : 0)
    this.#run(() => this.nowMs < settledMs)
    for (const client of this.#clients) this.#judge(client)
    if (this.#copying) this.#noNeedlessCopies()
    if (this.#publishing) this.#clients[0].unpublish(DATASETS)
    for (const client of this.#clients) client.release(1)
    this.#run(() => this.#timed.length > 1)
    this.#nothingIsLeft()
  }

  after(ms: number, call: () => void): void {
    this.#timed.push({ atMs: this.nowMs + ms, order: this.#order++, call })
  }

  durationOf(key: string): number {
    return key.startsWith('a')
      ? 0.2 + this.random.next() * 0.2
      : this.random.next() * (key.startsWith('b') ? 60 : 8)
  }

  misbehaves(key: Key, how: 'throws' | 'kills'): boolean {
    const name = `${how} ${key.name}`
    const times = this.#misbehaved.get(name) ?? 0
    if (times >= key[how]) return false
    this.#misbehaved.set(name, times + 1)
    return true
  }

  fromWorker(worker: SimulatedWorker, message: WorkerMessage): void {
    if (worker.id < 0) return
    const id = worker.id
    const bytes = encodeFrame(WORKER_MESSAGES, message)
    const deliver = (): void => {
      this.scheduler.workerMessage(id, decodeFrame(WORKER_MESSAGES, bytes), this.nowMs)
      this.#afterEvent()
    }
    const link = this.#link(`worker ${id} up`)
    this.#deliver(link, deliver)
    if (!this.#troubled) return
    if (this.random.chance(0.04)) this.#deliver(link, deliver)
    if (this.random.chance(0.02)) this.after(this.random.next() * 100, () => link.open && deliver())
  }

  fromClient(client: SimulatedClient, message: ClientMessage): void {
    const bytes = encodeFrame(CLIENT_MESSAGES, message)
    this.#deliver(this.#link(`client ${client.id} up`), () => {
      this.scheduler.clientMessage(client.id, decodeFrame(CLIENT_MESSAGES, bytes), this.nowMs)
      this.#afterEvent()
    })
  }

  /** A fetch from another worker over the data plane, of a value or of one of its parts. */
  transfer(
    to: SimulatedWorker,
    holder: number,
    value: string,
    part: number,
    done: (value: number | undefined) => void,
  ): void {
    const from = this.#byId.get(holder)
    this.after(this.random.next() * 6, () => {
      if (!to.alive) return
      const cut = from && this.#partitioned.has(from.name) && this.#troubled
      done(!from?.alive || cut ? undefined : from.give(value, part))
      this.#afterEvent()
    })
  }

  write(address: string, task: number, run: number, value: number): void {
    const worker = this.#workers.find((one) => one.alive && `unix:/${one.name}` === address)
    this.after(this.random.next() * 10, () => {
      if (worker?.alive) worker.put(task, run, value)
    })
  }

  kill(worker: SimulatedWorker, _key?: string): void {
    this.#kill(worker, false)
  }

  #kill(worker: SimulatedWorker, ended: boolean): void {
    worker.alive = false
    const at = this.#workers.indexOf(worker)
    if (at >= 0) this.#workers.splice(at, 1)
    this.#disconnect(worker, 'killed', ended)
  }

  /** A worker was asked to go, and goes. */
  close(worker: SimulatedWorker): void {
    assert.equal(worker.runs.size, 0, 'a worker that is closed runs nothing')
    worker.alive = false
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    this.#disconnect(worker, 'closed')
  }

  #run(goOn: () => boolean): void {
    while (this.#timed.length > 0 && goOn()) {
      let first = 0
      for (let i = 1; i < this.#timed.length; i++) {
        const [one, best] = [this.#timed[i], this.#timed[first]]
        if (one.atMs < best.atMs || (one.atMs === best.atMs && one.order < best.order)) first = i
      }
      const [next] = this.#timed.splice(first, 1)
      this.nowMs = Math.max(this.nowMs, next.atMs)
      this.events++
      assert.ok(
        this.events < EVENTS_MAX,
        `no end after ${EVENTS_MAX} events: ${JSON.stringify(this.scheduler.dump())}`,
      )
      next.call()
    }
  }

  #tick(): void {
    this.scheduler.tick(this.nowMs)
    this.#afterEvent()
    if (!this.#troubled) this.#supervise()
    this.after(25, () => this.#tick())
  }

  /** Heartbeats tell of memory, some of far too much; with the trouble they end, so that the last word may be a wrong one. */
  #beats(memory: Random): void {
    for (const worker of this.#workers) {
      if (worker.id < 0 || memory.chance(0.3)) continue
      worker.beat(memory.chance(0.3) ? memory.pick([0, 1e9]) : undefined)
    }
    if (this.#troubled) this.after(memory.next() * 20, () => this.#beats(memory))
  }

  /** Every message is followed by all invariants; what was decided goes out once a turn, as in the real process. */
  #afterEvent(): void {
    checkInvariants(this.scheduler.state)
    if (this.scheduler.state.sourcesHeld) this.held++
    if (this.#drainScheduled) return
    this.#drainScheduled = true
    this.after(this.random.next() * 0.3, () => {
      this.#drainScheduled = false
      this.#drain()
    })
  }

  #drain(): void {
    this.scheduler.drain({
      toWorker: (id, message) => {
        const bytes = encodeFrame(WORKER_INSTRUCTIONS, message)
        if (this.#record) this.said.push(bytes)
        const worker = this.#byId.get(id)
        this.#deliver(this.#link(`worker ${id} down`), () => {
          if (worker?.alive && worker.id === id) worker.receive(decodeFrame(WORKER_INSTRUCTIONS, bytes))
        })
      },
      toClient: (id, message) => {
        const bytes = encodeFrame(CLIENT_REPLIES, message)
        if (this.#record) this.said.push(bytes)
        this.#deliver(this.#link(`client ${id} down`), () =>
          this.#clientOf(id)?.receive(decodeFrame(CLIENT_REPLIES, bytes)),
        )
      },
    })
  }

  #link(name: string): Link {
    let link = this.#links.get(name)
    if (!link) {
      link = {
        unordered: name.startsWith('worker') && name.endsWith('up'),
        slowness: this.random.chance(0.1) ? 30 : 2,
        lastMs: 0,
        open: true,
      }
      this.#links.set(name, link)
    }
    return link
  }

  #deliver(link: Link, call: () => void): void {
    // Some reports overtake those before them: nothing may depend on their order.
    const overtakes = link.unordered && this.#troubled && this.random.chance(0.03)
    const atMs = this.nowMs + this.random.next() * link.slowness
    const arrival = overtakes ? atMs : Math.max(atMs, link.lastMs)
    if (!overtakes) link.lastMs = arrival
    this.after(arrival - this.nowMs, () => link.open && call())
  }

  #somethingOfDatasets(random: Random): void {
    const client = random.pick(this.#clients)
    const dice = random.next()
    if (dice < 0.1) client.publish(random)
    else if (dice < 0.2) client.open(random)
    else if (dice < 0.23) client.unpublish([random.pick(DATASETS)])
  }

  #somethingHappens(): void {
    if (!this.#troubled) return
    const { random } = this
    const dice = random.next()
    const client = random.pick(this.#clients)
    const worker = this.#workers.length > 0 ? random.pick(this.#workers) : undefined
    if (dice < 0.4 && client) client.submit()
    else if (dice < 0.5 && client) client.release(random.next())
    else if (dice < 0.55 && client) client.cancel()
    else if (dice < 0.6 && client) client.retry()
    else if (dice < 0.66) {
      if (this.#workers.length < 5) this.#join(`w${this.#nextWorker++ % 7}`)
    } else if (dice < 0.71 && worker) this.kill(worker)
    else if (dice < 0.76 && worker) this.#blink(worker)
    else if (dice < 0.82 && worker) worker.setPaused(!worker.paused)
    else if (dice < 0.87 && worker) this.#partition(worker)
    else if (dice < 0.89 && worker) this.fromWorker(worker, { type: 'leaving', reason: 'asked to' })
    else if (dice < 0.895 && worker) this.#retire(worker)
    else if (dice < 0.9 && client) client.rebalance()
    else if (dice < 0.91 && this.#clients.length > 1 && client) this.#clientLeaves(client)
    else if (dice < 0.93 && this.#clients.length < 3) this.#newClient()
    if (this.#copying?.chance(0.03)) this.#copying.pick(this.#clients)?.replicate(this.#copying)
    if (this.#publishing) this.#somethingOfDatasets(this.#publishing)
    this.after(random.next() * 12, () => this.#somethingHappens())
  }

  #join(name: string): void {
    if (this.#workers.some((worker) => worker.name === name)) return
    const worker = new SimulatedWorker(this, name)
    this.#workers.push(worker)
    this.#connect(worker)
  }

  #connect(worker: SimulatedWorker): void {
    const hello = decodeFrame(WORKER_MESSAGES, encodeFrame(WORKER_MESSAGES, worker.hello()))
    worker.id = this.scheduler.workerJoined(hello as Extract<WorkerMessage, { type: 'hello' }>, this.nowMs)
    this.#byId.set(worker.id, worker)
    const before = this.#silent.get(worker.name)
    if (before !== undefined) this.#left(worker.name, before, 'came again', false)
    if (this.#troubled && this.#batch?.chance(0.4)) this.#limit(worker, this.#batch)
    this.#afterEvent()
  }

  /** Its job's time is limited, and ends it. */
  #limit(worker: SimulatedWorker, batch: Random): void {
    const { id } = worker
    const retireMs = this.nowMs + batch.next() * 200
    const endsMs = retireMs + batch.next() * 60
    this.scheduler.workerEnds(id, { retireMs, endsMs }, this.nowMs)
    this.after(endsMs - this.nowMs, () => {
      if (worker.alive && worker.id === id) this.#kill(worker, true)
    })
  }

  #left(name: string, id: number, reason: string, ended: boolean): void {
    if (this.#silent.get(name) === id) this.#silent.delete(name)
    this.scheduler.workerLeft(id, reason, this.nowMs, ended)
    this.#afterEvent()
  }

  #disconnect(worker: SimulatedWorker, reason: string, ended = false): void {
    const { id } = worker
    if (id < 0) return
    this.deaths++
    this.#link(`worker ${id} up`).open = false
    this.#link(`worker ${id} down`).open = false
    worker.disconnected()
    // The scheduler learns of it a little later than it happened.
    this.after(this.random.next() * 10, () => {
      if (!this.#batch?.chance(0.5) || this.#silent.has(worker.name)) {
        this.#left(worker.name, id, reason, ended)
        return
      }
      // Its batch system is asked, which takes its time; meanwhile it may come again.
      this.#silent.set(worker.name, id)
      this.scheduler.workerSilent(id, this.nowMs)
      this.#afterEvent()
      this.after(this.#batch.next() * 60, () => {
        if (this.#silent.get(worker.name) === id) this.#left(worker.name, id, reason, ended)
      })
    })
  }

  /** The connection breaks, and the worker comes back with what it holds. */
  #blink(worker: SimulatedWorker): void {
    if (worker.id < 0) return
    this.#disconnect(worker, 'connection lost')
    this.after(12 + this.random.next() * 30, () => {
      if (worker.alive && worker.id < 0) this.#connect(worker)
    })
  }

  #retire(worker: SimulatedWorker): void {
    if (worker.id < 0) return
    this.scheduler.retireWorker(worker.id, this.nowMs)
    this.#afterEvent()
  }

  #partition(worker: SimulatedWorker): void {
    if (!this.#partitioned.delete(worker.name)) this.#partitioned.add(worker.name)
  }

  #newClient(): void {
    const client = new SimulatedClient(this, this.#nextClient++)
    this.#clients.push(client)
    this.scheduler.clientJoined(client.id, `client ${client.id}`, this.nowMs)
  }

  /** The client through which a worker's tasks submit tasks, made when the first of them asks. */
  taskClient(worker: SimulatedWorker): SimulatedClient {
    const client = new SimulatedClient(this, this.#nextClient++)
    this.#taskClients.push(client)
    this.scheduler.clientJoined(client.id, taskClientName(worker.name), this.nowMs)
    return client
  }

  /** With its worker, its connection ends. */
  taskClientLeaves(client: SimulatedClient): void {
    this.#taskClients.splice(this.#taskClients.indexOf(client), 1)
    this.#cut(client)
  }

  #clientOf(id: number): SimulatedClient | undefined {
    return [...this.#clients, ...this.#taskClients].find((client) => client.id === id)
  }

  #clientLeaves(client: SimulatedClient): void {
    this.#clients.splice(this.#clients.indexOf(client), 1)
    this.#cut(client)
  }

  #cut(client: SimulatedClient): void {
    this.#link(`client ${client.id} up`).open = false
    this.#link(`client ${client.id} down`).open = false
    this.scheduler.clientLeft(client.id, this.nowMs)
    this.#afterEvent()
  }

  #heal(): void {
    this.#troubled = false
    for (const worker of this.#workers) if (worker.paused) worker.setPaused(false)
    for (const worker of this.#workers) if (worker.id < 0) this.#connect(worker)
  }

  /** From here on somebody restarts whoever dies, so that every restriction can be met in the end. */
  #supervise(): void {
    for (const worker of [...this.#workers]) {
      // One that has said goodbye goes, and another of its name comes; those that are retired are closed in their time.
      const known = this.scheduler.state.workers[worker.id]
      if (known?.status === 'leaving' && !known.retiring) this.kill(worker)
      // A heartbeat that came late may have left the scheduler believing in a pause: the next one, half a second on, tells.
      else if (known?.status === 'paused' && !worker.paused) worker.setPaused(false)
    }
    for (const name of ['w0', 'w1', 'w2', 'spare']) this.#join(name)
  }

  /** Is anything still to come? */
  #busy(): boolean {
    const { counts } = this.scheduler.state
    const pending = counts[1] + counts[2] + counts[3]
    return pending > 0 || this.#timed.length > 1 || this.nowMs < 1_000 + TROUBLE_MS + 60
  }

  #judge(client: SimulatedClient): void {
    const { state } = this.scheduler
    for (const [handle, wish] of client.wishes) {
      const about = `${wish.key} of client ${client.id}`
      if (wish.status === 'erred') {
        this.#judgeFailure(wish.key, wish.failure!)
        continue
      }
      assert.equal(wish.status, 'finished', `${about}: ${this.scheduler.explain(wish.key).join(' ')}`)
      const entry = state.clients.get(client.id)!.handles.get(handle)
      const task = state.wants.task[entry]
      let holders = 0
      for (let one = state.tasks.holders[task]; one >= 0; one = state.replicas.next[one]) {
        const holder = this.#byId.get(state.replicas.worker[one])!
        const value = holder.values.get(`${task}:${state.tasks.run[task]}`)
        if (value === undefined) continue
        holders++
        assert.equal(value, this.universe.of(wish.key).value, `${about} has its right value`)
      }
      assert.ok(holders > 0, `${about} is held by somebody`)
    }
  }

  #judgeFailure(key: string, failure: { kind: string; key: string; message: string }): void {
    const ancestry = this.universe.ancestry(key)
    const first = [...ancestry].find((name) => {
      const { digest } = this.universe.of(name)
      return failure.key === name || failure.key.endsWith(Buffer.from(digest).toString('hex'))
    })
    assert.ok(first, `${failure.key}, for which ${key} failed, is among what it takes`)
    const culprit = this.universe.of(first)
    if (failure.kind === 'threw') assert.ok(culprit.throws > 0, `${first} throws`)
    else if (failure.kind === 'data-lost') assert.ok(culprit.scattered, `${first} was scattered`)
    else if (failure.kind === 'workers-died') assert.ok(this.deaths >= 1, 'workers died')
    else assert.fail(`${key} failed for ${failure.kind}: ${failure.message}`)
  }

  /** Nothing runs any more: of each value there are as many copies as clients asked for. */
  #noNeedlessCopies(): void {
    const { state } = this.scheduler
    const { tasks, replicas } = state
    for (let task = 0; task < tasks.top; task++) {
      if (tasks.phase[task] !== STORED || (tasks.flags[task] & BROADCAST) !== 0) continue
      // One that is being moved is looked at when that has ended, or was given up after a while.
      if (state.moves.has(task)) continue
      let steady = 0
      for (let one = tasks.holders[task]; one >= 0; one = replicas.next[one])
        if (state.workers[replicas.worker[one]]?.status === 'running') steady++
      assert.ok(
        steady <= Math.max(1, state.copiesAsked.get(task) ?? 1),
        `${keyOf(state, task)} has ${steady} copies, and nobody needs more than one`,
      )
    }
  }

  /** With the last wish gone, nothing is left: no row, no value anywhere. */
  #nothingIsLeft(): void {
    const { state } = this.scheduler
    assert.deepEqual(
      {
        rows: state.tasks.used,
        keys: state.keys.size,
        wants: state.wants.size,
        replicas: state.replicas.size,
        edges: state.cross.size,
        segments: state.segments.filter(Boolean).length,
        // Functions that nothing uses may be kept for a while, since they come again.
        callables: [...state.callables.byNumber.values()].filter(({ uses }) => uses > 0).length,
        failures:
          state.failures.size +
          state.troubles.size +
          state.arriving.size +
          state.bringers.size +
          state.thieves.size +
          state.copiesAsked.size,
      },
      { rows: 0, keys: 0, wants: 0, replicas: 0, edges: 0, segments: 0, callables: 0, failures: 0 },
    )
    for (const worker of this.#workers) {
      assert.deepEqual([...worker.values.keys()], [], `worker ${worker.name} holds nothing`)
      assert.equal(worker.runs.size, 0, `worker ${worker.name} runs nothing`)
    }
  }
}
