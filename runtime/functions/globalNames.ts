// Functions and namespaces of the language and of Node that every thread has: they travel by their path from `globalThis`.

import type { AnyFunction } from './liftHook.ts'

const ROOTS = [
  ...['Object', 'Array', 'Map', 'Set', 'Date', 'RegExp', 'Promise', 'Number', 'String', 'Boolean', 'BigInt'],
  ...['Symbol', 'Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError'],
  ...['AggregateError', 'Math', 'JSON', 'Reflect', 'Intl', 'Atomics', 'WebAssembly', 'Function', 'Proxy'],
  ...['Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array'],
  ...['Float64Array', 'BigInt64Array', 'BigUint64Array', 'ArrayBuffer', 'DataView', 'URL', 'URLSearchParams'],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'structuredClone', 'fetch', 'encodeURIComponent'],
  ...['decodeURIComponent', 'Buffer', 'TextEncoder', 'TextDecoder', 'WeakMap', 'WeakSet', 'atob', 'btoa'],
  ...['Uint8ClampedArray', 'Float16Array', 'SharedArrayBuffer', 'WeakRef', 'Iterator', 'AbortSignal'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'],
  ...['performance', 'crypto', 'AbortController', 'console'],
]

let paths: Map<unknown, string[]> | undefined

/** The path of a global function or namespace from `globalThis`, e.g. `['Math', 'sqrt']`. */
export function globalPath(value: AnyFunction | object): string[] | undefined {
  paths ??= collectPaths()
  return paths.get(value)
}

/** What stands at a path that `globalPath` gave. */
export function globalAt(path: readonly string[]): unknown {
  let value: unknown = globalThis
  for (const key of path) value = (value as Record<string, unknown>)[key]
  return value
}

function collectPaths(): Map<unknown, string[]> {
  const found = new Map<unknown, string[]>()
  for (const root of ROOTS) {
    const value = (globalThis as Record<string, unknown>)[root] as object | undefined
    if (value === undefined) continue
    if (!found.has(value)) found.set(value, [root])
    collectFunctions(found, value, [root])
    const prototype = (value as { prototype?: object }).prototype
    if (prototype) collectFunctions(found, prototype, [root, 'prototype'])
  }
  return found
}

function collectFunctions(found: Map<unknown, string[]>, holder: object, path: string[]): void {
  for (const key of Object.getOwnPropertyNames(holder)) {
    const member = Object.getOwnPropertyDescriptor(holder, key)?.value
    if (typeof member === 'function' && !found.has(member)) found.set(member, [...path, key])
  }
}
