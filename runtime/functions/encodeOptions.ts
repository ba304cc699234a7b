// What encoding and decoding a value may be told.

import type { SourcePlace } from '../protocol/failure.ts'
import type { ImportFound } from './importSearch.ts'
import type { KernelNames } from './kernelNames.ts'
import type { ImportName, UnitName, UnitTable } from './unitTable.ts'

/** What the sender knows of a function or class of the user's. */
export interface LiftedUnit extends UnitName {
  /** Names of the captured variables, in the order of the capture list. */
  captureNames: readonly string[]
  /** What panels call it. */
  label: string
  place: SourcePlace
  /** True when its own properties come with its code, e.g. a namespace merged with a function. */
  ownsKeys: boolean
  /** What it reaches of declarations that workers make for themselves, and that may have been changed here. */
  states: readonly StateName[]
}

/**
 * What of a declaration's state goes along: all that was changed since it was made, or since its module was evaluated, which workers
 * do again; weak collections go along always.
 */
export type ChangedSince = 'declaration' | 'evaluation' | 'never'

/** A class, by the number of its unit, or a variable with a namespace or a weak collection. */
export interface StateName {
  /** `file@hash` of the module. */
  module: string
  unit?: number
  variable?: string
  since: ChangedSince
}

/** Finds the worker module of a function: the sender's Lifter. */
export interface UnitLifter {
  /** @throws {CannotTravelError} when the function cannot be separated from its surroundings */
  unitOf(module: string, unit: number): LiftedUnit
  /** The absolute URL of an imported package, as workers on this machine find it. */
  importUrl(found: ImportFound): string
  /** Encodes a large capture by itself: gives its name among the worker modules, and 16 bytes of what it means. */
  outside(value: object, variable: string): { name: string; digest: Uint8Array }
  /** The worker modules that what a table names needs, those that they need included. */
  modulesOf(table: UnitTable): readonly string[]
}

export interface EncodeOptions {
  /** What refusals call the value itself, e.g. `result`. */
  rootName?: string
  /** Stands before every refusal, e.g. ``The task `f` (a.ts:3:1) captures something that cannot travel: ``. */
  context?: string | (() => string)
  /** Where the user's code asked, for refusals. */
  place?: () => SourcePlace | undefined
  lifter?: UnitLifter
  /** Names of what a function captured, for refusals of one that no lifter sends. */
  captureNames?: (module: string, unit: number) => readonly string[] | undefined
  kernels?: KernelNames
  /** ≥ 0: write a reference to dependency #n instead of this object; −1: not a reference. Not asked for plain lists and objects. */
  reference?: (value: object) => number
  /** Typed arrays at least this large go to `buffers`; without it none do. */
  shareFromBytes?: number
  /** A typed array over the whole of a buffer gives that buffer itself: for who sends the value on before anything else can write to it. */
  borrow?: boolean
  /** Where shared memory comes from; `new SharedArrayBuffer` by default. */
  allocate?: (byteLength: number) => SharedArrayBuffer
  /** Captured objects whose encoding is at least this large travel as data of their own; without it none do. */
  outsideFromBytes?: number
  /** Told of a field of a class that stays here, and why: workers begin with what the class's text says. */
  onLeft?: (field: string, why: string) => void
  /** Told of every captured variable with the bytes that it took. */
  onCapture?: (name: string, bytes: number) => void
}

/** A function as a worker module gives it. */
export type LoadedUnit =
  | { kind: 'value'; value: unknown }
  /** Makes the function; returns it with a function that sets the captures that come later. */
  | { kind: 'factory'; make: UnitFactory; eager: number }

export type UnitFactory = (eager: unknown[]) => [made: unknown, setLate: ((late: unknown[]) => void) | null]

/** Worker modules that were loaded before decoding, which itself never waits. */
export interface LoadedModules {
  unit(name: UnitName): LoadedUnit
  imported(from: ImportName, path: readonly string[]): unknown
  /** The encoding of a large capture. */
  outside(name: string): Uint8Array
}

export interface DecodeOptions {
  /** What stands for dependency #n. */
  reference?: (index: number) => unknown
  modules?: LoadedModules
  kernels?: KernelNames
  /** Freezes decoded plain lists and objects, so that writing to an argument by mistake is an error instead of a loss. */
  freeze?: boolean
}
