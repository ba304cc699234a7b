// An import of a name that its module does not export: V8's own error says neither where nor what there is instead.

import { nearest } from '../kernels/nearestNames.ts'
import type { SourcePlace } from '../protocol/failure.ts'

/** Node puts the file and the line in front of the error's stack. */
const PLACE = /^(?:file:\/\/)?(\/.+|[A-Za-z]:\\.+):(\d+)\n/
const SAID = /^The requested module '(.+)' does not provide an export named '(.+)'$/

export interface MissingExport {
  place: SourcePlace
  message: string
}

/**
 * @param read gives the text of a file, or nothing where it cannot be read
 * @param ownNames what `heddle` exports
 * @returns nothing for any other error
 * @example missingExportOf(error, read, ['bag', 'array'])?.message // "'heddle' exports no 'bags': did you mean 'bag'?"
 */
export function missingExportOf(
  error: unknown,
  read: (file: string) => string | undefined,
  ownNames: readonly string[],
): MissingExport | undefined {
  if (!(error instanceof SyntaxError)) return undefined
  const said = SAID.exec(error.message)
  const at = PLACE.exec(error.stack ?? '')
  if (!said || !at) return undefined
  const [, module, name] = said
  const [, file, lineText] = at
  const line = Number(lineText)
  const text = read(file)?.split('\n')[line - 1] ?? ''
  const place = { file, line, column: 1 + Math.max(0, text.search(wordOf(name))) }
  const near = module === 'heddle' ? nearest(name, ownNames) : []
  const meant = near.length > 0 ? `: did you mean ${near.map((each) => `'${each}'`).join(' or ')}?` : ''
  return { place, message: `'${module}' exports no '${name}'${meant}` }
}

const wordOf = (name: string): RegExp =>
  new RegExp(`(?<![\\w$])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`)
