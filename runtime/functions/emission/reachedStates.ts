// What a function reaches of declarations that each worker makes for itself, and that the program may have changed since.

import type { Binding } from '../analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import type { StateName } from '../encodeOptions.ts'
import type { ModuleGraph } from './moduleGraph.ts'

/**
 * @param graph leads to what other modules declare; without it that is left out
 * @param isEvaluated workers evaluate the function's whole module: what its top level does to classes is done there again
 */
export function reachedStates(
  graph: ModuleGraph | undefined,
  module: AnalysedModule,
  unit: SourceUnit,
  isEvaluated: boolean,
): StateName[] {
  const search = new StateSearch(graph)
  if (unit.statics && isEvaluated) search.addClass(module, unit, isEvaluated)
  for (const binding of unit.imports) search.visit(module, binding, isEvaluated)
  for (const binding of unit.closedDependencies) search.visit(module, binding, isEvaluated)
  if (unit.singleton) search.visit(module, unit.singleton, isEvaluated)
  return [...search.found.values()]
}

class StateSearch {
  readonly found = new Map<string, StateName>()
  readonly #graph: ModuleGraph | undefined
  readonly #seen = new Set<Binding>()

  constructor(graph: ModuleGraph | undefined) {
    this.#graph = graph
  }

  visit(module: AnalysedModule, binding: Binding, isEvaluated: boolean): void {
    if (this.#seen.has(binding)) return
    this.#seen.add(binding)
    if (binding.kind === 'import') {
      this.#import(module, binding.record?.source, binding.imported)
      return
    }
    const kept = module.kept.get(binding)
    if (kept) {
      const since = isEvaluated ? 'evaluation' : 'declaration'
      this.found.set(`${module.id} ${binding.name}`, { module: module.id, variable: binding.name, since })
    }
    const unit = module.classes.get(binding)
    if (unit) this.addClass(module, unit, isEvaluated)
    for (const needed of module.dependencies.get(binding) ?? []) this.visit(module, needed, isEvaluated)
  }

  addClass({ id }: AnalysedModule, { number }: SourceUnit, isEvaluated: boolean): void {
    const since = isEvaluated ? 'evaluation' : 'declaration'
    this.found.set(`${id} ${number}`, { module: id, unit: number, since })
  }

  #import(from: AnalysedModule, specifier: string | undefined, imported: string | undefined): void {
    const graph = this.#graph
    if (specifier === undefined || !graph) return
    const resolution = graph.resolve(from, specifier, from.format === 'commonjs')
    if (resolution.kind !== 'user' || resolution.file === graph.entry) return
    this.#export(graph.module(resolution.file), imported ?? '*')
  }

  #export(module: AnalysedModule, name: string): void {
    for (const binding of module.scope.bindings.values())
      if (binding.exportedAs !== undefined && (name === '*' || binding.exportedAs === name))
        this.visit(module, binding, true)
    for (const { source, node } of module.reexports) {
      if (node.type !== 'ExportNamedDeclaration') continue
      for (const { exported, local } of node.specifiers) {
        const given = exported.type === 'Identifier' ? exported.name : exported.value
        if (name === '*' || given === name)
          this.#import(module, source, local.type === 'Identifier' ? local.name : local.value)
      }
    }
  }
}
