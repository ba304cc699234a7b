// A task graph under construction: what collections build and what a session encodes for the scheduler.
//
// Tasks are rows: a group (the function they share), their own arguments, and an index that others refer to. A task
// may refer only to tasks added before it, so a graph is in topological order by construction and cannot hold a cycle.

import type { TaskGroup, TaskOptions } from '../protocol/taskOptions.ts'
import { ReferenceArgs } from './referenceArgs.ts'

// biome-ignore lint/complexity/noBannedTypes: a task may be every kind of function.
export type TaskFunction = Function

/** Stands in an argument, at any depth of plain lists and objects, for the result of another task of the same graph. */
export class TaskRef {
  readonly graph: TaskGraph
  readonly index: number
  constructor(graph: TaskGraph, index: number) {
    this.graph = graph
    this.index = index
  }
}

/** Stands for one part of the result of a task that gives `Parts`: whoever takes it gets nothing of the others. */
export class PartRef extends TaskRef {
  /** The whole, which nothing but its parts can be taken of. */
  readonly task: TaskRef
  readonly part: number
  constructor(task: TaskRef, part: number) {
    super(task.graph, task.index)
    this.task = task
    this.part = part
  }
}

/** Tasks that share a function and its leading arguments: those travel once, not with every task. */
export interface GraphGroup extends TaskGroup {
  fn: TaskFunction
  bound: readonly unknown[]
  options: TaskOptions
  /** False where the same arguments may give another result: keys are then random and nothing is shared. */
  pure: boolean
}

export interface GroupRequest extends Omit<TaskGroup, 'name'> {
  /** Shown to people; the function's own name when absent. */
  name?: string
  fn: TaskFunction
  bound?: readonly unknown[]
  options?: TaskOptions
  pure?: boolean
}

/** Stands for the arguments of many tasks: each has its own number, counted from where their run begins. */
export class NumberedArgs {
  readonly first: number
  constructor(first: number) {
    this.first = first
  }
}

export type TaskArgs = readonly unknown[] | NumberedArgs | ReferenceArgs

/** Among more references than these, an argument list is kept as it came. */
const REFERENCES_MAX = 16

export class TaskGraph {
  readonly groups: GraphGroup[] = []
  /** Per task: index into `groups`. */
  readonly group: number[] = []
  /** Per task: its own arguments, after the group's bound ones; `argsOf` spells them out. */
  readonly args: TaskArgs[] = []
  /** Keys that the user chose, by task. */
  readonly customKeys = new Map<number, string>()
  readonly #built = new Map<unknown, readonly unknown[]>()
  readonly #wanted = new Map<object, (object | undefined)[]>()

  get size(): number {
    return this.group.length
  }

  /** Declares a function that tasks share; returns the group's number. */
  addGroup(request: GroupRequest): number {
    const { name, fn, bound = [], options = {}, pure = true, ...rest } = request
    this.groups.push({ ...rest, name: name ?? (fn.name || 'task'), fn, bound, options, pure })
    return this.groups.length - 1
  }

