// Errors of tasks as plain data, and back: the user's frames first, the class kept where both sides have it.

import { inspect } from 'node:util'
import type { FailureKind, TaskFailure } from '../protocol/failure.ts'
import { CannotTravelError } from './cannotTravel.ts'
import type { DecodeOptions } from './encodeOptions.ts'
import type { KernelNames } from './kernelNames.ts'
import { userPlace, withoutOurFrames } from './stackPlaces.ts'
import { decodeValue, encodeValue } from './valueCodec.ts'

export { userFrames, userPlace } from './stackPlaces.ts'

/**
 * A task that has no result, where its error's own class is not known here or there never was one. A task that threw
 * something else than an error has it as `cause`.
 */
export class TaskFailedError extends Error {
  override name = 'TaskFailedError'
  readonly kind: FailureKind
  constructor(message: string, kind: FailureKind, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** What every error of a task bears. */
export interface OfTask {
  failure: TaskFailure
  key: string
}

/** Kernels that call a function for each item note here which one it was. */
const FAILED_ITEM = Symbol.for('heddle.failedItem')
const INPUTS_MAX = 8
const INPUT_CHARACTERS_MAX = 160

/** What a function was given, in a few words each; nothing where nobody knows. */
function inputsOf(error: unknown, given: readonly unknown[] | undefined): { inputs?: string[] } {
  const item = (error as { [FAILED_ITEM]?: readonly unknown[] } | undefined)?.[FAILED_ITEM]
  const inputs = (item ?? given ?? []).slice(0, INPUTS_MAX).map(inWords)
  return inputs.length > 0 ? { inputs } : {}
}

function inWords(value: unknown): string {
  try {
    const text = inspect(value, {
      depth: 1,
      maxArrayLength: 5,
      maxStringLength: 100,
      breakLength: Number.POSITIVE_INFINITY,
    }).replace(/\s*\n\s*/g, ' ')
    return text.length > INPUT_CHARACTERS_MAX ? `${text.slice(0, INPUT_CHARACTERS_MAX - 1)}…` : text
  } catch {
    return typeof value
  }
}

/**
 * Describes what a task threw.
 * @param about.given what the user's function was called with
 * @param about.kernels names of classes that the reader has too: errors of these are theirs again
 */
export function failureOf(
  error: unknown,
  about: { key: string; worker?: string; given?: readonly unknown[]; kernels?: KernelNames },
): TaskFailure {
  const { key, worker } = about
  if (!(error instanceof Error)) {
    const message = `a task threw ${shown(error)}, which is no Error`
    return {
      kind: 'threw',
      name: 'Error',
      message,
      stack: `Error: ${message}`,
      key,
      worker,
      error: encoded(error, about.kernels),
      ...inputsOf(error, about.given),
    }
  }
  const stack = withoutOurFrames(error.stack || `${error.name}: ${error.message}`)
  cleanCauses(error, 0)
  const place = error instanceof CannotTravelError ? (error.place ?? userPlace(stack)) : userPlace(stack)
  return {
    kind: error instanceof CannotTravelError ? 'cannot-travel' : 'threw',
    name: error.name || 'Error',
    message: String(error.message),
    stack,
    place,
    key,
    worker,
    error: encoded(error, about.kernels),
    ...inputsOf(error, about.given),
  }
}

/** What led to an error is told like the error itself: by the user's frames alone. */
function cleanCauses(error: Error, depth: number): void {
  if (depth >= CAUSES_MAX) return
  const causes = error instanceof AggregateError ? [error.cause, ...error.errors] : [error.cause]
  for (const cause of causes) {
    if (!(cause instanceof Error)) continue
    try {
      cause.stack = withoutOurFrames(cause.stack ?? '')
    } catch {
      // A frozen error keeps its stack.
    }
    cleanCauses(cause, depth + 1)
  }
}

/** Chains of causes may be circles. */
const CAUSES_MAX = 10

/** An error that cannot travel itself is told by its name, message and stack alone. */
function encoded(error: unknown, kernels: KernelNames | undefined): Uint8Array | undefined {
  try {
    return encodeValue(error, { kernels }).bytes
  } catch {
    return undefined
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return value.constructor?.name ? `a value of class ${value.constructor.name}` : 'an object'
}

/**
 * The error of a task as its reader throws it: of the same class where it is known here, with `.failure`, `.key`, and a
 * stack that begins in the user's code and ends with the task and its worker.
 */
export function errorOf(failure: TaskFailure, lifter?: { decodeOptions(): DecodeOptions }): Error & OfTask {
  const error =
    revived(failure, lifter?.decodeOptions()) ?? new TaskFailedError(failure.message, failure.kind)
  const where = failure.worker === undefined ? '' : ` on worker ${failure.worker}`
  const told = failure.stack || `${failure.name}: ${failure.message}`
  const { place } = failure
  // An error that names no line of the user's was asked for at one.
  const asked = place && !userPlace(told) ? `\n    at ${place.file}:${place.line}:${place.column}` : ''
  const stack = `${told}${asked}\n    in task ${failure.key}${where}`
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true })
  }
  define('stack', stack)
  define('failure', failure)
  define('key', failure.key)
  return error as Error & OfTask
}

function revived(failure: TaskFailure, options: DecodeOptions | undefined): Error | undefined {
  if (!failure.error) return undefined
  try {
    const value = decodeValue({ bytes: failure.error, buffers: [] }, options)
    if (value instanceof Error) return value
    return new TaskFailedError(failure.message, failure.kind, { cause: value })
  } catch {
    return undefined // Its class is not known here: its text says what happened.
  }
}
