// What polars says of values that it cannot cast, in the words of tables and with the way out.

import { kernel } from '../../kernel.ts'
import { CellTypeError } from '../columns/values.ts'

/** A pattern that cannot be read. */
export class PatternError extends SyntaxError {
  override name = 'PatternError'
}
kernel('error.PatternError', PatternError)

/** Names of types, as polars writes them in messages. */
const TYPES: Readonly<Record<string, string>> = {
  str: 'string',
  bool: 'boolean',
  ...Object.fromEntries(
    [8, 16, 32, 64].flatMap((bits) => [
      [`i${bits}`, `int${bits}`],
      [`u${bits}`, `uint${bits}`],
      [`f${bits}`, `float${bits}`],
    ]),
  ),
}

const typeName = (polars: string): string => TYPES[polars] ?? polars.replace(/\[.*\]$/, '')

/** Of texts whose format is to be guessed. */
const NO_FORMAT = 'could not find an appropriate format to parse dates'
/** The values stand in its first line; advice of polars follows. */
const FAILED =
  /^conversion from `(.+?)` to `(.+?)` failed in column '([\s\S]*)' for (\d+) out of (\d+) values: (.*)/

/** The error itself where it is of anything else. */
export function castError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.message.startsWith(NO_FORMAT))
    return new CellTypeError(
      "the texts have no format that dates are known to have: say theirs, e.g. .str.toDatetime('%d.%m.%Y %H:%M')",
      { cause: error },
    )
  if (error.message.startsWith('invalid utf8'))
    return new CellTypeError(
      'bytes that are no UTF-8 cannot be cast to string: decode them in mapPartitions',
      {
        cause: error,
      },
    )
  const pattern = /^regex error: (?:regex parse error:\s*)?([\s\S]*?)\s*\^+\s*error: (.*)/.exec(error.message)
  if (pattern)
    return new PatternError(
      `${JSON.stringify(pattern[1].trim())} is no pattern: ${pattern[2].trim()}. With { literal: true } it is taken as it stands.`,
      { cause: error },
    )
  const found = FAILED.exec(error.message)
  if (!found) return error
  const [, from, to, column, count, all, values] = found
  return new CellTypeError(
    `column ${JSON.stringify(column)}: ${count} of ${all} values of type ${typeName(from)} cannot be cast to ${typeName(to)}: ${values}. ` +
      'Cast with { strict: false } to get null instead.',
    { cause: error },
  )
}
