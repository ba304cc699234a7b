// The worker's side, one a thread: makes functions from what a Lifter gave.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { DecodeOptions, EncodeOptions, LiftedUnit } from './encodeOptions.ts'
import { type KernelNames, NO_KERNELS } from './kernelNames.ts'
import type { Lifter } from './lifter.ts'
import { liftHook } from './liftHook.ts'
import { type ModuleSource, useCarried } from './memoryModules.ts'
import type { Carried } from './packages/carried.ts'
import { type FileNote, isFileNote } from './packages/fileNote.ts'
import { isPackageNote, type PackageNote } from './packages/packageNote.ts'
import { runSetup } from './perWorker.ts'
import { isSourceRecord, type SourceRecord } from './sourceRecord.ts'
import { type GivenStates, giveStates } from './stateCodec.ts'
import { UnitLoader } from './unitLoader.ts'
import { readUnitTable } from './unitTable.ts'
import { ValueDecoder } from './valueDecoder.ts'
import { TAG } from './valueTags.ts'

export interface CallableLoaderOptions {
  /** Where the worker writes modules under their names. */
  moduleFolder: string
  kernels?: KernelNames
  /** Packages and files that the sender has and this machine may not. */
  carried?: Carried
  /** Freezes plain arguments, so that writing to one by mistake is an error instead of a loss. */
  freeze?: boolean
}

type LifterModule = typeof import('./lifter.ts')

export class CallableLoader {
  readonly #folder: string
  readonly #kernels: KernelNames
  readonly #carried: Carried | undefined
  readonly #loader: UnitLoader
  readonly #options: DecodeOptions
  /** For what user functions are given. */
  readonly #frozen: DecodeOptions
  readonly #usersOwn = new WeakSet<object>()
  readonly #forgetful = new WeakSet<object>()
  readonly #records = new Map<string, SourceRecord>()
  /** Modules that were found in the folder: they stay there. */
  readonly #present = new Set<string>()
  readonly #namesRead = new Set<string>()
  readonly #lifters = new Map<string, Lifter>()
  #lifterModule: LifterModule | undefined

