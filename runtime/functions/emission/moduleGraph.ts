// The user's modules as they were loaded, and what their imports lead to.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { analyse } from '../analysis/analyse.ts'
import { lineColumn } from '../analysis/sourceText.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import { liftHook } from '../liftHook.ts'
import { type PackageNote, packageNote } from '../packages/packageNote.ts'
import type { SourceRecord } from '../sourceRecord.ts'
import { textHash } from '../textHash.ts'
import { type CompilerChoices, compilerChoices } from './compilerChoices.ts'
import { dynamicSpecifiers } from './dynamicImports.ts'
import { formatOf } from './fileFormat.ts'
import { ImportCycles } from './importCycles.ts'
import { packageVersion } from './packageVersion.ts'
import { resolveFrom } from './resolver.ts'
import { isBuiltin, isHeddle } from './specifiers.ts'

export type Resolution =
  | { kind: 'builtin'; url: string }
  | { kind: 'heddle'; specifier: string }
  /** A package: `version` is that of its package.json. */
  | { kind: 'package'; url: string; specifier: string; version: string; note?: PackageNote }
  /** A file beside the sources that is no module: JSON, WebAssembly. */
  | { kind: 'file'; path: string }
  /** A user's module with `module.exports`. */
  | { kind: 'commonjs'; file: string }
  | { kind: 'user'; file: string }

export interface DynamicImport {
  node: AnalysedModule['dynamicImports'][number]
  specifiers: readonly string[] | undefined
}

export class ModuleGraph {
  readonly root: string
  readonly entry: string | undefined
  readonly cycles = new ImportCycles({
    module: (file) => this.module(file),
    reachable: (file) => this.reachable(file),
    recordedRoot: ({ id }) => this.#records.get(id)?.cycleRoot,
  })
  readonly #records: ReadonlyMap<string, SourceRecord>
  readonly #modules = new Map<string, AnalysedModule>()
  readonly #analysed = new Set<AnalysedModule>()
  readonly #resolved = new Map<string, Map<string, Resolution>>()
  readonly #dynamic = new Map<AnalysedModule, readonly DynamicImport[]>()
  readonly #hashes = new Map<AnalysedModule, string>()

  constructor(
    root: string,
    entry: string | undefined,
    records: ReadonlyMap<string, SourceRecord> = new Map(),
  ) {
    this.root = root
    this.entry = entry
    this.#records = records
  }

  /**
   * The module of a file, as this process loaded it: later changes on disk do not count.
   * @param hash of the text, where a certain version is meant
   */
  module(file: string, hash = liftHook.loaded.get(file) ?? this.#recordedHash(file)): AnalysedModule {
    const key = hash === undefined ? file : `${file}@${hash}`
    const known = this.#modules.get(key)
    if (known) return known
    const module = this.#analyse(file, hash)
    if (hash !== undefined && module.hash !== hash)
      throw new CannotTravelError(
        `${this.relative(file)} changed on disk after this process loaded it, and the text it had is not at hand. Run the program again.`,
      )
    this.#analysed.add(module)
    this.#modules.set(key, module)
    this.#modules.set(module.id, module)
    return module
  }

  /** The module that a `file@hash` names. */
  byId(id: string): AnalysedModule {
    const known = this.#modules.get(id)
    if (known) return known
    const at = id.lastIndexOf('@')
    return this.module(id.slice(0, at), id.slice(at + 1))
  }

  /** Whether the text of a `file@hash` is here, so that its functions can be lifted. */
  has(id: string): boolean {
    return this.#modules.has(id) || this.#records.has(id) || liftHook.sources.has(id)
  }

  /** Every module that was analysed so far, each once. */
  analysed(): ReadonlySet<AnalysedModule> {
    return this.#analysed
  }

  choices(module: AnalysedModule): CompilerChoices {
    return this.#records.get(module.id)?.choices ?? compilerChoices(module.file)
  }

  #recordedHash(file: string): string | undefined {
    let hash: string | undefined
    for (const record of this.#records.values()) if (record.file === file) hash = record.hash
    return hash
  }

