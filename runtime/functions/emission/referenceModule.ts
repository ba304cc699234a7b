// A user's module as workers import it: whole, but its closed declarations come from modules of their own.

import path from 'node:path'
import MagicString from 'magic-string'
import type { Node } from 'oxc-parser'
import { declarationStart } from '../analysis/closed.ts'
import { withoutExport } from '../analysis/hoist.ts'
import type { Binding } from '../analysis/scope.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { textHash } from '../textHash.ts'
import { finishModule } from './finishModule.ts'
import { evaluatedCode, helperCode, liveCode } from './helperCode.ts'
import { isNeeded } from './importEquals.ts'
import { importLine, importsOf } from './importLines.ts'
import { instrument } from './instrument.ts'
import { rewritePlaces, targetOf } from './places.ts'
import { insideAny, type TextRange } from './ranges.ts'
import { moduleName, type WorkerModules } from './workerModules.ts'

export function referenceName(modules: WorkerModules, module: AnalysedModule): string {
  const base = path.basename(module.file).replace(/\.\w+$/, '')
  const extension = module.format === 'commonjs' ? 'cjs' : 'mjs'
  return moduleName(base, 'module', textHash(module.id + modules.graph.hash(module)), extension)
}

export function writeReferenceModule(modules: WorkerModules, module: AnalysedModule, name: string): void {
  const needs = new Set<string>()
  const text = new MagicString(module.source)
  let head = ''
  const cut = new Set<Node>()
  const ranges: TextRange[] = []
  const late = new Set<Node>()
  for (const binding of module.closed) for (const node of binding.declarations) late.add(node)
  for (const statement of module.program.body as Node[]) {
    if (statement.type === 'ExpressionStatement' && late.has(statement)) {
      cut.add(statement)
      ranges.push(statement)
      text.remove(statement.start, statement.end)
      continue
    }
    const declaration = withoutExport(statement)
    const bindings = closedBindingsOf(module, declaration)
    if (bindings) {
      cut.add(statement)
      cut.add(declaration)
      const range = {
        start: Math.min(statement.start, declarationStart(declaration)),
        end: statement.end,
      }
      ranges.push(range)
      text.remove(range.start, range.end)
      for (const binding of bindings) {
        const group = modules.group(module, binding)
        needs.add(group)
        head += `import {${binding.name}} from "./${group}";`
        if (statement === declaration) continue
        const asDefault = statement.type === 'ExportDefaultDeclaration'
        head += `export {${binding.name}${asDefault ? ' as default' : ''}};`
      }
    } else if (declaration.type === 'TSImportEqualsDeclaration') {
      const isExported = statement !== declaration
      const required = declaration.moduleReference.type === 'TSExternalModuleReference'
      if (required && isExported) head += `export {${declaration.id.name}};`
      // `import A = B.C` stays, unless it is a type.
      if (required || !(isExported || isNeeded(module.scope.bindings.get(declaration.id.name)!))) {
        cut.add(statement)
        ranges.push(statement)
        text.remove(statement.start, statement.end)
      }
    } else if (statement.type === 'ImportDeclaration') {
      if (statement.importKind !== 'type') text.remove(statement.start, statement.end)
    } else if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportAllDeclaration') {
      if (statement.source && statement.exportKind !== 'type') {
        const target = targetOf(modules, module, statement.source.value, needs)
        text.overwrite(statement.source.start, statement.source.end, JSON.stringify(target))
      }
    }
  }
  const isCut = insideAny(ranges)
  const includes = (node: TextRange): boolean => !isCut(node)
  const top = instrument({ module, text, includes, cut })
  rewritePlaces(modules, module, text, includes, needs)

  const used = usedImports(module, includes)
  const { lines, notes } = importsOf(modules, module, used, needs)
  head += lines
  for (const record of module.imports)
    if (record.sideEffectOnly) head += importLine(modules, module, record, [], needs)
  const live = liveCode(module, (unit) => module.closed.has(unit.selfBinding!))
  const notesOfUnits = modules.unitNotes(module, includes)
  text.append(evaluatedCode(module))
  text.prepend(head + helperCode(module) + top + live + notes + notesOfUnits)
  modules.write(
    name,
    finishModule({ module, text, choices: modules.graph.choices(module), keepImports: true }),
    needs,
  )
}

/** The variables of a statement, when all of them are closed. */
function closedBindingsOf(module: AnalysedModule, declaration: Node): Binding[] | undefined {
  const { bindings } = module.scope
  let names: (string | undefined)[] = []
  if (declaration.type === 'VariableDeclaration')
    names = declaration.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : undefined))
  else if (
    /^(FunctionDeclaration|ClassDeclaration|TSEnumDeclaration|TSModuleDeclaration)$/.test(declaration.type) &&
    'id' in declaration &&
    'body' in declaration &&
    declaration.body
  )
    names = [(declaration.id as { name?: string } | null)?.name]
  if (names.length === 0) return undefined
  const found: Binding[] = []
  for (const name of names) {
    const binding = name === undefined ? undefined : bindings.get(name)
    if (!binding || !module.closed.has(binding)) return undefined
    found.push(binding)
  }
  return found
}

/** Imports that the remaining text names, and those that it exports again. */
function usedImports(
  module: AnalysedModule,
  includes: (node: { start: number; end: number }) => boolean,
): Set<Binding> {
  const used = new Set<Binding>()
  for (const { binding, start } of module.references)
    if (binding.kind === 'import' && includes({ start, end: start })) used.add(binding)
  for (const { importEquals, names } of module.imports)
    if (importEquals?.type === 'ExportNamedDeclaration') used.add(names[0].binding)
  for (const statement of module.program.body) {
    if (statement.type === 'ExportNamedDeclaration' && !statement.source && statement.exportKind !== 'type')
      for (const specifier of statement.specifiers) {
        if (specifier.exportKind === 'type' || specifier.local.type !== 'Identifier') continue
        const binding = module.scope.bindings.get(specifier.local.name)
        if (binding?.kind === 'import') used.add(binding)
      }
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'Identifier') {
      const binding = module.scope.bindings.get(statement.declaration.name)
      if (binding?.kind === 'import') used.add(binding)
    }
  }
  return used
}
