// One `graph` message under construction: tasks go straight into its columns, no object is made for a task.
//
// Digests are computed in a pass of their own when the message is finished (or earlier, when a key is asked for), since
// they need the encoded arguments and the digests of the dependencies, which stand before.

import { ArgumentWriter, type HeldPlace } from '../functions/argumentList.ts'
import type { KernelNames } from '../functions/kernelNames.ts'
import { type LiftedCallable, type Lifter, leftHere } from '../functions/lifter.ts'
import { GrowingBytes, GrowingU32 } from '../graph/growing.ts'
import { seedOf } from '../graph/hash128.ts'
import type { ReferenceArgs } from '../graph/referenceArgs.ts'
import { type GraphGroup, PartRef, type TaskFunction, TaskRef } from '../graph/taskGraph.ts'
import { DIGEST_BYTES, type Handle } from '../protocol/ids.ts'
import type { GraphMessage } from '../protocol/messages.ts'
import type { TaskGroup, TaskOptions } from '../protocol/taskOptions.ts'
import { UsageError } from './errors.ts'
import { Future, type FutureHolder, handleOf, holderOf } from './future.ts'
import { ERRED, type FutureTable } from './futureTable.ts'
import { type DigestedColumns, type DigestedGroup, digestTasks } from './graphDigests.ts'
import type { HeldArguments } from './heldArguments.ts'
import { WantedTasks } from './wantedTasks.ts'

/** What every graph of one client is written with. */
export interface GraphSurroundings {
  lifter: Lifter
  kernels: KernelNames
  table: FutureTable
  holder: FutureHolder
  /** Hears what the user should know of a function that is sent. */
  warn(text: string): void
  /** Called before keys of other graphs are read: one that is still open has none before it is closed. */
  sealOthers?(): void
  /** Has large arguments held on workers as results of their own; without it they stay in the graph. */
  large?: HeldArguments
}

/** In place of a part: all of a value. */
const WHOLE = -1
/** A dependency and which part of it, as one number. */
const nameOf = (bits: number, part: number): number => bits + (part + 1) * 2 ** 32

/** Among fewer dependencies of a task, looking through all is faster than a map. */
const DEPENDENCIES_SOUGHT_MAX = 24

interface WriterGroup extends DigestedGroup {
  callable: number
  option: number
  /** What was asked for. */
  call: GraphGroup
}

