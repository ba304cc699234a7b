// Digests of what code means, wherever it stands: a function's text, what it needs, and so on down to package versions.

import type { Binding } from '../analysis/scope.ts'
import type { AnalysedModule, ClosedGroup, SourceUnit } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import { textHash } from '../textHash.ts'
import type { ModuleGraph } from './moduleGraph.ts'

const DIGITS = 32

export class Semantics {
  readonly #graph: ModuleGraph
  readonly #units = new Map<SourceUnit, string>()
  readonly #groups = new Map<ClosedGroup, string>()
  readonly #exports = new Map<string, string>()

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  /** 32 hexadecimal digits: moving a function or editing an unrelated one changes nothing, editing a helper does. */
  unit(module: AnalysedModule, unit: SourceUnit): string {
    let digest = this.#units.get(unit)
    if (digest === undefined) {
      digest = this.#unit(module, unit)
      this.#units.set(unit, digest)
    }
    return digest
  }

  #unit(module: AnalysedModule, unit: SourceUnit): string {
    if (unit.singleton)
      return textHash(`${this.#group(module, unit.singleton)} ${unit.singleton.name}`, DIGITS)
    const needs = [
      ...unit.imports.map((binding) => this.#import(module, binding)),
      ...unit.closedDependencies.map((binding) => `${this.#group(module, binding)} ${binding.name}`),
      ...this.#dynamic(module, unit),
    ]
    const text = module.source.slice(unit.start, unit.end)
    return textHash([text, unit.captureNames.join(), ...needs.sort()].join('\n'), DIGITS)
  }

  #group(module: AnalysedModule, binding: Binding): string {
    const group = module.groupOf.get(binding)!
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    const needs = new Set<string>()
    for (const member of group.members)
      for (const needed of module.dependencies.get(member)!) {
        if (needed.kind === 'import') needs.add(this.#import(module, needed))
        else if (!group.members.includes(needed)) needs.add(`${this.#group(module, needed)} ${needed.name}`)
      }
    for (const member of group.members)
      for (const node of member.declarations)
        for (const meaning of this.#dynamic(module, node)) needs.add(meaning)
    const texts = group.members.flatMap((member) =>
      member.declarations.map((node) => module.source.slice(node.start, node.end)),
    )
    const digest = textHash([...texts, ...[...needs].sort()].join('\n'), DIGITS)
    this.#groups.set(group, digest)
    return digest
  }

  /** What the dynamic imports inside a piece of code may lead to. */
  #dynamic(module: AnalysedModule, { start, end }: { start: number; end: number }): string[] {
    if (module.dynamicImports.length === 0) return []
    return this.#graph
      .dynamic(module)
      .filter(({ node }) => node.start >= start && node.end <= end)
      .flatMap(({ specifiers = [] }) => specifiers.map((one) => this.#imported(module, one, '*')))
  }

  #import(module: AnalysedModule, { record, imported }: Binding): string {
    return record && imported !== undefined ? this.#imported(module, record.source, imported) : ''
  }

  #imported(module: AnalysedModule, specifier: string, imported: string): string {
    const resolution = this.#graph.resolve(module, specifier)
    switch (resolution.kind) {
      case 'builtin':
        return `${resolution.url} ${imported}`
      case 'heddle':
        return `${resolution.specifier} ${imported}`
      case 'package':
        return `${resolution.specifier}@${resolution.version} ${imported}`
      case 'file':
        return `${this.#graph.fileMeaning(resolution.path)} ${imported}`
      case 'commonjs':
      case 'user':
        return this.#exported(this.#graph.module(resolution.file), imported)
    }
  }

  /** What an export means: its own closed code, else all of its module. */
  #exported(module: AnalysedModule, name: string): string {
    const key = `${module.id} ${name}`
    const known = this.#exports.get(key)
    if (known !== undefined) return known
    const whole = `${this.#graph.hash(module)} ${name}`
    this.#exports.set(key, whole) // An import cycle finds this.
    const digest = this.#closedExport(module, name) ?? whole
    this.#exports.set(key, digest)
    return digest
  }

  #closedExport(module: AnalysedModule, name: string): string | undefined {
    for (const binding of module.scope.bindings.values()) {
      if (binding.exportedAs !== name) continue
      if (binding.kind === 'import') return this.#import(module, binding)
      return module.closed.has(binding) ? `${this.#group(module, binding)} ${binding.name}` : undefined
    }
    for (const { source, node } of module.reexports) {
      if (node.type !== 'ExportNamedDeclaration') continue
      for (const { exported, local } of node.specifiers) {
        if ((exported.type === 'Identifier' ? exported.name : exported.value) !== name) continue
        return this.#imported(module, source, local.type === 'Identifier' ? local.name : local.value)
      }
    }
    return undefined
  }

  /** The same where a missing package or file must not stand in the way: then the text alone counts. */
  unitOrText(module: AnalysedModule, unit: SourceUnit): string {
    try {
      return this.unit(module, unit)
    } catch (error) {
      if (!(error instanceof CannotTravelError)) throw error
      return textHash(module.source.slice(unit.start, unit.end), DIGITS)
    }
  }
}
