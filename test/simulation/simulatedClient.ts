// A client that submits, releases, cancels, retries, scatters and leaves, and believes only what it was told.

import assert from 'node:assert/strict'
import type { DatasetAnswer } from '../../runtime/protocol/datasets.ts'
import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import type { ClientMessage, ClientReply } from '../../runtime/protocol/messages.ts'
import { keyOf } from '../../runtime/scheduler/state.ts'
import { graphMessage } from '../scheduler/graphText.ts'
import type { Random } from './random.ts'
import type { Simulation } from './simulation.ts'

/** Names that clients publish by. */
export const DATASETS = ['one', 'other'] as const

interface Wish {
  key: string
  status: 'pending' | 'finished' | 'erred'
  failure?: TaskFailure
  /** Called once when it has an end of any kind. */
  ended?: () => void
}

export class SimulatedClient {
  readonly simulation: Simulation
  readonly id: number
  /** By handle: what it wants and has not released. */
  readonly wishes = new Map<number, Wish>()
  #nextHandle = 1
  #nextRequest = 1
  #nextGraph = 1
  readonly #scatters = new Map<number, string[]>()
  readonly #graphs = new Map<number, number[]>()
  /** Who waits for the answer to a query. */
  readonly #answers = new Map<number, (value: unknown) => void>()

  constructor(simulation: Simulation, id: number) {
    this.simulation = simulation
    this.id = id
  }

  receive(message: ClientReply): void {
    switch (message.type) {
      case 'finished':
        message.handles.forEach((handle, i) => {
          const wish = this.wishes.get(handle)
          if (!wish) return
          wish.status = 'finished'
          this.#ended(wish)
          const from = message.inlineOffsets[i]
          const inline = message.inline.slice(from, message.inlineOffsets[i + 1])
          if (inline.length > 0)
            assert.equal(
              new Int32Array(inline.buffer)[0],
              this.simulation.universe.of(wish.key).value,
              wish.key,
            )
        })
        return
      case 'erred':
        message.handles.forEach((handle, i) => {
          const wish = this.wishes.get(handle)
          if (!wish) return
          wish.status = 'erred'
          wish.failure = message.failures[message.failure[i]]
          this.#ended(wish)
        })
        return
      case 'unfinished':
        for (const handle of message.handles) {
          const wish = this.wishes.get(handle)
          if (wish) wish.status = 'pending'
        }
        return
      case 'cancelled':
        for (const handle of message.handles) this.#drop(handle)
        return
      case 'placed':
        this.#write(message)
        return
      case 'answer':
        this.#answers.get(message.request)?.(message.value)
        this.#answers.delete(message.request)
        return
      case 'graph-refused':
        // What it stood on was released while the graph was on its way, by the cancel of another handle.
        for (const handle of this.#graphs.get(message.graph) ?? []) this.#drop(handle)
        return
      default:
        return
    }
  }

  /** Asks for one key and all that it takes, as a task does for another task; it is let go of when it has ended. */
  nest(name: string, ended: () => void): void {
    const { universe } = this.simulation
    const list = [...universe.ancestry(name)].sort(
      (one, other) => universe.placeOf(one) - universe.placeOf(other),
    )
    const handle = this.#wish(name)
    this.wishes.get(handle)!.ended = () => {
      if (this.wishes.delete(handle)) this.#say({ type: 'release', handles: Uint32Array.of(handle) })
      ended()
    }
    const number = this.#nextGraph++
    this.#graphs.set(number, [handle])
    this.#sayGraph(number, list, [name], [handle])
  }

  #sayGraph(graph: number, keys: string[], wanted: string[], handles: number[]): void {
    const { universe } = this.simulation
    const { parts } = universe
    const options = Object.fromEntries(keys.map((name) => [name, universe.of(name).options]))
    this.#say(graphMessage(universe.graphOf(keys), { graph, wanted, handles, options, parts }))
  }

