// The types of delayed values: what a value of type T looks like before there is one.

import type { Collection } from '../../graph/collection.ts'
import type { TaskOptions } from '../../protocol/taskOptions.ts'

/** A value of type `T` to come: computed when asked for, its properties, items and methods delayed like itself. */
export type Delayed<T> = DelayedValue<T> & DelayedMembers<T>

/** What every delayed value has. A property of the value with one of these names is had by `delayed.get`. */
export interface DelayedValue<out T> extends Collection<T> {
  /** Computes the value on the cluster that is there; without one, a local cluster is started. */
  compute(): Promise<T>
  /** Computes the value and keeps it on the cluster. */
  persist(): Promise<this>
  /** Draws the tasks into an SVG file, or gives the drawing where no path is given. */
  visualize(path?: string): Promise<string>
}

type DelayedMembers<T> = 0 extends 1 & T
  ? { readonly [name: string]: DelayedAny }
  : {
      readonly [K in Exclude<keyof T, keyof DelayedValue<T> | symbol>]: DelayedMember<T[K]>
    } & DelayedItems<T>

type DelayedItems<T> = T extends readonly unknown[]
  ? { [Symbol.iterator](): Iterator<Delayed<T[number]>> }
  : unknown

/** Declared as a method, so that a delayed list of numbers is also one of unknown items, as lists themselves are. */
interface DelayedMethod<A extends readonly unknown[], R> {
  call(...args: LazyArguments<A>): Delayed<Awaited<R>>
}

type DelayedMember<M> = M extends (...args: infer A) => infer R ? DelayedMethod<A, R>['call'] : Delayed<M>

/** Of a value of type `any`, anything may be asked. */
type DelayedAny = DelayedValue<unknown> & DelayedAnyMembers
interface DelayedAnyMembers {
  (...args: unknown[]): DelayedAny
  readonly [name: string]: DelayedAny
}

/** A value, or anything that stands for one in a delayed call, at any depth of plain lists, objects, maps and sets. */
export type Lazy<T> =
  | T
  | Collection<T>
  | (T extends
      | string
      | number
      | bigint
      | boolean
      | symbol
      | null
      | undefined
      | ((...args: never[]) => unknown)
      | Date
      | ArrayBufferView
      ? never
      : T extends readonly unknown[]
        ? { readonly [K in keyof T]: Lazy<T[K]> }
        : T extends object
          ? { readonly [K in keyof T]: Lazy<T[K]> }
          : never)

export type LazyArguments<A extends readonly unknown[]> = { [K in keyof A]: Lazy<A[K]> }

/** What may be said of a delayed function. */
export interface DelayedOptions extends TaskOptions {
  /** What panels call its tasks; the function's own name by default. */
  name?: string
  /**
   * Whether the same arguments always give the same result, which is then computed once. By default false where the
   * function's own text uses a clock, chance, the network or files.
   */
  pure?: boolean
}

/** A function whose calls are delayed. */
export type DelayedFunction<A extends unknown[], R> = (...args: LazyArguments<A>) => Delayed<Awaited<R>>

/** A function with several results, each delayed by itself. */
export type DelayedSplit<A extends unknown[], R> = (
  ...args: LazyArguments<A>
) => Awaited<R> extends infer T extends readonly unknown[] ? DelayedResults<T> : Delayed<unknown>[]

type DelayedResults<T extends readonly unknown[]> = { -readonly [K in keyof T]: Delayed<T[K]> }

/** The type of the value that a delayed value stands for. */
export type ValueOf<D> = D extends DelayedValue<infer T> ? T : never
