// Why a value cannot be sent to a worker: the variable, its path and type, where it is written, and the way out.

import { types } from 'node:util'
import { isCollection } from '../graph/collection.ts'
import type { SourcePlace } from '../protocol/failure.ts'
import { withoutOurFrames } from './stackPlaces.ts'

export interface TravelProblem {
  /** The whole path from a variable, e.g. `conn.inner.socket`. */
  path?: string
  /** What the value is, e.g. `a net.Socket`. */
  type?: string
  /** The function or variable in the user's source. */
  place?: SourcePlace
  /** What to do instead. */
  remedy?: string
}

/** Something that was to be sent to a worker, or back, cannot travel. The message says what, where and what to do instead. */
export class CannotTravelError extends Error {
  override name = 'CannotTravelError'
  /** The variable that the path begins with, e.g. `conn`. */
  readonly variable: string | undefined
  readonly path: string | undefined
  readonly type: string | undefined
  readonly place: SourcePlace | undefined
  readonly remedy: string | undefined

  constructor(message: string, problem: TravelProblem = {}) {
    super(message)
    this.path = problem.path
    this.variable = problem.path === undefined ? undefined : /^[^.[]*/.exec(problem.path)![0]
    this.type = problem.type
    this.place = problem.place
    this.remedy = problem.remedy
    this.stack = withoutOurFrames(stackOf(this))
  }
}

/** Marks, inside a path, that a captured variable begins here: what led to it is not said. */
export class VariableStart {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Ours may be the innermost frames, more of them than V8 keeps of a stack: the user's line is to be among those kept. */
function stackOf(error: Error): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES_MAX
  Error.captureStackTrace(error, CannotTravelError)
  const { stack } = error
  Error.stackTraceLimit = stackTraceLimit
  return stack ?? ''
}

const FRAMES_MAX = 200

export type PathPart = string | number | VariableStart

/**
 * A path as a person would write it, from the last captured variable on.
 * @example pathText(['conn', 'list', 0, 'a-b']) // conn.list[0]["a-b"]
 */
export function pathText(parts: readonly PathPart[]): string {
  let first = parts.length - 1
  while (first > 0 && !(parts[first] instanceof VariableStart)) first--
  let text = ''
  for (let i = Math.max(first, 0); i < parts.length; i++) {
    const part = parts[i]
    if (part instanceof VariableStart) text = part.name
    else if (typeof part === 'number') text += `[${part}]`
    else if (i === first || text === '') text += part
    else if (/^[A-Za-z_$][\w$]*$/.test(part) || part.startsWith('['))
      text += part.startsWith('[') ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** Names a value that cannot travel, with its article. */
export function describeValue(value: object): string {
  // Asked for here alone: nothing else needs these modules, and loading them costs every start.
  const { Stream } = process.getBuiltinModule('node:stream')
  const net = process.getBuiltinModule('node:net')
  if (value instanceof net.Socket) return 'a net.Socket'
  if (value instanceof net.Server) return 'a net.Server'
  if (value instanceof Stream) return `a stream (${value.constructor.name})`
  if (value instanceof Promise) return 'a Promise'
  if (value instanceof WeakRef) return `a ${value.constructor.name}`
  if (/Generator\]$/.test(Object.prototype.toString.call(value))) return 'a running generator'
  // Its properties are delayed too, whatever they are called.
  if (isCollection(value) && value.collectionKind === 'delayed') return 'a Delayed'
  if (isProxy(value)) return 'a Proxy'
  if (standsOnObject(value)) return 'an object that inherits from another object'
  // Bundlers put an underscore in front of a class that names itself.
  const name = value.constructor?.name.replace(/^_(?=[A-Z])/, '')
  if (!name) return 'an object of an unknown class'
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`
}

/** What a Proxy does when it is read stays here, and what it gave would look like what was sent. */
export const isProxy = (value: object): boolean => types.isProxy(value)

/** Whether it was made by `Object.create` or `__proto__`, not by a class. */
function standsOnObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    !Object.hasOwn(prototype, 'constructor') &&
    (prototype as { constructor?: unknown }).constructor === Object
  )
}

const OF_COLLECTIONS =
  'Compute it first (await x.compute()), or give it to a delayed function, which gets its value: delayed(f)(x).'
/** The way out for classes that a program of heddle has at hand. */
const REMEDIES: Readonly<Record<string, string>> = {
  'an object that inherits from another object':
    'Make it an instance of a class, or one plain object: { ...base, ...x }.',
  'a Proxy': 'Send the object behind it, or a copy of what it gives: { ...x }.',
  'a Future':
    'Pass it as an argument of submit, map or a delayed function: there its value comes in its place.',
  'a Delayed': OF_COLLECTIONS,
  'a Bag': OF_COLLECTIONS,
  'a ChunkedArray': OF_COLLECTIONS,
  'a DataFrame': OF_COLLECTIONS,
  'a Client': 'Inside a task, await currentTask().client gives one.',
}

/** What to do instead of sending `value`. */
export function remedyFor(value: object): string {
  if (value instanceof Promise) return 'await it first.'
  if (value instanceof process.getBuiltinModule('node:events').EventEmitter)
    return 'Open it inside the function, or make one per worker with perWorker(() => …).'
  const own = REMEDIES[describeValue(value)]
  if (own) return own
  return 'Make it inside the function or with perWorker(() => …), or give its class [toWorker]/[fromWorker] methods.'
}