  #drop(handle: number): void {
    const wish = this.wishes.get(handle)
    this.wishes.delete(handle)
    if (wish) this.#ended(wish)
  }

  #ended(wish: Wish): void {
    const { ended } = wish
    wish.ended = undefined
    ended?.()
  }

  /** Asks for some keys; what it wants already may be left out of the graph and referred to. */
  submit(): void {
    const { random, universe } = this.simulation
    const wanted = new Set<string>()
    const { wantable } = universe
    if (wantable.length === 0) return
    for (let i = 0; i <= random.below(4); i++) wanted.add(random.pick(wantable))
    const cut = random.chance(0.5)
    const held = new Set([...this.wishes.values()].map(({ key }) => key))
    const keys = new Set<string>()
    const external = new Set<string>()
    const enter = (name: string): void => {
      if (keys.has(name) || external.has(name)) return
      const key = universe.of(name)
      if (key.scattered) {
        external.add(name)
        return
      }
      if (cut && held.has(name) && !wanted.has(name)) {
        external.add(name)
        return
      }
      for (const dependency of key.dependencies) enter(dependency)
      keys.add(name)
    }
    for (const name of wanted) enter(name)
    for (const name of external) {
      if (universe.of(name).scattered && !held.has(name)) this.scatter(name)
    }
    const list = [...keys]
    if (list.length === 0) return
    const named = list.filter((name) => wanted.has(name))
    const number = this.#nextGraph++
    const handles = named.map((key) => this.#wish(key))
    this.#graphs.set(number, handles)
    this.#sayGraph(number, list, named, handles)
  }

  scatter(name: string): void {
    const { random, universe } = this.simulation
    const request = this.#nextRequest++
    this.#scatters.set(request, [name])
    this.#say({
      type: 'scatter',
      request,
      digests: universe.of(name).digest,
      group: 'scattered',
      sizes: Float64Array.of(this.simulation.valueBytes),
      handles: Uint32Array.of(this.#wish(name)),
      broadcast: random.chance(0.3),
    })
  }

  release(share: number): void {
    const handles = [...this.wishes.keys()].filter(() => this.simulation.random.chance(share))
    if (handles.length === 0) return
    for (const handle of handles) this.wishes.delete(handle)
    this.#say({ type: 'release', handles: Uint32Array.from(handles) })
  }

  cancel(): void {
    const handles = [...this.wishes.keys()].filter(() => this.simulation.random.chance(0.3))
    if (handles.length > 0)
      this.#say({ type: 'cancel', handles: Uint32Array.from(handles), reason: 'no longer needed' })
  }

  retry(): void {
    const handles = [...this.wishes].filter(([, { status }]) => status === 'erred').map(([handle]) => handle)
    if (handles.length > 0) this.#say({ type: 'retry', handles: Uint32Array.from(handles) })
  }

  rebalance(): void {
    this.#say({ type: 'query', request: this.#nextRequest++, what: 'rebalance' })
  }

  /** Asks for copies of what it has. */
  replicate(random: Random): void {
    const { scheduler } = this.simulation
    const { universe } = this.simulation
    const had = [...this.wishes.values()].filter(({ status }) => status === 'finished').map(({ key }) => key)
    // What comes in parts nobody has, but it can be asked for by its key.
    const names = [...had, ...universe.names.filter((name) => universe.of(name).parts > 0)]
    if (names.length === 0) return
    const digest = universe.of(random.pick(names)).digest
    const { state } = scheduler
    const row = state.keys.find(state.tasks.digests, new Int32Array(digest.slice().buffer), 0)
    if (row < 0) return
    const asked = { keys: [keyOf(state, row)], copies: random.pick([1, 2, 3]) }
    this.#say({ type: 'query', request: this.#nextRequest++, what: 'replicate', key: JSON.stringify(asked) })
  }

  /** Publishes some of its wishes, replacing others' or not; their keys are what describes them. */
  publish(random: Random): void {
    const published = [...this.wishes].filter(() => random.chance(0.5))
    this.#ask('publish', {
      name: random.pick(DATASETS),
      kind: 'data',
      handles: published.map(([handle]) => handle),
      description: Buffer.from(JSON.stringify(published.map(([, { key }]) => key))),
      overwrite: random.chance(0.5),
    })
  }

  unpublish(names: readonly string[]): void {
    for (const name of names) this.#ask('unpublish', { name })
  }

  /** Wishes for what is published, whatever that is by then. */
  open(random: Random): void {
    const name = random.pick(DATASETS)
    this.#ask('dataset', { name }, (value) => {
      const found = value as DatasetAnswer
      if ('names' in found) return
      const keys = JSON.parse(Buffer.from(found.description).toString()) as string[]
      const handles = keys.map((key) => this.#wish(key))
      const first = handles[0] ?? this.#nextHandle
      this.#ask('hold-dataset', { name, number: found.number, first }, (held) => {
        if (held === false) for (const handle of handles) this.#drop(handle)
      })
    })
  }

  #ask(what: string, details: object, answered?: (value: unknown) => void): void {
    const request = this.#nextRequest++
    if (answered) this.#answers.set(request, answered)
    this.#say({ type: 'query', request, what, details })
  }

  #wish(key: string): number {
    const handle = this.#nextHandle++
    this.wishes.set(handle, { key, status: 'pending' })
    return handle
  }

  #write(message: Extract<ClientReply, { type: 'placed' }>): void {
    const names = this.#scatters.get(message.request)!
    names.forEach((name, i) => {
      if (message.holders[i] < 0) return
      this.simulation.write(
        message.addresses[message.holders[i]],
        message.tasks[i],
        message.runs[i],
        this.simulation.universe.of(name).value,
      )
    })
  }

  #say(message: ClientMessage): void {
    this.simulation.fromClient(this, message)
  }
}