  constructor({ moduleFolder, kernels = NO_KERNELS, carried, freeze = false }: CallableLoaderOptions) {
    this.#carried = carried
    if (carried) useCarried(carried)
    liftHook.worker = true
    liftHook.records = () => {
      this.#readRecords()
      return this.#records
    }
    this.#folder = moduleFolder
    this.#kernels = kernels
    this.#loader = new UnitLoader({
      source: (name) => this.#source(name),
      lift: (module, unit) => this.#lift(module, unit),
      equivalent: (semantic) => this.#equivalent(semantic),
      packageUrl: (specifier) => this.#packageUrl(specifier),
    })
    this.#options = { kernels, modules: this.#loader }
    this.#frozen = freeze ? { ...this.#options, freeze } : this.#options
  }

  /** How values are decoded in this thread, once `loadModules` has loaded what they need. */
  decodeOptions(): DecodeOptions {
    return this.#options
  }

  /** The same for the arguments of a function that `load` gave: the user's own gets them frozen, where that was asked for. */
  argumentOptions(fn: object): DecodeOptions {
    return this.#usersOwn.has(fn) ? this.#frozen : this.#options
  }

  /** Whether nothing looks at what a function that `load` gave was called with, or returned, once it has returned. */
  keepsNothing(fn: object): boolean {
    return this.#forgetful.has(fn)
  }

  /**
   * Makes the function that a Lifter encoded, its bound arguments in front.
   * Set-up that the sender asked for with `onWorker` runs before, once a thread.
   */
  async load(bytes: Uint8Array): Promise<(...args: unknown[]) => unknown> {
    const table = readUnitTable(bytes)
    if (table) {
      await this.loadModules(table.units.map((unit) => unit.workerModule))
      await this.#loader.loadPackages(table.imports)
    }
    // Kernels change what they are given: it is theirs alone.
    const usersOwn = bytes[1] !== TAG.kernel
    const decoder = new ValueDecoder(bytes, [], usersOwn ? this.#frozen : this.#options)
    const fn = decoder.whole() as (...args: unknown[]) => unknown
    const bound = decoder.whole() as unknown[]
    const setups = decoder.whole() as (() => unknown)[]
    decoder.finish()
    for (const setup of setups) await runSetup(setup)
    const { states } = decoder
    const withBound = bound.length === 0 ? fn : (...args: unknown[]) => fn(...bound, ...args)
    const callable = states.length === 0 ? withBound : givenFirst(withBound, states)
    if (usersOwn) this.#usersOwn.add(callable)
    else if (this.#kernels.keepsNothing?.(fn)) this.#forgetful.add(callable)
    return callable
  }

  /** Loads worker modules, in order, and readies what lifts those that the worker was not sent. */
  async loadModules(names: readonly string[]): Promise<void> {
    const lacking = names.some((name) => name.startsWith('unit:') || (name !== '' && !this.#source(name)))
    if (lacking) this.#lifterModule ??= await import('./lifter.ts')
    for (const name of names) this.#readNote(name)
    await this.#loader.load(names)
  }

  /** How to tell what a function captured, by the sender's source: for the text of a refusal, since it takes a while. */
  async captureNames(): Promise<NonNullable<EncodeOptions['captureNames']>> {
    this.#lifterModule ??= await import('./lifter.ts')
    return (module, unit) => {
      try {
        return this.#lift(module, unit)?.captureNames
      } catch {
        return undefined // What cannot be lifted has no names to tell.
      }
    }
  }

  /** Learns what the sender says of a package or file. */
  #readNote(name: string): void {
    const ofPackage = isPackageNote(name)
    if (!this.#carried || this.#namesRead.has(name) || !(ofPackage || isFileNote(name))) return
    this.#namesRead.add(name)
    const note = JSON.parse(readFileSync(path.join(this.#folder, path.basename(name)), 'utf8'))
    if (ofPackage) this.#carried.knowPackage(note as PackageNote, name)
    else this.#carried.knowFile(note as FileNote, name)
  }

  #source(name: string): ReturnType<ModuleSource> {
    const file = path.join(this.#folder, path.basename(name))
    if (this.#present.has(name)) return { file }
    if (name !== '' && existsSync(file)) {
      this.#present.add(name)
      return { file }
    }
    for (const lifter of this.#lifters.values()) {
      const text = lifter.moduleText(name)
      if (text !== undefined) return { text }
    }
    return undefined
  }

  /** A function that no worker module was sent for, e.g. one that a task made: lifted here from the sender's source. */
  #lift(module: string, unit: number): LiftedUnit | undefined {
    if (!this.#records.has(module)) this.#readRecords()
    const record = this.#records.get(module)
    if (!record || !this.#lifterModule) return undefined
    return this.#lifterFor(record, this.#lifterModule).unitOf(module, unit)
  }

  #equivalent(semantic: string): { module: string; unit: number } | undefined {
    this.#readRecords()
    if (!this.#lifterModule) return undefined
    for (const record of this.#records.values()) {
      const found = this.#lifterFor(record, this.#lifterModule).equivalentIn(
        `${record.file}@${record.hash}`,
        semantic,
      )
      if (found) return found
    }
    return undefined
  }

  #packageUrl(specifier: string): string | undefined {
    this.#readRecords()
    for (const { resolutions } of this.#records.values()) {
      const resolution = resolutions[specifier]
      if (resolution?.kind === 'package') return resolution.url
    }
    return undefined
  }

  #lifterFor(record: SourceRecord, { Lifter }: LifterModule): Lifter {
    const key = `${record.root}\n${record.entry}`
    let lifter = this.#lifters.get(key)
    if (!lifter) {
      const { root, entry } = record
      lifter = new Lifter({ root, entry, kernels: this.#kernels, records: this.#records })
      this.#lifters.set(key, lifter)
    }
    return lifter
  }

  #readRecords(): void {
    for (const name of readdirSync(this.#folder)) {
      if (!isSourceRecord(name) || this.#namesRead.has(name)) continue
      this.#namesRead.add(name)
      const record = JSON.parse(readFileSync(path.join(this.#folder, name), 'utf8')) as SourceRecord
      this.#records.set(`${record.file}@${record.hash}`, record)
      for (const resolution of Object.values(record.resolutions))
        if (resolution.kind === 'package' && resolution.note)
          this.#carried?.knowPackage(resolution.note, name)
    }
  }
}

/** Another function of this thread may have brought other values for the same classes. */
function givenFirst(fn: (...args: unknown[]) => unknown, states: GivenStates): typeof fn {
  return (...args) => {
    giveStates(states)
    return fn(...args)
  }
}
