// Writes the modules that workers import: by reference, closed groups, factories. Each is named by its content.

import path from 'node:path'
import type { Binding } from '../analysis/scope.ts'
import { lineColumn } from '../analysis/sourceText.ts'
import type { AnalysedModule, ClosedGroup, SourceUnit } from '../analysis/sourceUnit.ts'
import type { LiftedUnit } from '../encodeOptions.ts'
import { fileNote } from '../packages/fileNote.ts'
import { PackageSender } from '../packages/packageSender.ts'
import { textHash } from '../textHash.ts'
import { LIVE_EXPORT } from '../unitTable.ts'
import { writeCommonJsModule } from './commonJsModule.ts'
import { entranceOf } from './entrance.ts'
import { writeFactoryModule } from './factoryModule.ts'
import { writeGroupModule } from './groupModule.ts'
import type { ModuleGraph, Resolution } from './moduleGraph.ts'
import { reachedStates } from './reachedStates.ts'
import { referenceName, writeReferenceModule } from './referenceModule.ts'
import { refuseAssignments, refuseUnit } from './refusals.ts'
import { Semantics } from './semantics.ts'

/** A file name that any file system takes. */
export function moduleName(base: string, label: string, hash: string, extension = 'mjs'): string {
  const safe = (text: string): string => text.replace(/[^\w-]/g, '_').slice(0, 48)
  return `${safe(base)}.${safe(label)}.${hash}.${extension}`
}

export class WorkerModules {
  readonly graph: ModuleGraph
  readonly semantics: Semantics
  readonly sender = new PackageSender()
  readonly #contents = new Map<string, string>()
  readonly #needs = new Map<string, ReadonlySet<string>>()
  readonly #references = new Map<string, string>()
  readonly #groups = new Map<ClosedGroup, string>()
  readonly #light = new Map<ClosedGroup, boolean>()
  readonly #cores = new Map<AnalysedModule, string>()
  readonly #units = new Map<SourceUnit, LiftedUnit>()
  readonly #descriptions = new Map<SourceUnit, Pick<LiftedUnit, 'label' | 'place'>>()

  constructor(graph: ModuleGraph) {
    this.graph = graph
    this.semantics = new Semantics(graph)
  }

  /** The text of a module that was written. */
  content(name: string): string | undefined {
    return this.#contents.get(name)
  }

  write(name: string, code: string, needs: ReadonlySet<string>): void {
    this.#contents.set(name, code)
    this.#needs.set(name, needs)
  }

  /** Tells workers of a package that a module imports, which they may not have. */
  notePackage(resolution: Resolution, needs: Set<string>): void {
    const name = resolution.kind === 'package' ? this.packageNote(resolution) : undefined
    if (name !== undefined) needs.add(name)
  }

  /** The module that says what a worker must know of a package. */
  packageNote({ note }: Extract<Resolution, { kind: 'package' }>): string | undefined {
    if (!note) return undefined
    this.sender.knowPackage(note)
    const text = JSON.stringify(note)
    const name = moduleName(note.name, 'package', textHash(text), 'json')
    this.write(name, text, new Set())
    return name
  }

  /** Tells workers of a file beside the sources; false when it cannot be sent. */
  noteFile(file: string, needs: Set<string>): boolean {
    const note = fileNote(file)
    if (!note) return false
    this.sender.knowFile(note.content, file)
    const text = JSON.stringify(note)
    const name = moduleName(path.basename(file), 'file', textHash(text), 'json')
    this.write(name, text, new Set())
    needs.add(name)
    return true
  }

  /** A module and every module that it needs. */
  closure(name: string, into = new Set<string>()): Set<string> {
    if (into.has(name)) return into
    into.add(name)
    for (const needed of this.#needs.get(name) ?? []) this.closure(needed, into)
    return into
  }

  /** The worker module of a whole user module. */
  reference(file: string, needs: Set<string>): string {
    const module = this.graph.module(file)
    const name = this.#references.get(module.id) ?? this.#writeReference(module)
    needs.add(name)
    return name
  }

  #writeReference(module: AnalysedModule): string {
    const name = referenceName(this, module)
    const write = module.format === 'commonjs' ? writeCommonJsModule : writeReferenceModule
    this.#references.set(module.id, name) // First, since imports may lead back here.
    try {
      write(this, module, name)
    } catch (error) {
      this.#references.delete(module.id)
      throw error
    }
    return name
  }