  #analyse(file: string, hash: string | undefined): AnalysedModule {
    const record = this.#records.get(`${file}@${hash}`)
    if (record) {
      const { decoratorMetadata } = record.choices
      return analyse(file, record.source, { format: record.format, decoratorMetadata })
    }
    const snapshot = hash === undefined ? undefined : liftHook.sources.get(`${file}@${hash}`)
    const source = snapshot ?? readFileSync(file, 'utf8')
    const { decoratorMetadata } = compilerChoices(file)
    return analyse(file, source, { format: formatOf(file, source), decoratorMetadata })
  }

  relative(file: string): string {
    const relative = path.relative(this.root, file)
    return relative.startsWith('..') ? file : relative
  }

  /** `file:line:column` as messages show it. */
  placeText(module: AnalysedModule, offset: number): string {
    const { line, column } = lineColumn(module.source, offset)
    return `${this.relative(module.file)}:${line}:${column}`
  }

  /** @throws {CannotTravelError} when the specifier leads nowhere */
  resolve(module: AnalysedModule, specifier: string, required = false): Resolution {
    if (isBuiltin(specifier))
      return { kind: 'builtin', url: specifier.startsWith('node:') ? specifier : `node:${specifier}` }
    if (isHeddle(specifier)) return { kind: 'heddle', specifier }
    let known = this.#resolved.get(module.id)
    if (!known) {
      known = new Map()
      this.#resolved.set(module.id, known)
    }
    const key = resolutionKey(specifier, required)
    let resolution = known.get(key)
    if (!resolution) {
      resolution = this.#resolve(module, specifier, required)
      known.set(key, resolution)
    }
    return resolution
  }

  #resolve(module: AnalysedModule, specifier: string, required: boolean): Resolution {
    const recorded = this.#records.get(module.id)?.resolutions[resolutionKey(specifier, required)]
    if (recorded) return recorded
    const found = specifier.startsWith('file:')
      ? fileURLToPath(specifier)
      : resolveFrom(module.file, specifier, required)
    if (found === undefined)
      throw new CannotTravelError(
        `${this.relative(module.file)} imports "${specifier}", which cannot be found. Install the package or correct the path.`,
      )
    if (/[\\/]node_modules[\\/]/.test(found))
      return {
        kind: 'package',
        url: pathToFileURL(found).href,
        specifier,
        version: packageVersion(found),
        note: noteOf(found),
      }
    if (!/\.([cm]?[jt]s|[jt]sx)$/.test(found)) return { kind: 'file', path: found }
    if (this.#isCommonJs(found)) return { kind: 'commonjs', file: found }
    return { kind: 'user', file: found }
  }

  #isCommonJs(file: string): boolean {
    const hash = liftHook.loaded.get(file)
    const source = liftHook.sources.get(`${file}@${hash}`)
    try {
      return formatOf(file, source ?? readFileSync(file, 'utf8')) === 'commonjs'
    } catch {
      return false // A file that is gone is reported when its module is needed.
    }
  }

  /** Specifiers that a module imports, requires or exports from, each once. */
  specifiers(module: AnalysedModule): string[] {
    return [
      ...new Set([
        ...module.imports.map((one) => one.source),
        ...module.reexports.map((one) => one.source),
        ...module.requireCalls.map((one) => one.specifier),
      ]),
    ]
  }

  /** What each of a module's dynamic imports may be asked for; nothing where that cannot be told. */
  dynamic(module: AnalysedModule): readonly DynamicImport[] {
    let found = this.#dynamic.get(module)
    if (!found) {
      const recorded = this.#records.get(module.id)?.dynamic
      found = module.dynamicImports.map((node, i) => ({
        node,
        specifiers: recorded ? (recorded[i] ?? undefined) : dynamicSpecifiers(module, node),
      }))
      this.#dynamic.set(module, found)
    }
    return found
  }

  /** User files that a module imports, at once or when it runs, without the program's main script. */
  imported(module: AnalysedModule, dynamic = false): string[] {
    const files: string[] = []
    const specifiers = this.specifiers(module)
    if (dynamic) for (const one of this.dynamic(module)) specifiers.push(...(one.specifiers ?? []))
    for (const specifier of specifiers) {
      const resolution = this.resolve(module, specifier)
      if (resolution.kind !== 'user' && resolution.kind !== 'commonjs') continue
      if (resolution.file !== this.entry) files.push(resolution.file)
    }
    return files
  }

  /** User files reachable by import from a file, itself only where there is a cycle. */
  reachable(file: string, dynamic = false): Set<string> {
    const seen = new Set<string>()
    const waiting = [file]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const imported of this.imported(this.module(next), dynamic))
        if (!seen.has(imported)) {
          seen.add(imported)
          waiting.push(imported)
        }
    return seen
  }

  /** A hash over a module and everything that it reaches by import, packages by version. */
  hash(module: AnalysedModule): string {
    const known = this.#hashes.get(module)
    if (known !== undefined) return known
    const parts = new Set<string>()
    for (const file of new Set([module.file, ...this.reachable(module.file, true)])) {
      const one = file === module.file ? module : this.module(file)
      parts.add(`${this.relative(file)}@${one.hash}`)
      // What such a module captures of a cycle depends on where the cycle was entered.
      const root = one.format === 'commonjs' ? this.cycles.root(file) : undefined
      if (root !== undefined && root !== file) parts.add(`${this.relative(file)} by ${this.relative(root)}`)
      const dynamic = this.dynamic(one).flatMap(({ specifiers = [] }) => specifiers)
      for (const specifier of [...this.specifiers(one), ...dynamic]) {
        const resolution = this.resolve(one, specifier)
        if (resolution.kind === 'package') parts.add(`${resolution.specifier}@${resolution.version}`)
        if (resolution.kind === 'file') parts.add(this.fileMeaning(resolution.path))
      }
    }
    const hash = textHash([...parts].sort().join('\n'))
    this.#hashes.set(module, hash)
    return hash
  }

  /** A file that is no module, by its place and content. */
  fileMeaning(file: string): string {
    return `${this.relative(file)}@${fileHash(file)}`
  }
}

/** `import` and `require` of the same specifier may lead to different files. */
export function resolutionKey(specifier: string, required: boolean): string {
  return required ? `require ${specifier}` : specifier
}

/** A package without a readable package.json is found where it is, or not at all. */
function noteOf(file: string): PackageNote | undefined {
  try {
    return packageNote(file)
  } catch {
    return undefined
  }
}

function fileHash(file: string): string {
  return textHash(readFileSync(file, 'latin1'))
}
