// Large arguments of calls, each held on workers once by its content: as the result of a task in front of those that take it.
//
// A task's result survives the loss of its worker, since the scheduler has what it is made from; it is fetched by whoever
// needs it, like any dependency; and it is let go of when nobody does.

import { relative } from 'node:path'
import { heldArgument } from '../functions/heldArgument.ts'
import type { KernelNames } from '../functions/kernelNames.ts'
import { type Lifter, leftHere } from '../functions/lifter.ts'
import { readUnitTable } from '../functions/unitTable.ts'
import { encodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import { hash128 } from '../graph/hash128.ts'
import { DIGEST_BYTES, type Handle, hexOf } from '../protocol/ids.ts'
import type { TaskGroup, TaskOptions } from '../protocol/taskOptions.ts'
import { FINISHED, type FutureTable } from './futureTable.ts'
import type { GraphWriter } from './graphWriter.ts'

/** Arguments whose encoding is at least this large are held; `HEDDLE_LARGE_ARGUMENT_BYTES` says otherwise. */
const HELD_FROM_BYTES = 65_536
/** Arguments from this size on are named in a warning. */
const WARN_FROM_BYTES = 1e6
/** So long an argument stays on workers after the last call that was given it: the next one may be. */
const KEPT_MS = 5_000
const KEPT_MAX = 64
const KEPT_BYTES_MAX = 256e6
const NO_NAMES: readonly string[] = []

export interface HeldSurroundings {
  kernels: KernelNames
  lifter: Lifter
  table: FutureTable
  /** A graph whose own arguments stay in it. */
  newGraph(): GraphWriter
  release(handles: readonly Handle[]): void
  warn(text: string): void
}

/** The call that is given a large argument. */
interface HeldFor {
  group: TaskGroup
  /** Its place in the argument list, from 0. */
  place: number
  options: TaskOptions
}

/** How an argument is held. */
export type HeldValue = Pick<Held, 'handle' | 'loads' | 'modules'>

interface Held {
  handle: Handle
  bytes: number
  /** The graph that brings it; what another graph brings is only used once that one was sent. */
  graph: GraphWriter | undefined
  usedAtMs: number
  /** What a worker loads before it decodes it, and the worker modules that this needs. */
  loads: readonly string[]
  modules: readonly string[]
}

export class HeldArguments {
  readonly fromBytes = Number(process.env.HEDDLE_LARGE_ARGUMENT_BYTES) || HELD_FROM_BYTES
  readonly #around: HeldSurroundings
  /** By content, the one used last at the end. */
  readonly #held = new Map<string, Held>()
  readonly #warned = new Set<string>()
  #bytes = 0
  #sweeping: NodeJS.Timeout | undefined
  #isSoon = false

  constructor(around: HeldSurroundings) {
    this.#around = around
  }

  /** Whether one of them was named in a warning. */
  get hasWarned(): boolean {
    return this.#warned.size > 0
  }

  newGraph(): GraphWriter {
    return this.#around.newGraph()
  }

  /**
   * How an argument is held: what is there already stays, else `graph` gets a task that brings it.
   * @throws {CannotTravelError} when it cannot travel
   */
  hold(value: unknown, graph: GraphWriter, call: HeldFor): HeldValue {
    const { kernels, lifter, table, warn } = this.#around
    const { bytes } = encodeValue(value, {
      rootName: `arguments[${call.place}]`,
      kernels,
      lifter,
      onLeft: (field, why) => warn(leftHere('An argument', field, why)),
    })
    if (bytes.length >= WARN_FROM_BYTES) this.#warn(bytes.length, call)
    const content = contentOf(bytes)
    const known = this.#held.get(content)
    if (known && (known.graph === undefined || known.graph === graph) && isThere(table, known.handle)) {
      this.#held.delete(content)
      this.#held.set(content, known)
      known.usedAtMs = performance.now()
      return known
    }
    if (known) this.#drop(content, known)
    const { priority } = call.options
    const group = graph.groupOfCall({
      fn: heldArgument,
      bound: [],
      name: 'argument',
      kind: 'argument',
      options: priority === undefined ? {} : { priority },
      pure: true,
    })
    const task = graph.addTask(group, [bytes])
    const handle = table.allocate(1, 'argument')
    graph.want(task, handle)
    graph.digest()
    const names = readUnitTable(bytes)
    const held: Held = {
      handle,
      bytes: bytes.length,
      graph,
      usedAtMs: performance.now(),
      loads: names ? modulesOfValue(bytes) : NO_NAMES,
      modules: names ? lifter.modulesOf(names) : NO_NAMES,
    }
    this.#held.set(content, held)
    this.#bytes += bytes.length
    this.#sweepIn(this.#isFull() ? 0 : KEPT_MS)
    return held
  }

  /** The graph is on its way: what it brings can be used by all that come after it. */
  sent(graph: GraphWriter): void {
    for (const held of this.#held.values()) if (held.graph === graph) held.graph = undefined
  }

  #isFull(): boolean {
    return this.#held.size > KEPT_MAX || this.#bytes > KEPT_BYTES_MAX
  }

  /** Lets go of what was not used for a while, and of the longest unused where there is too much. */
  #sweep(): void {
    this.#sweeping = undefined
    const now = performance.now()
    for (const [content, held] of this.#held)
      if (now - held.usedAtMs >= KEPT_MS || this.#isFull()) this.#drop(content, held)
    if (this.#held.size > 0) this.#sweepIn(KEPT_MS)
  }

  /** Sooner than it was planned where there is too much; the calls of this turn are written first. */
  #sweepIn(ms: number): void {
    if (this.#sweeping && (ms > 0 || this.#isSoon)) return
    clearTimeout(this.#sweeping)
    this.#isSoon = ms === 0
    this.#sweeping = setTimeout(() => this.#sweep(), ms).unref()
  }

  #drop(content: string, held: Held): void {
    this.#held.delete(content)
    this.#bytes -= held.bytes
    // The graph that is being written may be among those that a release would close.
    setImmediate(() => this.#around.release([held.handle]))
  }

  #warn(bytes: number, { group, place }: HeldFor): void {
    const { file, line, column } = group
    const where = file === undefined ? '' : ` (${relative(process.cwd(), file)}:${line}:${column})`
    const call = `argument ${place + 1} of \`${group.name}\`${where}`
    if (this.#warned.has(call)) return
    this.#warned.add(call)
    this.#around.warn(
      `${call} is large, ${(bytes / 1e6).toFixed(1)} MB: it goes through the scheduler, once for equal ones. ` +
        'To bring it to workers directly, scatter it first and pass the future: await client.scatter(value).',
    )
  }
}

const isThere = (table: FutureTable, handle: Handle): boolean =>
  table.isHeld(handle) && table.status(handle) <= FINISHED

function contentOf(bytes: Uint8Array): string {
  const digest = new Uint8Array(DIGEST_BYTES)
  hash128(bytes, 0, bytes.length, 0, digest, 0)
  return hexOf(digest)
}
