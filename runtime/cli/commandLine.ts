// Reads the options of one command; what does not fit is said in one sentence.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from './usageError.ts'

/**
 * What `parseArgs` gives. A value may begin with a dash and a digit: it is checked with the others.
 * @throws {UsageError}
 * @example parseCommandLine(['--workers', '-1'], { workers: { type: 'string' } }, true).values // { workers: '-1' }
 */
export function parseCommandLine<T extends NonNullable<ParseArgsConfig['options']>>(
  given: readonly string[],
  options: T,
  allowPositionals: boolean,
) {
  const args: string[] = []
  for (let i = 0; i < given.length; i++) {
    const takesValue = given[i].startsWith('--') && options[given[i].slice(2)]?.type === 'string'
    args.push(takesValue && /^-\d/.test(given[i + 1] ?? '') ? `${given[i]}=${given[++i]}` : given[i])
  }
  try {
    return parseArgs({ args, options, strict: true, allowPositionals })
  } catch (error) {
    throw new UsageError(sentenceOf(error as Error))
  }
}

/** Node's own words without its advice, which is about dashes and seldom what is wrong. */
function sentenceOf({ message }: Error): string {
  const unknown = /^Unknown option '([^']+)'/.exec(message)
  if (unknown) return `there is no option ${unknown[1]}`
  const missing = /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(
    message,
  )
  if (missing) return `${missing[1]} needs a value`
  return message.split('\n')[0]
}
