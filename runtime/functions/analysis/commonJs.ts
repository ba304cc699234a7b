// CommonJS modules: `const x = require('y')` at the top level binds an import.

import type { Node, Program } from 'oxc-parser'
import { stripTypes } from './purity.ts'
import type { ImportRecord, Scope } from './scope.ts'
import type { AnalysedModule } from './sourceUnit.ts'

/** Turns the variables of top-level `const x = require('y')` and `const { a, b } = require('y')` into imports. */
export function declareRequires(
  program: Program,
  scope: Scope,
  imports: ImportRecord[],
  calls: AnalysedModule['requireCalls'],
): void {
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue
    for (const { id, init } of statement.declarations) {
      if (!init) continue
      const call = calls.find(({ node }) => node === stripTypes(init as Node))
      if (!call) continue
      const names = boundNames(id as Node)
      if (!names) continue
      const record: ImportRecord = {
        source: call.specifier,
        start: call.argument.start,
        names: [],
        sideEffectOnly: false,
        required: true,
      }
      for (const { local, imported } of names) {
        const binding = scope.bindings.get(local)
        if (!binding || binding.writes.length > 0) continue
        binding.kind = 'import'
        binding.record = record
        binding.imported = imported
        record.names.push({ local, imported, binding })
      }
      imports.push(record)
    }
  }
}

/** `x` is the whole of the module; `{ a, b: c }` are names of it. Anything deeper is an ordinary variable. */
function boundNames(id: Node): { local: string; imported: string }[] | undefined {
  if (id.type === 'Identifier') return [{ local: id.name, imported: '*' }]
  if (id.type !== 'ObjectPattern') return undefined
  const names: { local: string; imported: string }[] = []
  for (const property of id.properties) {
    if (property.type !== 'Property' || property.computed) return undefined
    const { key, value } = property
    if (key.type !== 'Identifier' || value.type !== 'Identifier') return undefined
    names.push({ local: value.name, imported: key.name })
  }
  return names
}
