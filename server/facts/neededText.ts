// What an expression's value depends on in its file, as one short text: equal texts, equal code.

import { createHash } from 'node:crypto'
import { parseSync } from 'oxc-parser'
import { languageOf } from '../../runtime/functions/analysis/sourceText.ts'
import { virtualModule } from '../../runtime/functions/virtualModule.ts'
import type { Span } from './documentFacts.ts'

/**
 * A fingerprint of the code that runs for an expression: spaces, comments and what it does not need leave it as it is.
 * @returns nothing when the text does not parse
 */
export function neededText(file: string, text: string, expression: Span): string | undefined {
  try {
    const { text: needed, whole } = virtualModule(text, expression, file)
    // The last line marks the expression by its place, which may move.
    const code = whole ? needed : needed.slice(0, text.length)
    const { program } = parseSync(file, code, { lang: languageOf(file) })
    // The tree has neither spaces nor comments; only places would tell them.
    const bare = JSON.stringify(program.body, (name, value) =>
      name === 'start' || name === 'end' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
    )
    const own = text.slice(expression.start, expression.end)
    return createHash('sha256')
      .update(`${bare}\n${own.replace(/\s+/g, ' ')}`)
      .digest('hex')
      .slice(0, 16)
  } catch {
    return undefined
  }
}
