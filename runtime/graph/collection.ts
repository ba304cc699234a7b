// What every lazy collection offers to whoever computes it, and how it finds somebody who does.

import type { SourcePlace } from '../protocol/failure.ts'
import type { TaskGraph } from './taskGraph.ts'

/** A lazy collection: it builds tasks, and puts their results together. It never computes by itself. */
export interface Collection<T = unknown> {
  /** What panels and messages call it, e.g. `bag`. */
  readonly collectionKind: string
  /** Adds its tasks, those it shares with others once. The references (`TaskRef`s, or futures once persisted) are its partitions. */
  buildTasks(graph: TaskGraph): readonly unknown[]
  /** Puts the results of those tasks, in the same order, together into the value that `compute()` gives. */
  assemble(results: readonly unknown[]): T
  /**
   * Tells the graph which nodes it is about to build, before any collection builds: what several share is then known
   * in time. `buildTogether` calls it.
   */
  announce?(graph: TaskGraph): void
  /** Learns what can only be learnt by waiting, e.g. what files a server has; awaited before `buildTasks`. */
  prepare?(): Promise<void>
  /** Takes back what its tasks left outside, e.g. files of a write that will not end; called when computing it failed. */
  abandon?(): Promise<void>
  /** Adds tasks, the last of which gives the assembled value: what a task gets that has the collection as an argument. */
  buildValue?(graph: TaskGraph): unknown
  /** The same collection standing on results that are already held: what `persist()` gives. */
  standingOn(references: readonly unknown[]): Collection<T>
}

/** Computes collections: the session implements it, collections reach it through `currentExecutor`. */
export interface Executor {
  compute(collections: readonly Collection[], call: ComputeCall): Promise<unknown[]>
  persist(collections: readonly Collection[], call: ComputeCall): Promise<Collection[]>
  /** What there is to compute on, where that is known. */
  info?(): Promise<{
    readonly workers: readonly { readonly threads: number; readonly memoryLimitBytes?: number }[]
  }>
}

/** Where and by which method the user's code asked. */
export interface ComputeCall {
  method: string
  place?: SourcePlace
}

/** Builds several collections into one graph, so that what they share is computed once: their partitions, each. */
export function buildTogether(graph: TaskGraph, collections: readonly Collection[]): (readonly unknown[])[] {
  for (const collection of collections) collection.announce?.(graph)
  return collections.map((collection) => collection.buildTasks(graph))
}

let provider: (() => Promise<Executor>) | undefined

/** Says who computes collections from now on; the session calls this when it is loaded. */
export function provideExecutor(provide: () => Promise<Executor>): void {
  provider = provide
}

/** @throws {Error} when nothing that computes was loaded */
export function currentExecutor(): Promise<Executor> {
  if (!provider) throw new Error("nothing here can compute: import 'heddle' itself, not one of its rooms")
  return provider()
}

/** Whether a value is a lazy collection. */
export function isCollection(value: unknown): value is Collection {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<Collection>).buildTasks === 'function' &&
    typeof (value as Partial<Collection>).assemble === 'function'
  )
}