  /** Adds a task of `group`. `args` may hold `TaskRef`s of this graph, futures, and anything that travels. */
  addTask(group: number, args: readonly unknown[], customKey?: string): TaskRef {
    if (!this.groups[group]) throw new RangeError(`the graph has no group ${group}`)
    const index = this.group.push(group) - 1
    if (this.#areReferences(args)) this.#pushReferences(args)
    else this.args.push(args)
    if (customKey !== undefined) this.customKeys.set(index, customKey)
    return new TaskRef(this, index)
  }

  /**
   * Adds `count` tasks, each with its number among them as its only argument: no object is made for one.
   * @returns the index of the first
   */
  addNumbered(group: number, count: number): number {
    if (!this.groups[group]) throw new RangeError(`the graph has no group ${group}`)
    const first = this.group.length
    const args = new NumberedArgs(first)
    for (let i = 0; i < count; i++) {
      this.group.push(group)
      this.args.push(args)
    }
    return first
  }

  /** Adds a task that takes the results of others, named by index, behind a number where one is given; gives its index. */
  addReferences(group: number, tasks: readonly number[], head?: number): number {
    if (!this.groups[group]) throw new RangeError(`the graph has no group ${group}`)
    const index = this.group.push(group) - 1
    const run = this.#referenceRun(head !== undefined)
    for (let i = 0; i < tasks.length; i++) run.push(tasks[i])
    run.close(head)
    return index
  }

  /** Whether arguments are few references to different tasks of this graph, behind one number at most. */
  #areReferences(args: readonly unknown[]): boolean {
    const { length } = args
    const from = typeof args[0] === 'number' ? 1 : 0
    if (length === from || length > REFERENCES_MAX) return false
    for (let i = from; i < length; i++) {
      const reference = args[i]
      if (!(reference instanceof TaskRef) || reference.graph !== this || reference instanceof PartRef)
        return false
      for (let j = from; j < i; j++) if ((args[j] as TaskRef).index === reference.index) return false
    }
    return true
  }

  #pushReferences(args: readonly unknown[]): void {
    const head = typeof args[0] === 'number' ? args[0] : undefined
    const run = this.#referenceRun(head !== undefined)
    for (let i = head === undefined ? 0 : 1; i < args.length; i++) run.push((args[i] as TaskRef).index)
    run.close(head)
  }

  /** The run that the task added last belongs to. */
  #referenceRun(headed: boolean): ReferenceArgs {
    const index = this.args.length
    const last = this.args[index - 1]
    const goesOn = last instanceof ReferenceArgs && last.headed === headed
    const run = goesOn ? last : new ReferenceArgs(index, headed)
    this.args.push(run)
    return run
  }

  /** The arguments of a task as a list. */
  argsOf(task: number): readonly unknown[] {
    const args = this.args[task]
    if (args instanceof NumberedArgs) return [task - args.first]
    if (!(args instanceof ReferenceArgs)) return args
    const references = Array.from(args.tasks(task), (index) => new TaskRef(this, index))
    return args.headed ? [args.head(task), ...references] : references
  }

  /**
   * One part of a task's result, to stand in arguments.
   * @throws {TypeError} when it is not a task of this graph whose group says that it gives parts
   */
  partOf(task: unknown, part: number): PartRef {
    const isOwn = task instanceof TaskRef && task.graph === this && !(task instanceof PartRef)
    const { name, parts = 0 } = isOwn ? this.groups[this.group[task.index]] : { name: 'this' }
    if (!isOwn || !(part >= 0 && part < parts))
      throw new TypeError(`part ${part} of ${name} does not exist: its tasks give ${parts || 'no'} parts`)
    return new PartRef(task, part)
  }

  /** Builds the tasks of `node` once, however many collections share it. */
  once<R>(node: object, build: () => readonly R[]): readonly R[] {
    let tasks = this.#built.get(node) as readonly R[] | undefined
    if (!tasks) {
      tasks = build()
      this.#built.set(node, tasks)
    }
    return tasks
  }

  /** What `once` built for a node, if it did. */
  built(node: object): readonly unknown[] | undefined {
    return this.#built.get(node)
  }

  /** Notes that another node of this graph, or a collection itself, needs `node`; gives how many do now. */
  want(node: object, by?: object): number {
    const consumers = this.#wanted.get(node)
    if (consumers) return consumers.push(by)
    this.#wanted.set(node, [by])
    return 1
  }

  /** How many need `node`: what several need is computed once rather than as a part of each. */
  wanted(node: object): number {
    return this.#wanted.get(node)?.length ?? 0
  }

  /** Which nodes need `node`; `undefined` stands for a collection that is asked for itself. */
  consumers(node: object): readonly (object | undefined)[] {
    return this.#wanted.get(node) ?? []
  }
}
