// A client as small as can be: runs functions in worker threads through the real Lifter and CallableLoader.
//
// It stands for the package `heddle` in the programs beside it. Nothing of the scheduler, the session or the worker is here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { ArgumentWriter } from '../../../runtime/functions/argumentList.ts'
import type { EncodedValue } from '../../../runtime/functions/encodedValue.ts'
import { errorOf } from '../../../runtime/functions/failureOf.ts'
import type { LiftedCallable, Lifter } from '../../../runtime/functions/lifter.ts'
import type { AnyFunction } from '../../../runtime/functions/liftHook.ts'
import { fromWorker, toWorker } from '../../../runtime/functions/travelSymbols.ts'
import { decodeValue } from '../../../runtime/functions/valueCodec.ts'
import type { TaskFailure } from '../../../runtime/protocol/failure.ts'

export { onWorker, perWorker } from '../../../runtime/functions/perWorker.ts'
export { fromWorker, toWorker }

export const inWorker = (): boolean => !isMainThread

/** A task on its way to a lane. */
export interface TaskMessage {
  id: number
  callable: Uint8Array
  modules: string[]
  args: Uint8Array
}

export type LaneReply =
  | { id: number; value: EncodedValue }
  | { id: number; failure: TaskFailure }
  | { nested: number; task: Omit<TaskMessage, 'id'>; contents: [string, Uint8Array][] }

export interface NestedReply {
  nested: number
  value?: EncodedValue
  failure?: TaskFailure
}

export const kernels = {
  nameOf: (fn: AnyFunction): string | undefined => (fn === Client ? 'kit.Client' : undefined),
  named: (name: string): AnyFunction | undefined => (name === 'kit.Client' ? Client : undefined),
}

interface Pending {
  resolve(value: EncodedValue): void
  reject(failure: TaskFailure): void
}

/** Encodes one call. */
function taskOf(
  lifter: Lifter,
  fn: AnyFunction,
  args: readonly unknown[],
): [LiftedCallable, Omit<TaskMessage, 'id'>] {
  const lifted = lifter.liftCallable(fn, [])
  const writer = new ArgumentWriter({ lifter, kernels })
  writer.write(args)
  const modules = [...new Set([...lifted.modules, ...writer.modules])]
  return [lifted, { callable: lifted.bytes, modules, args: writer.view() }]
}

export class Client {
  static onLane: Client | undefined
  readonly #lifter: Lifter
  readonly #lanes: Worker[] = []
  readonly #folder: string
  readonly #written = new Set<string>()
  readonly #pending = new Map<number, Pending>()
  #next = 0
  readonly warnings: string[] = []

  private constructor(lifter: Lifter, folder: string) {
    this.#lifter = lifter
    this.#folder = folder
  }

  static async local({ workers = 2 } = {}): Promise<Client> {
    if (!isMainThread) throw new Error('Client.local() ran on a worker')
    const { Lifter } = await import('../../../runtime/functions/lifter.ts')
    const lifter = new Lifter({
      root: process.env.KIT_ROOT ?? process.cwd(),
      entry: process.argv[1],
      kernels,
    })
    const client = new Client(lifter, mkdtempSync(path.join(tmpdir(), 'heddle-kit-')))
    // Programs that end by an error close nothing.
    process.once('exit', () => rmSync(client.#folder, { recursive: true, force: true }))
    const lane = new URL('./lane.ts', import.meta.url)
    for (let i = 0; i < workers; i++) {
      // Lanes see neither the loader nor the user's main script.
      const worker = new Worker(lane, { workerData: client.#folder, execArgv: [], argv: [] })
      worker.on('message', (reply: LaneReply) => client.#receive(worker, reply))
      client.#lanes.push(worker)
    }
    return client
  }

  /** The client of a task: it hands its own tasks to the main thread. */
  static forLane(lifter: Lifter): Client {
    const client = new Client(lifter, '')
    parentPort!.on('message', (reply: NestedReply) => {
      if (!('nested' in reply)) return
      const pending = client.#pending.get(reply.nested)!
      client.#pending.delete(reply.nested)
      if (reply.value) pending.resolve(reply.value)
      else pending.reject(reply.failure!)
    })
    return client
  }

  #receive(worker: Worker, reply: LaneReply): void {
    if ('nested' in reply) {
      for (const [name, content] of reply.contents) this.#write(name, () => content)
      const answer = (more: Partial<NestedReply>): void =>
        worker.postMessage({ nested: reply.nested, ...more })
      this.#send(reply.task, {
        resolve: (value) => answer({ value }),
        reject: (failure) => answer({ failure }),
      })
      return
    }
    const pending = this.#pending.get(reply.id)!
    this.#pending.delete(reply.id)
    if ('value' in reply) pending.resolve(reply.value)
    else pending.reject(reply.failure)
  }

  #write(name: string, content: () => Uint8Array): void {
    if (this.#written.has(name)) return
    this.#written.add(name)
    writeFileSync(path.join(this.#folder, name), content())
  }

  #send(task: Omit<TaskMessage, 'id'>, pending: Pending): void {
    const id = this.#next++
    this.#pending.set(id, pending)
    this.#lanes[id % this.#lanes.length].postMessage({ id, ...task })
  }

  /** The value of one call, as the user gets it. */
  async submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Kept<R>> {
    return (await this.decode(this.submitEncoded(fn as AnyFunction, args))) as Kept<R>
  }

  /** The same as a lane gave it, to be handed to another task undecoded. */
  submitEncoded(fn: AnyFunction, args: readonly unknown[]): Promise<EncodedValue> {
    const [lifted, task] = taskOf(this.#lifter, fn, args)
    this.warnings.push(...lifted.warnings)
    return new Promise((resolve, reject) => {
      const pending = {
        resolve,
        reject: (failure: TaskFailure) => reject(errorOf(failure, this.#lifter)),
      }
      if (isMainThread) {
        for (const name of task.modules) this.#write(name, () => this.#lifter.moduleContent(name))
        this.#send(task, pending)
      } else {
        const nested = this.#next++
        this.#pending.set(nested, pending)
        const contents = task.modules.map((name) => [name, this.#lifter.moduleContent(name)])
        parentPort!.postMessage({ nested, task, contents })
      }
    })
  }

  async decode(value: Promise<EncodedValue>): Promise<unknown> {
    return decodeValue(await value, this.#lifter.decodeOptions())
  }

  map<A, R>(fn: (item: A) => R, items: Iterable<A>): Promise<Kept<R>[]> {
    return Promise.all(Array.from(items, (item) => this.submit(fn, item)))
  }

  /** What a lift says of a function, without running it. */
  lift(fn: AnyFunction, bound: readonly unknown[] = []): LiftedCallable {
    return this.#lifter.liftCallable(fn, bound)
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.terminate()))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  [toWorker](): null {
    return null
  }

  static [fromWorker](): Client {
    return Client.onLane!
  }
}

type Kept<R> = R extends Generator<infer Y> | AsyncGenerator<infer Y> ? Y[] : Awaited<R>
