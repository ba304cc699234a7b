// Which call an error of arrays is of: the one that the user made, not those that it is made of.

import type { Collection } from '../../graph/collection.ts'
import { ArrayArgumentError } from '../../kernels/array/arguments.ts'
import { DTypeError } from '../../kernels/array/dtype.ts'
import { ShapeError } from '../../kernels/array/shape.ts'
import { OptionError } from '../../kernels/optionNames.ts'
import { ChunksError } from './chunks.ts'

const OURS = [ArrayArgumentError, ChunksError, DTypeError, OptionError, ShapeError]

/** What errors said before a call was named in them. */
const texts = new WeakMap<Error, string>()

/**
 * What `build` gives; an error of ours says of which call it is, where its text does not.
 * @param call the user's own: of calls within one another the outermost is named
 */
export function inCall<T>(call: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    nameCall(call, error)
    throw error
  }
}

/** What `build` gives; an error of ours says of which argument it is, in front of its text. */
export function inArgument<T>(argument: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    rename(error, (said, known) => {
      const text = `${argument}: ${texts.get(known) ?? said}`
      texts.set(known, text)
      return text
    })
    throw error
  }
}

/** Has the methods of a class, and of those that it extends, say of which of them an error is. */
export function nameCalls(prototype: object): void {
  for (const name of methodsOf(prototype)) {
    if (INNER.has(name)) continue
    const method = (prototype as Record<string, (...args: unknown[]) => unknown>)[name]
    const named = function (this: unknown, ...args: unknown[]): unknown {
      try {
        return method.apply(this, args)
      } catch (error) {
        nameCall(name, error)
        throw error
      }
    }
    Object.defineProperty(named, 'name', { value: name })
    Object.defineProperty(prototype, name, { value: named, writable: true, configurable: true })
  }
}

/** What computing asks of a collection: no call of the user's. */
const INNER: ReadonlySet<string> = new Set<keyof Collection>([
  'announce',
  'prepare',
  'buildTasks',
  'buildValue',
  'assemble',
  'standingOn',
])

/** The methods that users call: what begins with `$` is called by those. */
function methodsOf(prototype: object): Set<string> {
  const names = new Set<string>()
  for (let own = prototype; own !== Object.prototype; own = Object.getPrototypeOf(own))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(own)))
      if (typeof value === 'function' && name !== 'constructor' && !name.startsWith('$')) names.add(name)
  return names
}

function nameCall(call: string, error: unknown): void {
  rename(error, (said, known) => {
    if (new RegExp(`\\b${call}\\b`).test(said)) return said
    const text = texts.get(known) ?? said
    texts.set(known, text)
    return `${call}: ${text}`
  })
}

/** Changes the text of an error of ours, in its stack too. */
function rename(error: unknown, change: (text: string, error: Error) => string): void {
  if (!OURS.some((Class) => error instanceof Class)) return
  const known = error as Error
  // A stack is written when it is first looked at, with the text that the error has then.
  const { message, stack } = known
  known.message = change(message, known)
  known.stack = stack?.replace(message, () => known.message)
}
