// The module that the user's own process runs: as written, with registrations.

import MagicString from 'magic-string'
import { analyse } from '../analysis/analyse.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { compilerChoices } from './compilerChoices.ts'
import { finishModule } from './finishModule.ts'
import { headOffset, helperCode, importNotes, liveCode } from './helperCode.ts'
import { instrument } from './instrument.ts'
import { markedResult, RESULT_NAME } from './resultMark.ts'
import { isPackageSpecifier } from './specifiers.ts'

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
  const module = analyse(file, source, { format })
  const text = new MagicString(module.source)
  const top = instrument({ module, text, includes: () => true })
  const imported = module.imports
    .filter((record) => isPackageSpecifier(record.source))
    .flatMap((record) =>
      record.names
        .filter(({ binding }) => binding.references > 0)
        .map(({ imported, local }) => ({ source: record.source, imported, local })),
    )
  // The directive in front may end without a semicolon.
  const begun = ';globalThis.__heddle?.e(__heddle_m());'
  const head = begun + helperCode(module.id) + top + liveCode(module) + importNotes(imported)
  text.appendLeft(headOffset(module), head)
  const result = markedResult(module.source)
  if (result) {
    text.appendLeft(result.start, `(${RESULT_NAME}=(`)
    text.prependRight(result.end, '))')
    text.append(`\nexport var ${RESULT_NAME};`)
  }
  return { module, code: finishModule({ module, text, choices: compilerChoices(file) }) }
}
