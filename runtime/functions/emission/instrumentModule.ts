// The module that the user's own process runs: as written, with registrations.

import MagicString from 'magic-string'
import type { Node } from 'oxc-parser'
import { analyse } from '../analysis/analyse.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { compilerChoices } from './compilerChoices.ts'
import { finishModule } from './finishModule.ts'
import { evaluatedCode, headOffset, helperCode, importNotes, keptCode, liveCode } from './helperCode.ts'
import { rewriteImportEquals } from './importEquals.ts'
import { instrument } from './instrument.ts'
import { markedResult, RESULT_NAME } from './resultMark.ts'
import { isForeignSpecifier } from './specifiers.ts'

export interface InstrumentedModule {
  module: AnalysedModule
  code: string
}

/**
 * Instruments the text of a user's file.
 * @throws {SourceSyntaxError} when it does not parse
 */
export function instrumentModule(
  file: string,
  source: string,
  format: 'module' | 'commonjs' = 'module',
): InstrumentedModule {
  const choices = compilerChoices(file)
  const module = analyse(file, source, { format, decoratorMetadata: choices.decoratorMetadata })
  const text = new MagicString(module.source)
  const top = instrument({ module, text, includes: () => true })
  const imported = module.imports
    .filter((record) => isForeignSpecifier(record.source))
    .flatMap((record) =>
      record.names
        .filter(({ binding }) => binding.references > 0)
        .map(({ imported, local }) => ({ source: record.source, imported, local })),
    )
  // The directive in front may end without a semicolon.
  const begun = ';globalThis.__heddle?.e(__heddle_m());'
  const head = begun + helperCode(module) + top + liveCode(module) + keptCode(module) + importNotes(imported)
  text.appendLeft(headOffset(module), head)
  rewriteImportEquals(module, text, ({ source }) => `${requireOf(module)}(${JSON.stringify(source)})`)
  text.append(evaluatedCode(module))
  const result = markedResult(module.source)
  if (result) {
    // Without a semicolon, a bracket that begins a statement would call what stands before it.
    const begins = (module.program.body as Node[]).some((statement) => statement.start === result.start)
    text.appendLeft(result.start, `${begins ? ';' : ''}(${RESULT_NAME}=(`)
    text.prependRight(result.end, '))')
    text.append(
      module.format === 'commonjs'
        ? `\nvar ${RESULT_NAME};if(Object(module.exports)===module.exports)module.exports.${RESULT_NAME}=${RESULT_NAME};`
        : `\nexport var ${RESULT_NAME};`,
    )
  }
  return { module, code: finishModule({ module, text, choices }) }
}

function requireOf({ format }: AnalysedModule): string {
  return format === 'commonjs'
    ? 'require'
    : "process.getBuiltinModule('node:module').createRequire(import.meta.url)"
}