  /** The worker module that declares a closed binding. */
  group(module: AnalysedModule, binding: Binding): string {
    const group = module.groupOf.get(binding)!
    if (this.#isLight(module, group)) {
      let core = this.#cores.get(module)
      if (core === undefined) {
        const members = module.groups
          .filter((one) => this.#isLight(module, one))
          .flatMap((one) => one.members)
          .sort((a, b) => a.declarations[0].start - b.declarations[0].start)
        core = writeGroupModule(this, module, members, 'core')
        this.#cores.set(module, core)
      }
      return core
    }
    let name = this.#groups.get(group)
    if (name === undefined) {
      name = writeGroupModule(this, module, group.members, group.members[0].name)
      this.#groups.set(group, name)
    }
    return name
  }

  /** Declarations that reach no import are lumped into one module, since loading a file costs more than evaluating it. */
  #isLight(module: AnalysedModule, group: ClosedGroup): boolean {
    const known = this.#light.get(group)
    if (known !== undefined) return known
    let light = true
    for (const member of group.members)
      for (const needed of module.dependencies.get(member)!) {
        const other = module.groupOf.get(needed)
        if (!other || (other !== group && !this.#isLight(module, other))) light = false
      }
    this.#light.set(group, light)
    return light
  }

  /**
   * The worker module of a function or class.
   * @throws {CannotTravelError} when it cannot be separated from its surroundings
   */
  unit(module: AnalysedModule, number: number): LiftedUnit {
    const unit = module.units[number]
    const known = this.#units.get(unit)
    if (known) return known
    const home = this.#home(module, unit)
    const captureNames = [...unit.captureNames]
    if (unit.thisNodes.length > 0) captureNames.push('this')
    const lifted: LiftedUnit = {
      module: module.id,
      unit: number,
      semantic: this.semantics.unit(module, unit),
      ...home,
      eager: unit.eagerCount,
      captureNames,
      ...this.describe(module, number),
      ownsKeys: ownsKeys(unit, home.factory),
      states: reachedStates(this.graph, module, unit, unit.top && !home.factory && !unit.singleton),
    }
    this.#units.set(unit, lifted)
    return lifted
  }

  /** What panels call a function or class, and where it is written. */
  describe(module: AnalysedModule, number: number): Pick<LiftedUnit, 'label' | 'place'> {
    const unit = module.units[number]
    let described = this.#descriptions.get(unit)
    if (!described) {
      const place = lineColumn(module.source, unit.start)
      described = {
        label: unit.name ?? `${this.graph.relative(module.file)}:${place.line}`,
        place: { file: module.file, ...place },
      }
      this.#descriptions.set(unit, described)
    }
    return described
  }

  #home(module: AnalysedModule, unit: SourceUnit): Pick<LiftedUnit, 'workerModule' | 'exported' | 'factory'> {
    const binding = unit.selfBinding
    if (
      module.format === 'commonjs' &&
      unit.top &&
      binding?.writes.length === 0 &&
      module.file !== this.graph.entry
    )
      return {
        workerModule: entranceOf(this, module.file, new Set()),
        exported: LIVE_EXPORT,
        factory: false,
      }
    const exported = unit.singleton ? undefined : this.#exportOf(module, unit)
    if (exported !== undefined)
      return {
        workerModule: entranceOf(this, module.file, new Set(), exported),
        exported,
        factory: false,
      }
    refuseUnit(this.graph, module, unit)
    if (unit.singleton)
      return {
        workerModule: this.group(module, unit.singleton),
        exported: unit.singleton.name,
        factory: false,
      }
    refuseAssignments(this.graph, module, unit)
    return { workerModule: writeFactoryModule(this, module, unit), exported: 'default', factory: true }
  }

  /** Under which name a unit can be imported from its own module; the main script is never imported. */
  #exportOf(module: AnalysedModule, unit: SourceUnit): string | undefined {
    if (!unit.top || module.file === this.graph.entry || module.format === 'commonjs') return undefined
    if (unit.isDefaultExport) return 'default'
    const binding = unit.selfBinding
    return binding && binding.writes.length === 0 ? binding.exportedAs : undefined
  }

  /** What a worker module tells of the units in it, so that their digests are known there without any analysis. */
  unitNotes(module: AnalysedModule, includes: (unit: SourceUnit) => boolean): string {
    const notes = module.units
      .filter((unit) => !unit.calledAtOnce && includes(unit))
      .map(
        (unit) =>
          `[${unit.number},"${this.semantics.unitOrText(module, unit)}",${unit.eagerCount}${weakStates(module, unit)}]`,
      )
    return notes.length > 0 ? `globalThis.__heddle?.u(__heddle_m(),[${notes.join(',')}]);` : ''
  }
}

/** The declarations whose weak collections a unit reaches in its own module: what it gives may be a key of theirs. */
function weakStates(module: AnalysedModule, unit: SourceUnit): string {
  if (module.kept.size + module.classes.size === 0) return ''
  const states = reachedStates(undefined, module, unit, true).map(({ variable, unit }) => variable ?? unit)
  return states.length > 0 ? `,${JSON.stringify(states)}` : ''
}

/**
 * Whether a function has its properties there without being told: by its code, as a namespace of its name or by statements that go
 * along, and what was changed of them goes as state.
 */
function ownsKeys({ selfBinding, singleton, statics }: SourceUnit, isMade: boolean): boolean {
  if (statics && !isMade) return true
  const parts = selfBinding?.declarations.filter((node) => singleton || node.type !== 'ExpressionStatement')
  return (parts?.length ?? 0) > 1
}
