// A function or class that captures values, as a module whose export makes it from them.

import path from 'node:path'
import MagicString from 'magic-string'
import type { Node } from 'oxc-parser'
import { lineColumn } from '../analysis/sourceText.ts'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { textHash } from '../textHash.ts'
import { finishModule } from './finishModule.ts'
import { helperCode, isIdentifier, registrationOf, THIS_NAME, thunkOf } from './helperCode.ts'
import { importsOf, sideEffectImports } from './importLines.ts'
import { instrument, instrumentClass } from './instrument.ts'
import { commonJsNames, rewritePlaces } from './places.ts'
import { moduleName, type WorkerModules } from './workerModules.ts'

/**
 * Writes `export default eager => { let a, b; [a] = eager; const f = …; return [f, late => { [b] = late }] }`.
 * Captures come in two steps, since a captured object may itself hold the function.
 */
export function writeFactoryModule(modules: WorkerModules, module: AnalysedModule, unit: SourceUnit): string {
  const needs = new Set<string>()
  const text = new MagicString(module.source)
  const includes = (node: { start: number; end: number }): boolean =>
    node.start >= unit.start && node.end <= unit.end && node !== unit
  const renamedThis = new Set<Node>(unit.thisNodes)
  for (const node of renamedThis) text.overwrite(node.start, node.end, THIS_NAME)
  const top = instrument({ module, text, includes, renamedThis })
  rewritePlaces(modules, module, text, includes, needs)
  if (unit.start > 0) text.remove(0, unit.start)
  if (unit.end < module.source.length) text.remove(unit.end, module.source.length)

  const { before, after, name } = wrapping(module, text, unit)
  const eager = unit.captureNames.slice(0, unit.eagerCount)
  const late = unit.captureNames.slice(unit.eagerCount)
  if (renamedThis.size > 0) late.push(THIS_NAME)
  const variables = [...eager, ...late]
  let open = 'export default function(__heddle_e){'
  if (variables.length > 0) open += `let ${variables.join(',')};`
  if (eager.length > 0) open += `[${eager.join(',')}]=__heddle_e;`
  const setLate = late.length > 0 ? `__heddle_e=>{[${late.join(',')}]=__heddle_e}` : 'null'
  const registration = isClassUnit(unit) ? '' : registrationOf(name, unit, renamedThis)
  const close = `${after}${registration}return [${name},${setLate}]}`

  let head = sideEffectImports(modules, module, needs)
  const { lines, notes } = importsOf(modules, module, unit.imports, needs)
  head += lines
  for (const binding of unit.closedDependencies) {
    const group = modules.group(module, binding)
    needs.add(group)
    head += `import {${binding.name}} from "./${group}";`
  }
  const unitNotes = modules.unitNotes(module, (node) => node === unit || includes(node))
  head += helperCode(module) + commonJsNames(module, unit.globals) + top + notes + unitNotes
  text.prepend(head + open + before)
  text.append(close)

  const code = finishModule({
    module: { ...module, format: 'module' },
    text,
    choices: modules.graph.choices(module),
    keepImports: true,
  })
  const { line } = lineColumn(module.source, unit.start)
  const base = path.basename(module.file).replace(/\.\w+$/, '')
  const file = moduleName(base, `${unit.name ?? 'fn'}-${line}`, textHash(code))
  modules.write(file, code, needs)
  return file
}

function isClassUnit(unit: SourceUnit): boolean {
  return unit.kind === 'class' || unit.kind === 'classExpression'
}

/** What stands around the unit's own text, so that it is a named value. */
function wrapping(
  module: AnalysedModule,
  text: MagicString,
  unit: SourceUnit,
): { before: string; after: string; name: string } {
  if (isClassUnit(unit)) instrumentClass(text, module, unit, thunkOf(unit), unit.isDefaultExport)
  const ownName = 'id' in unit.node ? unit.node.id?.name : undefined
  if (ownName !== undefined && (unit.kind === 'declaration' || unit.kind === 'class'))
    return { before: '', after: ';', name: ownName }
  if (unit.kind === 'method') {
    let key = unit.name ?? 'task'
    if (unit.computedKey) {
      const { start, end } = unit.computedKey
      text.overwrite(start, end, '"task"')
      key = 'task'
    }
    return { before: 'const __heddle_v=({', after: `})[${JSON.stringify(key)}];`, name: '__heddle_v' }
  }
  const wanted = unit.name
  const free =
    wanted !== undefined &&
    isIdentifier(wanted) &&
    !unit.captureNames.includes(wanted) &&
    !unit.globals.has(wanted) &&
    ![...unit.imports, ...unit.closedDependencies].some((binding) => binding.name === wanted) &&
    !module.source.includes('__heddle_v')
  if (free) return { before: `const ${wanted}=(`, after: ');', name: wanted }
  // Behind a comma a function has no name, as it had none where it was written.
  if (wanted === undefined) return { before: 'const __heddle_v=(0,', after: ');', name: '__heddle_v' }
  const label = JSON.stringify(wanted)
  return { before: `const __heddle_v={${label}:`, after: `}[${label}];`, name: '__heddle_v' }
}
