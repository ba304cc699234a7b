// Closed declarations as a module of their own: one instance a worker thread, so that classes have one identity.

import path from 'node:path'
import MagicString from 'magic-string'
import type { Node } from 'oxc-parser'
import { declarationStart } from '../analysis/closed.ts'
import type { Binding } from '../analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { textHash } from '../textHash.ts'
import { finishModule } from './finishModule.ts'
import { helperCode, keptCode, registrationOf } from './helperCode.ts'
import { importsOf, sideEffectImports } from './importLines.ts'
import { instrument } from './instrument.ts'
import { commonJsNames, rewritePlaces } from './places.ts'
import { insideAny } from './ranges.ts'
import { moduleName, type WorkerModules } from './workerModules.ts'

/** Writes the module of some closed declarations, which includes everything that refers to them in a cycle. */
export function writeGroupModule(
  modules: WorkerModules,
  module: AnalysedModule,
  members: readonly Binding[],
  label: string,
): string {
  const needs = new Set<string>()
  const imports = new Set<Binding>()
  const others = new Set<Binding>()
  const own = new Set(members)
  for (const member of members)
    for (const needed of module.dependencies.get(member)!) {
      if (needed.kind === 'import') imports.add(needed)
      else if (!own.has(needed)) others.add(needed)
    }
  const parts = members
    .flatMap((member) =>
      member.declarations.map((node) => ({ member, node, start: declarationStart(node), end: node.end })),
    )
    .sort((a, b) => a.start - b.start)
  const includes = insideAny(parts)

  let head = sideEffectImports(modules, module, needs)
  const { lines, notes } = importsOf(modules, module, imports, needs)
  head += lines
  for (const other of others) {
    const name = modules.group(module, other)
    needs.add(name)
    head += `import {${other.name}} from "./${name}";`
  }

  const text = new MagicString(module.source)
  const cut = new Set<Node>()
  for (const { statement, outerStatement } of members)
    for (const node of [statement, outerStatement]) if (node) cut.add(node)
  const top = instrument({ module, text, includes, cut })
  rewritePlaces(modules, module, text, includes, needs)
  keepParts(module, text, parts)

  const globals = new Set<string>()
  for (const unit of module.units) if (includes(unit)) for (const name of unit.globals) globals.add(name)
  let tail = `export {${members.map((member) => member.name).join(',')}};`
  for (const unit of module.units)
    if (unit.singleton && own.has(unit.singleton))
      tail += `__heddle_l(${unit.number},${unit.singleton.name});`
  text.prepend(
    head +
      helperCode(module) +
      commonJsNames(module, globals) +
      top +
      notes +
      modules.unitNotes(module, includes),
  )
  tail += keptCode(module, (binding) => own.has(binding))
  text.append(tail)
  const base = path.basename(module.file).replace(/\.\w+$/, '')
  const code = finishModule({
    module: { ...module, format: 'module' },
    text,
    choices: modules.graph.choices(module),
    keepImports: true,
  })
  const name = moduleName(base, label, textHash(code))
  modules.write(name, code, needs)
  return name
}

/** Cuts everything but the declarations out of the text; constants get their `const` and their registration back. */
function keepParts(
  module: AnalysedModule,
  text: MagicString,
  parts: readonly { member: Binding; node: Node; start: number; end: number }[],
): void {
  let at = 0
  const registered = new Map<string | undefined, SourceUnit[]>()
  for (const unit of module.units) {
    if (!unit.top || !unit.afterStatement) continue
    const known = registered.get(unit.variableName)
    if (known) known.push(unit)
    else registered.set(unit.variableName, [unit])
  }
  for (const { member, node, start, end } of parts) {
    if (start > at) text.remove(at, start)
    at = end
    if (member.kind === 'const' && node.type !== 'ExpressionStatement') {
      text.prependRight(start, 'const ')
      text.appendLeft(end, ';')
      const unit = registered.get(member.name)?.find((one) => one.start >= start && one.end <= end)
      if (unit) text.appendLeft(end, registrationOf(member.name, unit))
    }
    text.appendLeft(end, '\n')
  }
  if (at < module.source.length) text.remove(at, module.source.length)
}
