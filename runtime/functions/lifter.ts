// The sender's side: turns functions of the running program into what travels.

import { hash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import type { SourcePlace } from '../protocol/failure.ts'
import type { AnalysedModule } from './analysis/sourceUnit.ts'
import { ModuleGraph } from './emission/moduleGraph.ts'
import { unitLabel } from './emission/refusals.ts'
import { moduleName, WorkerModules } from './emission/workerModules.ts'
import { sourceRecordName, sourceRecordOf } from './emission/writeSourceRecord.ts'
import type { DecodeOptions, LiftedUnit, UnitLifter } from './encodeOptions.ts'
import type { ImportFound } from './importSearch.ts'
import { capturesByInspector } from './inspectorFallback.ts'
import { type KernelNames, NO_KERNELS } from './kernelNames.ts'
import { type AnyFunction, type CaptureList, liftHook } from './liftHook.ts'
import { type PlainCaptures, plainCapturesOf, stillCaptures } from './plainCaptures.ts'
import type { SourceRecord } from './sourceRecord.ts'
import { UnitLoader } from './unitLoader.ts'
import { type ImportName, readUnitTable, semanticBytes, type UnitName, type UnitTable } from './unitTable.ts'
import { encodeValue, explained } from './valueCodec.ts'
import { ValueEncoder } from './valueEncoder.ts'

/** Captures at least this large travel as data of their own, and are named in a warning. */
const LARGE_CAPTURE_BYTES = 65_536
/** Large captures whose encodings are kept until they are sent. */
const OUTSIDE_MAX = 64
/** Larger encodings are not kept to be compared. */
const KEPT_CALLABLE_BYTES_MAX = 16_384
/** Lists of modules that are kept to be given again. */
const MODULE_LISTS_MAX = 1000

export interface LiftedCallable {
  /** The function and its bound arguments, encoded. */
  bytes: Uint8Array
  /** 16 bytes: the same for the same code and captures, wherever they stand. */
  digest: Uint8Array
  /** The same in hexadecimal. */
  id: string
  /** Worker modules that it needs, those it is loaded from first. */
  modules: string[]
  /** What panels call it. */
  label: string
  /** Where it is written. */
  place?: SourcePlace
  /** What its sender should know, in whole sentences. */
  warnings: string[]
}

interface CachedCallable {
  callable: LiftedCallable
  /** How many set-up functions there were. */
  setups: number
  /** For as long as it captures these, its encoding is the same. */
  plain: PlainCaptures | undefined
}

export interface LifterOptions {
  /** The folder that messages name files relative to. */
  root: string
  /** The program's main script, which never runs on a worker. */
  entry?: string
  kernels?: KernelNames
  /** 65,536 unless `HEDDLE_LARGE_CAPTURE_BYTES` says otherwise. */
  largeCaptureBytes?: number
  /** The sender's sources, where this is a worker: by `file@hash`. */
  records?: ReadonlyMap<string, SourceRecord>
}

export class Lifter implements UnitLifter {
  readonly #options: LifterOptions
  readonly #kernels: KernelNames
  readonly #largeCaptureBytes: number
  readonly #cache = new WeakMap<AnyFunction, CachedCallable>()
  /** What was sent last of each function's code, by the first row of its table. */
  readonly #latest = new WeakMap<UnitName, LiftedCallable>()
  readonly #sources = new Map<string, AnalysedModule>()
  /** The modules that tell of packages whose functions travel by name, by URL. */
  readonly #importNotes = new Map<string, string>()
  /** Encodings of large captures, the latest last: a lift puts its own in again. */
  readonly #outside = new Map<string, { bytes: Uint8Array; needs: readonly string[] }>()
  /** By the modules that need them, for as long as no more files are touched. */
  readonly #moduleLists = new Map<string, string[]>()
  #analysedBefore = 0
  #idle: ValueEncoder | undefined
  #modules: WorkerModules | undefined
  #loader: UnitLoader | undefined

  constructor(options: LifterOptions) {
    this.#options = options
    this.#kernels = options.kernels ?? NO_KERNELS
    this.#largeCaptureBytes =
      options.largeCaptureBytes ?? (Number(process.env.HEDDLE_LARGE_CAPTURE_BYTES) || LARGE_CAPTURE_BYTES)
    // Nothing was instrumented: the program runs without the loader.
    if (liftHook.sources.size === 0 && !liftHook.worker && !options.records)
      liftHook.fallback = capturesByInspector
  }

  /** Begun when the first function is lifted: only then is the main script known. */
  get #worker(): WorkerModules {
    if (!this.#modules) {
      const { root, entry, records } = this.#options
      const received = records ?? liftHook.records?.()
      const [first] = received?.values() ?? []
      const main = records ? entry : first ? first.entry : (liftHook.entry ?? realPath(entry))
      this.#modules = new WorkerModules(new ModuleGraph(first?.root ?? root, main, received))
    }
    return this.#modules
  }

  /**
   * Encodes a function with its leading arguments. What captures nothing but primitive values is encoded once for them.
   * @throws {CannotTravelError} naming the variable, its path and the way out
   * @example lifter.liftCallable((x: number) => x * factor, []).digest
   */
  liftCallable(fn: AnyFunction, bound: readonly unknown[] = []): LiftedCallable {
    const known = bound.length === 0 ? this.#cache.get(fn) : undefined
    if (known?.plain && known.setups === liftHook.setups.length && stillCaptures(fn, known.plain))
      return known.callable
    const warnings: string[] = []
    const encoder = this.#encode(fn, bound, warnings)
    try {
      // What it captures has mostly not changed since it was sent last.
      if (known && encoder.writer.holds(known.callable.bytes)) return known.callable
      const callable = this.#callableOf(fn, encoder, warnings)
      // What it reaches may be changed without any of its captures.
      const plain = encoder.reachesStates ? undefined : plainCapturesOf(fn)
      if (bound.length === 0 && callable.bytes.length <= KEPT_CALLABLE_BYTES_MAX)
        this.#cache.set(fn, { callable, setups: liftHook.setups.length, plain })
      return callable
    } finally {
      this.#rest(encoder)
    }
  }

  /** What was encoded just now; the same as last time, where another closure of this code captured the same. */
  #callableOf(
    fn: AnyFunction,
    { writer, table, valueLength }: ValueEncoder,
    warnings: string[],
  ): LiftedCallable {
    const code = table?.units[0]
    const last = code && this.#latest.get(code)
    if (last && writer.holds(last.bytes)) return last
    const bytes = writer.copy()
    const described = this.#described(fn)
    const id = hash('sha256', table ? bytes.subarray(1, valueLength) : bytes).slice(0, 32)
    const callable: LiftedCallable = {
      bytes,
      digest: Buffer.from(id, 'hex'),
      id,
      modules: table ? this.modulesOf(table) : [],
      label: this.#kernels.nameOf(fn) ?? described?.label ?? (fn.name || 'task'),
      place: described?.place,
      warnings,
    }
    if (code && bytes.length <= KEPT_CALLABLE_BYTES_MAX) this.#latest.set(code, callable)
    return callable
  }

  /** Leaves the function, its bound arguments and the set-up it needs in an encoder's writer. */
  #encode(fn: AnyFunction, bound: readonly unknown[], warnings: string[]): ValueEncoder {
    const options = {
      rootName: 'task',
      context: () => {
        const title = this.#title(fn)
        return title === undefined ? '' : `${title} captures something that cannot travel: `
      },
      place: () => this.#described(fn)?.place,
      lifter: this,
      kernels: this.#kernels,
      outsideFromBytes: this.#largeCaptureBytes,
      onLeft: (field: string, why: string) => {
        const task = this.#title(fn) ?? 'The task'
        warnings.push(leftHere(task, field, why))
      },
      onCapture: (name: string, bytes: number) => {
        if (bytes >= this.#largeCaptureBytes)
          warnings.push(largeCapture(this.#title(fn) ?? 'The task', name, bytes))
      },
    }
    const encoder = this.#idle ?? new ValueEncoder(options)
    this.#idle = undefined
    encoder.options = options
    encoder.begin()
    try {
      do {
        warnings.length = 0
        encoder.whole(fn, 0)
        encoder.path[0] = 'arguments'
        encoder.whole(bound, 1)
        encoder.whole(liftHook.setups, 0)
      } while (encoder.beginsAgain())
      encoder.finish()
      return encoder
    } catch (error) {
      this.#rest(encoder)
      throw explained(error, options)
    }
  }

  /** Keeps an encoder for the next function, unless a large capture grew it. */
  #rest(encoder: ValueEncoder): void {
    encoder.abandon()
    if (encoder.writer.bytes.length <= 1 << 20) this.#idle = encoder
  }

  /** What a function of the user's is called, and where it is written. */
  #described(fn: AnyFunction): Pick<LiftedUnit, 'label' | 'place'> | undefined {
    const list = captureListOf(fn)
    return list && this.#worker.describe(this.#worker.graph.byId(list[0]), list[1])
  }

  /** How messages call a task whose code is the user's. */
  #title(fn: AnyFunction): string | undefined {
    const list = captureListOf(fn)
    if (!list) return undefined
    const { graph } = this.#worker
    const module = graph.byId(list[0])
    return `The task ${unitLabel(graph, module, module.units[list[1]]).replace(/^the function /, '')}`
  }

  unitOf(module: string, unit: number): LiftedUnit {
    return this.#worker.unit(this.#worker.graph.byId(module), unit)
  }

  importUrl({ specifier, from }: ImportFound): string {
    const { graph } = this.#worker
    const resolution = graph.resolve(graph.byId(from), specifier)
    if (resolution.kind === 'package') {
      const note = this.#worker.packageNote(resolution)
      if (note !== undefined) this.#importNotes.set(resolution.url, note)
    }
    if (resolution.kind === 'package' || resolution.kind === 'builtin') return resolution.url
    return specifier
  }

  modulesOf({ units, imports, outside }: UnitTable): string[] {
    const modules = this.#modulesOf(units, imports)
    if (outside.length === 0) return modules
    return [
      ...new Set([
        ...modules,
        ...outside.flatMap((name) => [name, ...(this.#outside.get(name)?.needs ?? [])]),
      ]),
    ]
  }

  outside(value: object, variable: string): { name: string; digest: Uint8Array } {
    const { bytes } = encodeValue(value, { rootName: variable, lifter: this, kernels: this.#kernels })
    const digest = hash('sha256', semanticBytes(bytes), 'buffer').subarray(0, 16)
    const name = moduleName(variable, 'capture', digest.toString('hex'), 'bin')
    this.#outside.delete(name)
    const table = readUnitTable(bytes)
    this.#outside.set(name, { bytes, needs: table ? this.modulesOf(table) : [] })
    for (const oldest of this.#outside.keys()) {
      if (this.#outside.size <= OUTSIDE_MAX) break
      this.#outside.delete(oldest)
    }
    return { name, digest }
  }

  /** What a worker that has none of the program's packages and files asks for by name; nothing for other names. */
  carriedContent(name: string): Uint8Array | undefined {
    return this.#modules?.sender.content(name)
  }

  /** Worker modules and what they need, then the sources of the user's files that were touched so far. */
  #modulesOf(units: readonly UnitName[], imports: readonly ImportName[]): string[] {
    const direct = units.map((unit) => unit.workerModule).filter((name) => name !== '')
    for (const { url } of imports) {
      const note = this.#importNotes.get(url)
      if (note !== undefined) direct.push(note)
    }
    const analysed = this.#modules?.graph.analysed().size ?? 0
    if (analysed !== this.#analysedBefore) {
      this.#moduleLists.clear()
      this.#analysedBefore = analysed
    }
    const key = direct.length === 1 ? direct[0] : direct.join()
    const known = this.#moduleLists.get(key)
    if (known) return known
    const names = new Set(direct)
    for (const name of direct) for (const needed of this.#worker.closure(name)) names.add(needed)
    if (direct.length > 0)
      for (const module of this.#worker.graph.analysed()) {
        const name = sourceRecordName(module)
        this.#sources.set(name, module)
        names.add(name)
      }
    const list = [...names]
    if (this.#moduleLists.size >= MODULE_LISTS_MAX) this.#moduleLists.clear()
    this.#moduleLists.set(key, list)
    return list
  }

  /**
   * The content of a worker module that `liftCallable` or an encoding named.
   * @throws {Error} when this lifter never named it
   */
  moduleContent(name: string): Uint8Array {
    const outside = this.#outside.get(name)
    if (outside) return outside.bytes
    const module = this.#sources.get(name)
    const text = module
      ? JSON.stringify(sourceRecordOf(this.#worker.graph, module))
      : this.#worker.content(name)
    if (text === undefined)
      throw new Error(`the lifter has no worker module ${name}: this is a fault in heddle`)
    return Buffer.from(text)
  }

  /** How this process decodes results that hold functions and instances: as its own where it has them. */
  decodeOptions(): DecodeOptions {
    this.#loader ??= new UnitLoader({
      source: (name) => {
        const text = this.moduleText(name)
        return text === undefined ? undefined : { text }
      },
      lift: (module, unit) => (this.#worker.graph.has(module) ? this.unitOf(module, unit) : undefined),
      equivalent: (semantic) => this.#equivalent(semantic),
      packageUrl: (specifier) => this.#packageUrl(specifier),
    })
    return { kernels: this.#kernels, modules: this.#loader }
  }

  /** Loads what has to be loaded before a value can be decoded, where a module's top level waits. */
  async loadModules(names: readonly string[]): Promise<void> {
    this.decodeOptions()
    await this.#loader!.load(names)
  }

  /** The text of a worker module that was written here. */
  moduleText(name: string): string | undefined {
    return this.#modules?.content(name)
  }

  #packageUrl(specifier: string): string | undefined {
    const { graph } = this.#worker
    for (const [file, hash] of liftHook.loaded) {
      const module = graph.byId(`${file}@${hash}`)
      if (!graph.specifiers(module).includes(specifier)) continue
      const resolution = graph.resolve(module, specifier)
      if (resolution.kind === 'package') return resolution.url
    }
    return undefined
  }

  /** A function of the same digest in a file that this process has loaded. */
  #equivalent(semantic: string): { module: string; unit: number } | undefined {
    for (const [file, hash] of liftHook.loaded) {
      const found = this.equivalentIn(`${file}@${hash}`, semantic)
      if (found) return found
    }
    return undefined
  }

  /** A function of the same digest in one module. */
  equivalentIn(id: string, semantic: string): { module: string; unit: number } | undefined {
    const { graph, semantics } = this.#worker
    if (!graph.has(id)) return undefined
    const module = graph.byId(id)
    const unit = module.units.find((one) => semantics.unitOrText(module, one) === semantic)
    return unit && { module: module.id, unit: unit.number }
  }
}

/** What a function of the user's captures; nothing for others, and while a variable has no value yet. */
function captureListOf(fn: AnyFunction): CaptureList | undefined {
  try {
    const captured = liftHook.capturesOf(fn)?.()
    return captured && typeof captured[0] === 'string' ? (captured as CaptureList) : undefined
  } catch {
    return undefined
  }
}

export const leftHere = (task: string, field: string, why: string): string =>
  `${task} uses \`${field}\`, which holds ${why} here that cannot be sent: a worker begins with what its declaration says. ` +
  'Give the function what it needs as an argument, or make it there with perWorker().'

function largeCapture(title: string, name: string, bytes: number): string {
  const size = bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1000)} kB`
  return (
    `${title} captures \`${name}\`, ${size}: it is sent to each worker once, as data of its own. ` +
    'Pass it through client.scatter() to have it only where it is needed.'
  )
}

function realPath(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}