export class GraphWriter {
  #serial: number
  readonly #modules = new Set<string>()
  readonly #around: GraphSurroundings
  readonly #groups: TaskGroup[] = []
  readonly #writerGroups: WriterGroup[] = []
  /** Groups of `submit` by function, so that a loop of calls makes one. */
  readonly #groupNumbers = new Map<TaskFunction, number[]>()
  /** Its one group is the last graph's, which the next call may belong to as well: a loop of calls, one a turn. */
  #isGroupKept = false
  readonly #callables = new GrowingBytes()
  readonly #callableBytes = new GrowingBytes()
  readonly #callableOffsets = new GrowingU32(16)
  readonly #callableModules: string[][] = []
  readonly #callableNumbers = new Map<string, number>()
  readonly #options: TaskOptions[] = []
  readonly #optionNumbers = new Map<string, number>()
  readonly #group = new GrowingU32()
  readonly #args: ArgumentWriter
  readonly #argOffsets = new GrowingU32()
  readonly #dependencyOffsets = new GrowingU32()
  readonly #dependencies = new GrowingU32()
  /** Beside each of them the part that is taken; as long as the last that is one. */
  readonly #parts = new GrowingU32(0)
  readonly #externals = new GrowingBytes(64)
  readonly #externalNumbers = new Map<Handle, number>()
  readonly #wanted = new GrowingU32()
  readonly #handles = new GrowingU32()
  readonly #wantedTasks = new WantedTasks()
  readonly #customKeys = new Map<number, string>()
  #argBytes: Uint8Array | undefined
  readonly #digests = new GrowingBytes()
  #digested = 0
  /** Where the dependencies of the task being written start. */
  #ownFrom = 0
  /** Their places, for a task with many. */
  readonly #ownPlaces = new Map<number, number>()
  /** The group of the task being written. */
  #ownGroup = 0
  /** The graph of the large arguments, which is sent in front of this one. */
  #held: GraphWriter | undefined
  /** What is known of tasks, which the next graph has none of. */
  readonly #taskColumns = [
    this.#group,
    this.#argOffsets,
    this.#dependencyOffsets,
    this.#dependencies,
    this.#parts,
    this.#externals,
    this.#wanted,
    this.#handles,
    this.#digests,
  ]
  readonly #taskNames = [this.#externalNumbers, this.#customKeys]

  constructor(serial: number, around: GraphSurroundings) {
    this.#serial = serial
    this.#around = around
    this.#callableOffsets.push(0)
    this.#argOffsets.push(0)
    this.#dependencyOffsets.push(0)
    const { large } = around
    this.#args = new ArgumentWriter(
      {
        lifter: around.lifter,
        kernels: around.kernels,
        onLeft: (field, why) => around.warn(leftHere('An argument', field, why)),
        reference: (value) => this.#refer(value),
      },
      large && { fromBytes: large.fromBytes, hold: (value, place) => this.#hold(large, value, place) },
    )
  }

  /** The client's number for this graph. */
  get serial(): number {
    return this.#serial
  }

  /** Forgets everything, for another graph; nothing of the last one's message may be in use any more. */
  begin(serial: number): void {
    this.#serial = serial
    if (this.#groups.length === 1) this.#isGroupKept = true
    else this.#forgetGroups()
    for (const column of this.#taskColumns) column.length = 0
    for (const names of this.#taskNames) if (names.size > 0) names.clear()
    this.#held = undefined
    this.#wantedTasks.clear()
    this.#args.clear()
    this.#argBytes = undefined
    this.#digested = 0
    this.#argOffsets.push(0)
    this.#dependencyOffsets.push(0)
  }

  #forgetGroups(): void {
    this.#isGroupKept = false
    for (const list of [this.#groups, this.#writerGroups, this.#callableModules, this.#options])
      list.length = 0
    for (const column of [this.#callables, this.#callableBytes, this.#callableOffsets]) column.length = 0
    for (const names of [this.#groupNumbers, this.#callableNumbers, this.#optionNumbers, this.#modules])
      names.clear()
    this.#callableOffsets.push(0)
  }

  /** Bytes of all arguments so far. */
  get argBytes(): number {
    return this.#args.length
  }

  /** Worker modules that the graph's functions, and those among the arguments, need. */
  get modules(): ReadonlySet<string> {
    return this.#args.modules.size === 0 ? this.#modules : this.#modules.union(this.#args.modules)
  }

  /** How many tasks were written. */
  get size(): number {
    return this.#group.length
  }

  /**
   * Declares a function that tasks share.
   * @throws {CannotTravelError} when the function or what it captured cannot travel
   */
  addGroup(group: GraphGroup): number {
    if (this.#isGroupKept) this.#forgetGroups()
    return this.#addGroup(group, this.#around.lifter.liftCallable(group.fn, group.bound))
  }

  #addGroup(group: GraphGroup, lifted: LiftedCallable): number {
    const { options, pure, name, kind, file, line, column, parts } = group
    let callable = this.#callableNumbers.get(lifted.id)
    if (callable === undefined) {
      callable = this.#callableModules.push(lifted.modules) - 1
      this.#callableNumbers.set(lifted.id, callable)
      this.#callables.push(lifted.digest)
      this.#callableBytes.push(lifted.bytes)
      this.#callableOffsets.push(this.#callableBytes.length)
      for (const module of lifted.modules) this.#modules.add(module)
      for (const warning of lifted.warnings) this.#around.warn(warning)
    }
    this.#groups.push({
      name,
      ...(kind !== undefined && { kind }),
      ...(file !== undefined && { file, line, column }),
      ...(parts !== undefined && { parts }),
    })
    const seed = seedOf(lifted.digest)
    const option = this.#optionOf(options)
    return this.#writerGroups.push({ seed, callable, option, pure, call: group }) - 1
  }

  /** The same, for one call among many: calls of one function, at one place and with the same options, share a group. */
  groupOfCall(call: GraphGroup): number {
    // What a function captured may have changed since the last call, so that its callable must be the same too.
    const lifted = this.#around.lifter.liftCallable(call.fn, call.bound)
    const callable = this.#callableNumbers.get(lifted.id)
    if (callable !== undefined)
      for (const number of this.#groupNumbers.get(call.fn) ?? NO_NUMBERS) {
        const group = this.#writerGroups[number]
        if (group.callable !== callable || !isSameCall(group.call, call)) continue
        this.#isGroupKept = false
        return number
      }
    if (this.#isGroupKept) this.#forgetGroups()
    const number = this.#addGroup(call, lifted)
    const known = this.#groupNumbers.get(call.fn)
    if (known) known.push(number)
    else this.#groupNumbers.set(call.fn, [number])
    return number
  }

  #optionOf(options: TaskOptions): number {
    const key = optionKey(options)
    let number = this.#optionNumbers.get(key)
    if (number === undefined) {
      number = this.#options.push(options) - 1
      this.#optionNumbers.set(key, number)
    }
    return number
  }

  /**
   * Writes a task; its arguments may hold references to earlier tasks, and futures.
   * @throws {CannotTravelError} when an argument cannot travel; the task is then not part of the graph
   */
  addTask(group: number, args: readonly unknown[]): number {
    this.#ownFrom = this.#dependencies.length
    this.#ownGroup = group
    try {
      this.#args.write(args, !HOLDING.has(this.#groups[group].kind))
    } catch (error) {
      this.#dependencies.length = this.#ownFrom
      this.#parts.length = Math.min(this.#parts.length, this.#ownFrom)
      throw error
    }
    this.#ended(group)
    return this.#group.length - 1
  }

  /** Writes a task whose only argument is a number. */
  addNumbered(group: number, value: number): void {
    this.#args.writeNumber(value)
    this.#ended(group)
  }

  /** Writes a task that takes the results of earlier ones, each once, behind a number where `run` has them. */
  addReferences(group: number, run: ReferenceArgs, task: number): void {
    const { column } = run
    const from = run.from(task)
    const end = run.from(task + 1)
    this.#args.writeReferences(run.head(task), end - from)
    for (let i = from; i < end; i++) this.#dependencies.push(column[i])
    this.#ended(group)
  }

  /** Closes the columns behind a task. */
  #ended(group: number): void {
    this.#argOffsets.push(this.#args.length)
    this.#dependencyOffsets.push(this.#dependencies.length)
    this.#group.push(group)
  }

  /** The key that a user chose for a task. */
  setCustomKey(task: number, name: string): void {
    this.#customKeys.set(task, name)
  }

  /** Asks for the results of `count` tasks from `task` on, under the handles from `handle` on. */
  want(task: number, handle: Handle, count = 1): void {
    this.#wanted.pushRange(task, count)
    this.#handles.pushRange(handle, count)
    this.#wantedTasks.add(handle, task, count)
  }

  /** Where an object in an argument stands in the dependencies of the task being written; −1 when it is plain data. */
  #refer(value: object): number {
    let dependency: number
    if (value instanceof PartRef) return this.#placeOf(value.index, value.part)
    if (value instanceof TaskRef) dependency = value.index
    else if (value instanceof Future) dependency = this.#dependencyOf(value)
    else return -1
    return this.#placeOf(dependency)
  }

  /** Has a large argument of the task being written held on its own. */
  #hold(large: HeldArguments, value: unknown, place: number): HeldPlace {
    this.#held ??= large.newGraph()
    const group = this.#groups[this.#ownGroup]
    const options = this.#options[this.#writerGroups[this.#ownGroup].option]
    const { handle, loads, modules } = large.hold(value, this.#held, { group, place, options })
    this.#around.table.ask([handle])
    return { dependency: this.#placeOf(this.#externalOf(handle)), loads, modules }
  }

  /** The graph of the large arguments of this one's tasks, once; nothing where others bring them all. */
  takeHeld(): GraphWriter | undefined {
    const held = this.#held
    this.#held = undefined
    return held && held.size > 0 ? held : undefined
  }

  #placeOf(dependency: number, part = WHOLE): number {
    const own = this.#dependencies
    const bits = dependency >>> 0
    const count = own.length - this.#ownFrom
    if (count < DEPENDENCIES_SOUGHT_MAX) {
      for (let i = 0; i < count; i++)
        if (own.at(this.#ownFrom + i) === bits && this.#partAt(this.#ownFrom + i) === part) return i
    } else {
      // A task may stand on a hundred thousand others: looking through them for each would take minutes.
      if (count === DEPENDENCIES_SOUGHT_MAX) {
        this.#ownPlaces.clear()
        for (let i = 0; i < count; i++) {
          const at = this.#ownFrom + i
          this.#ownPlaces.set(nameOf(own.at(at), this.#partAt(at)), i)
        }
      }
      const name = nameOf(bits, part)
      const place = this.#ownPlaces.get(name)
      if (place !== undefined) return place
      this.#ownPlaces.set(name, count)
    }
    if (part !== WHOLE) {
      while (this.#parts.length < own.length) this.#parts.push(WHOLE)
      this.#parts.push(part)
    }
    own.push(dependency)
    return count
  }

  #partAt(edge: number): number {
    return edge < this.#parts.length ? this.#parts.at(edge) | 0 : WHOLE
  }

  /** The part that each dependency takes; nothing where all take whole values. */
  #partColumn(): { dependencyParts?: Int32Array } {
    if (this.#parts.length === 0) return {}
    while (this.#parts.length < this.#dependencies.length) this.#parts.push(WHOLE)
    return { dependencyParts: this.#parts.signedView() }
  }

  #dependencyOf(future: Future): number {
    const handle = handleOf(future)
    const { table, holder } = this.#around
    if (holderOf(future) !== holder)
      throw new UsageError(`${future.key} belongs to another client: pass its result, or use that client`)
    if (!table.isHeld(handle))
      throw new UsageError(`${future.key} was released: it cannot be an argument any more`)
    if (table.status(handle) > ERRED)
      throw new UsageError(`${future.key} is ${future.status}: it cannot be an argument any more`)
    // A failure is told by what stands on it.
    table.ask([handle])
    const task = this.#wantedTasks.taskOf(handle)
    if (task !== undefined) return task
    if (!this.#externalNumbers.has(handle)) this.#around.sealOthers?.()
    return this.#externalOf(handle)
  }

  /** A handle of another graph as dependencies name it. */
  #externalOf(handle: Handle): number {
    let external = this.#externalNumbers.get(handle)
    if (external === undefined) {
      external = this.#externalNumbers.size
      this.#externals.push(this.#around.table.digest(handle))
      this.#externalNumbers.set(handle, external)
    }
    return -1 - external
  }

  /** Computes the digests of all tasks written so far and puts those of wanted ones into the table. */
  digest(): void {
    const count = this.size
    if (this.#digested === count) return
    const args = this.#args.view()
    this.#argBytes = args
    const columns: DigestedColumns = {
      group: this.#group,
      args,
      argOffsets: this.#argOffsets,
      dependencyOffsets: this.#dependencyOffsets,
      dependencies: this.#dependencies,
      parts: this.#parts,
      externals: this.#externals.view(),
      customKeys: this.#customKeys,
    }
    digestTasks(columns, this.#writerGroups, this.#digests, this.#digested, count)
    const digests = this.#digests.buffer
    this.#digested = count
    const { table } = this.#around
    this.#wantedTasks.takeFresh((handle, task, wanted) => {
      if (wanted === 1) table.setDigest(handle, digests, task * DIGEST_BYTES)
      else table.setDigests(handle, digests, task * DIGEST_BYTES, wanted)
    })
  }

  /** What each callable needs: functions among the arguments may be called by any of them. */
  #withArgumentModules(): string[][] {
    const { modules } = this.#args
    if (modules.size === 0) return this.#callableModules
    return this.#callableModules.map((own) => [...new Set([...own, ...modules])])
  }

  /** The message. Nothing can be written afterwards. */
  finish(): GraphMessage {
    this.digest()
    const groups = this.#group.view()
    const callable = new Uint32Array(groups.length)
    for (let i = 0; i < groups.length; i++) callable[i] = this.#writerGroups[groups[i]].callable
    let option = NO_OPTIONS
    if (this.#options.length > 1)
      option = Uint16Array.from(groups, (group) => this.#writerGroups[group].option)
    return {
      type: 'graph',
      graph: this.#serial,
      groups: this.#groups,
      callables: this.#callables.view(),
      callableBytes: this.#callableBytes.view(),
      callableOffsets: this.#callableOffsets.view(),
      callableModules: this.#withArgumentModules(),
      digests: this.#digests.view(),
      group: groups,
      callable,
      args: this.#argBytes ?? new Uint8Array(0),
      argOffsets: this.#argOffsets.view(),
      dependencyOffsets: this.#dependencyOffsets.view(),
      dependencies: this.#dependencies.signedView(),
      ...this.#partColumn(),
      externals: this.#externals.view(),
      wanted: this.#wanted.view(),
      handles: this.#handles.view(),
      options: this.#options,
      option,
      customKeyTasks: this.#customKeys.size === 0 ? NO_TASKS : Uint32Array.from(this.#customKeys.keys()),
      customKeyNames: [...this.#customKeys.values()],
    }
  }
}

/** Kinds of calls whose large arguments are held: those of collections are partitions, each of which one task takes. */
const HOLDING: ReadonlySet<string | undefined> = new Set(['submit', 'map', 'delayed'])
const NO_OPTIONS = new Uint16Array(0)
const NO_TASKS = new Uint32Array(0)
const NO_NUMBERS: readonly number[] = []

/** Whether calls of one function are shown and run alike. */
const isSameCall = (a: GraphGroup, b: GraphGroup): boolean =>
  a.line === b.line &&
  a.column === b.column &&
  a.file === b.file &&
  a.name === b.name &&
  a.kind === b.kind &&
  a.pure === b.pure &&
  (a.options === b.options || optionKey(a.options) === optionKey(b.options))

const optionKey = (options: TaskOptions): string => {
  for (const _ in options) return JSON.stringify(options)
  return ''
}
