// `import x = require('y')`, where the language has it no more.

import type MagicString from 'magic-string'
import type { Binding, ImportRecord } from '../analysis/scope.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'

/**
 * What is neither named nor exported is left out, as TypeScript does; what is only exported is taken for a value, as it is
 * wherever files are compiled one by one.
 */
export function isNeeded({ references, exportedAs }: Binding): boolean {
  return references > 0 || exportedAs !== undefined
}

/**
 * Writes such imports of a module as calls.
 * @param callOf the call that gives what an import binds
 */
export function rewriteImportEquals(
  module: AnalysedModule,
  text: MagicString,
  callOf: (record: ImportRecord) => string,
): void {
  for (const record of module.imports) {
    const { importEquals, names } = record
    if (!importEquals) continue
    const [{ local, binding }] = names
    const exported = importEquals.type === 'ExportNamedDeclaration' ? 'export ' : ''
    const written = exported || isNeeded(binding) ? `${exported}const ${local}=${callOf(record)};` : ''
    text.overwrite(importEquals.start, importEquals.end, written)
  }
}
