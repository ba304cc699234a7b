// Calls with each argument wrong in every way: what comes must be an error of ours that names the call, or be right.

import assert from 'node:assert/strict'
import { inspect } from 'node:util'

/** What half-typed cells and plain JavaScript put in the place of an argument. */
const GIVEN: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  text: 'text',
  number: 3,
  NaN: Number.NaN,
  '-1': -1,
  '1.5': 1.5,
  true: true,
  '{}': {},
  '[]': [],
  function: (): number => 1,
}

/** Errors that JavaScript and Node throw by themselves: nobody wrote their texts for this call. */
const FOREIGN = new Set(['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'])

/** One function or method: a right call, and what else each of its arguments may be. */
export interface Line {
  call: (...args: never[]) => unknown
  /** Of a right call. */
  args: readonly unknown[]
  /**
   * For each argument the kinds that are right too, e.g. `nothing number`; `anything` where any value may stand. Kinds are
   * refused where they do not stand here.
   */
  takes?: readonly string[]
  /** For each option (of the last argument, an object) the kinds that are right. */
  options?: Readonly<Record<string, string>>
  /** What errors call it, where that is not its name. */
  says?: RegExp
}

type Outcome = { error?: Error }

async function outcomeOf({ call }: Line, args: readonly unknown[]): Promise<Outcome> {
  try {
    await call(...(args as never[]))
    return {}
  } catch (error) {
    return { error: error as Error }
  }
}

/** What is wrong with what came of a call, or nothing. */
function faultIn({ error }: Outcome, takes: string, kind: string, says: RegExp): string | undefined {
  if (takes === 'anything' && !error) return undefined
  if (takes.split(' ').includes(kind)) return error && `is refused: ${error.stack?.slice(0, 300)}`
  if (!error) return 'is taken'
  if (FOREIGN.has(error.name) || (error as { code?: unknown }).code !== undefined)
    return `gives a foreign ${error.name}: ${error.message}`
  return says.test(error.message) ? undefined : `is not named: ${error.name}: ${error.message}`
}

/**
 * What is wrong with a function's answers to wrong arguments.
 * @returns one text for each fault, none where all is well
 */
export async function faultsOf(name: string, line: Line): Promise<string[]> {
  const { args, takes = [], options = {}, says = new RegExp(`\\b${name}\\b`) } = line
  const faults: string[] = []
  const right = await outcomeOf(line, args)
  if (right.error) return [`${name}(${inspect(args)}), which is right: ${right.error.stack}`]
  const note = (what: string, fault: string | undefined): void => {
    if (fault !== undefined) faults.push(`${name}: ${what} ${fault}`)
  }
  for (const [kind, value] of Object.entries(GIVEN))
    for (let i = 0; i < args.length; i++) {
      const changed = args.map((arg, at) => (at === i ? value : arg))
      note(`${kind} as argument ${i}`, faultIn(await outcomeOf(line, changed), takes[i] ?? '', kind, says))
    }
  const last = args.length - 1
  const withOption = (option: string, value: unknown): unknown[] => [
    ...args.slice(0, last),
    { ...(args[last] as object), [option]: value },
  ]
  for (const [option, kinds] of Object.entries(options)) {
    const named = new RegExp(`${says.source}.*\\b${option}\\b|\\b${option}\\b.*${says.source}`)
    for (const [kind, value] of Object.entries(GIVEN)) {
      const outcome = await outcomeOf(line, withOption(option, value))
      note(`${kind} as option ${option}`, faultIn(outcome, kinds, kind, named))
    }
  }
  if (Object.keys(options).length > 0) {
    const outcome = await outcomeOf(line, withOption('optoin', 1))
    const message = outcome.error?.message ?? 'nothing'
    if (!/\bno option "optoin"/.test(message)) note('an option of another name gives', message)
  }
  return faults
}

/** A line of a table: what has the function, where it is not what the table is of. */
export type Told = Omit<Line, 'call'> & { of?: object }

/**
 * Calls each function of a table wrongly.
 * @param target what has the functions
 * @param names all that there are: each must stand in the table
 */
export async function walk(
  table: Readonly<Record<string, Told>>,
  target: object,
  names: readonly string[],
): Promise<void> {
  const faults: string[] = []
  for (const [name, { of = target, ...line }] of Object.entries(table)) {
    const call = (...args: never[]): unknown =>
      (of as Record<string, (...args: never[]) => unknown>)[name](...args)
    faults.push(...(await faultsOf(name, { ...line, call })))
  }
  assert.deepEqual(faults, [])
  assert.deepEqual(Object.keys(table).sort(), [...names].sort(), 'every public name has its line')
}

/** The names of what can be called on an object, those of its class and of the classes below it. */
export function methodsOf(prototype: object): string[] {
  const names = new Set<string>()
  for (let own = prototype; own && own !== Object.prototype; own = Object.getPrototypeOf(own))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(own)))
      if (typeof value === 'function' && name !== 'constructor' && !name.startsWith('$')) names.add(name)
  return [...names].sort()
}
