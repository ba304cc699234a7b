// Finds the code of functions that came in encoded values: this thread's own copy, a worker module, or lifted anew.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { BrokenValueError } from './byteReader.ts'
import type { LiftedUnit, LoadedModules, LoadedUnit, UnitFactory } from './encodeOptions.ts'
import { liftHook } from './liftHook.ts'
import { importModule, type ModuleSource, requireModule, serveModules } from './memoryModules.ts'
import { type ImportName, LIVE_EXPORT, type UnitName } from './unitTable.ts'

export interface UnitFinder {
  /** Gives the text or file of a worker module. */
  source: ModuleSource
  /** Lifts a function by its place in the user's code, where its source is here. */
  lift(module: string, unit: number): LiftedUnit | undefined
  /** A function of the same digest in the sources that are here. */
  equivalent(semantic: string): { module: string; unit: number } | undefined
  /** Where a package is that the user's modules import by this specifier. */
  packageUrl(specifier: string): string | undefined
}

export class UnitLoader implements LoadedModules {
  readonly #finder: UnitFinder
  readonly #namespaces = new Map<string, Record<string, unknown>>()
  readonly #units = new Map<string, LoadedUnit>()
  readonly #packages = new Map<string, unknown>()

  constructor(finder: UnitFinder) {
    this.#finder = finder
    serveModules(finder.source)
  }

  /** Loads modules whose top level may wait; those that are not here are left to `unit`. */
  async load(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (!/\.[cm]js$/.test(name) || this.#namespaces.has(name) || !this.#finder.source(name)) continue
      this.#namespaces.set(name, await importModule(name))
    }
  }

  /** Loads packages whose top level may wait. */
  async loadPackages(packages: readonly ImportName[]): Promise<void> {
    for (const { url, specifier } of packages)
      if (!this.#packages.has(url)) this.#keepPackage(url, specifier, await import(url))
  }

  unit(name: UnitName): LoadedUnit {
    const key = `${name.factory}#${name.unit}#${name.module}`
    let loaded = this.#units.get(key)
    if (!loaded) {
      loaded = this.#find(name)
      this.#units.set(key, loaded)
    }
    return loaded
  }

  #find(name: UnitName): LoadedUnit {
    // Of what stands at the top level of a module that this thread has evaluated there is one copy, captures and all.
    const live = liftHook.liveUnit(name.module, name.unit)
    if (live !== undefined) return { kind: 'value', value: live }
    if (name.workerModule !== '' && this.#finder.source(name.workerModule)) return this.#inModule(name)
    const lifted = this.#finder.lift(name.module, name.unit)
    if (lifted) return this.#inModule(lifted)
    const same = this.#finder.equivalent(name.semantic)
    if (same) return this.#find({ ...name, ...same, workerModule: '' })
    const file = name.module.slice(0, name.module.lastIndexOf('@'))
    throw new BrokenValueError(
      `a value holds a function or class of ${file} as it was in another run, and its source is not here: compute the value again`,
    )
  }

  #inModule({ module, unit, workerModule, exported, factory, eager }: UnitName): LoadedUnit {
    let namespace = this.#namespaces.get(workerModule)
    if (!namespace) {
      namespace = requireModule(workerModule)
      this.#namespaces.set(workerModule, namespace)
    }
    const value = exported === LIVE_EXPORT ? liftHook.liveUnit(module, unit) : namespace[exported]
    if (value === undefined)
      throw new BrokenValueError(
        `the worker module ${workerModule} has no ${exported}: this is a fault in heddle`,
      )
    return factory ? { kind: 'factory', make: value as UnitFactory, eager } : { kind: 'value', value }
  }

  imported(from: ImportName, path: readonly string[]): unknown {
    const { specifier } = from
    // A worker that has no sources names it by its specifier alone.
    const url = from.url === specifier ? (this.#finder.packageUrl(specifier) ?? specifier) : from.url
    let value = this.#namespaceOf(url, specifier)
    for (const key of path) if (key !== '*') value = (value as Record<string, unknown>)[key]
    return value
  }

  outside(name: string): Uint8Array {
    const found = this.#finder.source(name)
    if (!found || !('file' in found))
      throw new BrokenValueError(`the captured value ${name} did not come with its function`)
    return readFileSync(found.file)
  }

  #namespaceOf(url: string, specifier: string): unknown {
    if (this.#packages.has(url)) return this.#packages.get(url)
    const require = createRequire(import.meta.url)
    const exports: unknown = require(url.startsWith('file:') ? fileURLToPath(url) : url)
    // What `import` would give: an ES module's own names, or a CommonJS module's exports with themselves as `default`.
    const namespace = types.isModuleNamespaceObject(exports)
      ? exports
      : { ...Object(exports), default: exports }
    this.#keepPackage(url, specifier, namespace)
    return namespace
  }

  #keepPackage(url: string, specifier: string, namespace: unknown): void {
    this.#packages.set(url, namespace)
    liftHook.knowPackage(url, specifier, namespace)
  }
}
