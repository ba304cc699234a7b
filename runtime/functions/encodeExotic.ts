// Writes objects that are no plain data: buffers, dates, errors, and instances of classes.

import { describeValue, remedyFor } from './cannotTravel.ts'
import {
  encodeEntries,
  encodeItems,
  encodeMembers,
  encodePairs,
  encodeProperties,
  encodeSymbolPairs,
} from './encodeContainers.ts'
import { type AnyFunction, liftHook, type PrivateAccess } from './liftHook.ts'
import { ownName } from './ownNames.ts'
import { fromWorker, toWorker } from './travelSymbols.ts'
import type { ValueEncoder } from './valueEncoder.ts'
import { ERROR_CLASSES, INSTANCE_BASES, type InstanceBase, TAG, VIEW_KINDS } from './valueTags.ts'

export function encodeExotic(encoder: ValueEncoder, value: object, prototype: object, depth: number): void {
  const { writer } = encoder
  if (ArrayBuffer.isView(value)) {
    const kind = VIEW_KINDS.findIndex((View) => View.prototype === prototype)
    if (kind >= 0) {
      encodeView(encoder, value, kind, depth)
      return
    }
  }
  switch (prototype) {
    case Date.prototype:
      encoder.remember(value)
      writer.byte(TAG.date)
      writer.double(Date.prototype.getTime.call(value))
      return
    case RegExp.prototype: {
      const { source, flags, lastIndex } = value as RegExp
      encoder.remember(value)
      writer.byte(TAG.regExp)
      writer.text(source)
      writer.text(flags)
      writer.varint(lastIndex)
      return
    }
    case ArrayBuffer.prototype:
      encodeBuffer(encoder, value as ArrayBuffer)
      return
    case SharedArrayBuffer.prototype:
      encodeSharedBuffer(encoder, value as SharedArrayBuffer)
      return
    case URL.prototype:
      encoder.remember(value)
      writer.byte(TAG.url)
      writer.text((value as URL).href)
      return
    case URLSearchParams.prototype:
      encoder.remember(value)
      writer.byte(TAG.searchParams)
      writer.text(String(value))
      return
    case Number.prototype:
    case String.prototype:
    case Boolean.prototype:
    case BigInt.prototype:
    case Symbol.prototype:
      encoder.remember(value)
      writer.byte(TAG.boxed)
      encoder.value(value.valueOf(), depth)
      return
  }
  if (encodePairList(encoder, value, prototype, depth)) return
  encodeInstance(encoder, value, prototype, depth)
}

/** Headers and forms, told by their names first: to touch these globals loads all of `fetch`. */
function encodePairList(encoder: ValueEncoder, value: object, prototype: object, depth: number): boolean {
  const { name } = prototype.constructor ?? {}
  const isHeaders = name === 'Headers' && prototype === Headers.prototype
  if (!isHeaders && !(name === 'FormData' && prototype === FormData.prototype)) return false
  encoder.remember(value)
  encoder.writer.byte(isHeaders ? TAG.headers : TAG.formData)
  encoder.path[depth] = '[...entries]'
  encoder.whole([...(value as unknown as Iterable<unknown>)], depth + 1)
  return true
}

function encodeBuffer(encoder: ValueEncoder, value: ArrayBuffer): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.arrayBuffer)
  encoder.writer.varint(value.byteLength)
  encoder.writer.raw(new Uint8Array(value))
}

/** Shared memory stays shared between threads of one process; elsewhere its content is copied. */
function encodeSharedBuffer(encoder: ValueEncoder, value: SharedArrayBuffer): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.sharedArrayBuffer)
  if (encoder.options.shareFromBytes !== undefined) {
    encoder.writer.byte(1)
    encoder.writer.varint(bufferIndex(encoder, value))
    return
  }
  encoder.writer.byte(0)
  encoder.writer.varint(value.byteLength)
  encoder.writer.raw(new Uint8Array(value))
}

function encodeView(encoder: ValueEncoder, value: ArrayBufferView, kind: number, depth: number): void {
  const { writer } = encoder
  const { buffer, byteOffset, byteLength } = value
  const { shareFromBytes, allocate, borrow } = encoder.options
  if (shareFromBytes !== undefined && byteLength >= shareFromBytes) {
    let shared = buffer as SharedArrayBuffer
    let offset = byteOffset
    const isWhole = byteLength === buffer.byteLength && !(buffer as ArrayBuffer).resizable
    if (!(buffer instanceof SharedArrayBuffer) && !(borrow && isWhole)) {
      shared = allocate ? allocate(byteLength) : new SharedArrayBuffer(byteLength)
      offset = 0
      new Uint8Array(shared).set(new Uint8Array(buffer, byteOffset, byteLength))
    }
    encoder.remember(value)
    writer.byte(TAG.sharedView)
    writer.byte(kind)
    writer.varint(offset)
    writer.varint(byteLength)
    writer.varint(bufferIndex(encoder, shared))
    return
  }
  encoder.remember(value)
  // A view of a whole buffer keeps sharing it with other views; a part of a larger one travels alone.
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && byteLength <= 4096
  if (whole || buffer instanceof SharedArrayBuffer || encoder.hasSeen(buffer)) {
    writer.byte(TAG.view)
    writer.byte(kind)
    writer.varint(byteOffset)
    writer.varint(byteLength)
    encoder.value(buffer, depth)
    return
  }
  writer.byte(TAG.typedArray)
  writer.byte(kind)
  writer.varint(byteLength)
  writer.raw(new Uint8Array(buffer, byteOffset, byteLength))
}

function bufferIndex(encoder: ValueEncoder, shared: SharedArrayBuffer): number {
  const index = encoder.buffers.indexOf(shared)
  return index >= 0 ? index : encoder.buffers.push(shared) - 1
}

function encodeInstance(encoder: ValueEncoder, value: object, prototype: object, depth: number): void {
  const { writer } = encoder
  const error = value instanceof Error
  const builtin = error ? ERROR_CLASSES.findIndex((Class) => Class.prototype === prototype) : -1
  if (builtin >= 0) {
    encodeError(encoder, value as Error, builtin, depth)
    return
  }
  if (value instanceof DOMException && prototype === DOMException.prototype) {
    encoder.remember(value)
    writer.byte(TAG.domException)
    writer.text(value.message)
    writer.text(value.name)
    return
  }
  const Class = prototype.constructor as AnyFunction
  if (typeof Class !== 'function' || Class.prototype !== prototype) {
    // Some of Node's own errors have a prototype of their own each.
    if (error) {
      encodeForeignError(encoder, value as Error, depth)
      return
    }
    encoder.refuse(depth, describeValue(value), remedyFor(value))
  }
  const travelling = value as { [toWorker]?: () => unknown }
  if (typeof travelling[toWorker] === 'function' && fromWorker in Class) {
    encoder.remember(value)
    writer.byte(TAG.revived)
    encoder.path[depth] = 'constructor'
    encoder.value(Class, depth + 1)
    encoder.path[depth] = '[toWorker]()'
    encoder.whole(travelling[toWorker](), depth + 1)
    return
  }
  const kind = classKind(encoder, Class)
  if (kind === 'unknown' || (kind === 'package' && !error && !isTransparent(value, Class))) {
    if (error) {
      encodeForeignError(encoder, value, depth)
      return
    }
    encoder.refuse(depth, describeValue(value), remedyFor(value))
  }
  if (value instanceof process.getBuiltinModule('node:stream').Stream || value instanceof Promise)
    encoder.refuse(depth, describeValue(value), remedyFor(value))
  const privates = privateLevels(encoder, Class, depth)
  encoder.remember(value)
  writer.byte(privates.length > 0 ? TAG.privateInstance : TAG.instance)
  encoder.path[depth] = 'constructor'
  encoder.value(Class, depth + 1)
  const base = instanceBase(value)
  const keys = Object.keys(value)
  const sent = privates.some(({ inward }) => inward)
    ? keys.filter((key) => !isInward(value, key, privates))
    : keys
  writer.byte(INSTANCE_BASES.indexOf(base))
  if (base === 'Date') writer.double((value as Date).getTime())
  if (base === 'RegExp') {
    writer.text((value as RegExp).source)
    writer.text((value as RegExp).flags)
  }
  encoder.contents(depth, (at) => {
    for (const access of privates) encoder.value(access.read(value), at)
    if (base === 'Array') {
      writer.varint((value as unknown[]).length)
      encodeItems(encoder, value as unknown[], at)
      encodePairs(
        encoder,
        value,
        sent.filter((key) => !/^\d+$/.test(key)),
        at,
      )
    } else {
      if (base === 'Map') encodeEntries(encoder, value as Map<unknown, unknown>, at)
      if (base === 'Set') encodeMembers(encoder, value as Set<unknown>, at)
      if (base === 'Error') encodeErrorFields(encoder, value as Error, at)
      encodeProperties(encoder, value, at, sent)
    }
    encodeSymbolPairs(encoder, value, Object.getOwnPropertySymbols(value), at)
  })
}

/** Whether a field still holds the function that its class gave this very instance. */
function isInward(value: object, key: string, privates: readonly PrivateAccess[]): boolean {
  const fn = (value as Record<string, unknown>)[key]
  const thunk = typeof fn === 'function' ? liftHook.capturesOf(fn) : undefined
  if (!thunk) return false
  const [, unit, ...captured] = thunk()
  const isOfClass = privates.some(({ inward }) => inward?.some((own) => own[0] === key && own[1] === unit))
  const self = captured.at(-1)
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    isOfClass &&
    (self === value || (self as object | undefined)?.constructor !== (prototype as object).constructor)
  )
}

function instanceBase(value: object): InstanceBase {
  if (Array.isArray(value)) return 'Array'
  if (value instanceof Map) return 'Map'
  if (value instanceof Set) return 'Set'
  if (value instanceof Error) return 'Error'
  if (value instanceof Date) return 'Date'
  if (value instanceof RegExp) return 'RegExp'
  return 'Object'
}

/** The user's own class, a package's that a user's module imports, or one that nothing here knows. */
function classKind(encoder: ValueEncoder, Class: AnyFunction): 'user' | 'package' | 'unknown' {
  const named = encoder.options.kernels?.nameOf(Class) ?? ownName(Class)
  if (named !== undefined || liftHook.capturesOf(Class)) return 'user'
  return liftHook.findImport(Class) ? 'package' : 'unknown'
}

/** A package's instance travels when all of its state is plain properties of its own. */
function isTransparent(value: object, Class: AnyFunction): boolean {
  if (value instanceof process.getBuiltinModule('node:events').EventEmitter) return false
  for (let at: unknown = Class; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const source = Function.prototype.toString.call(at)
    if (/#\w/.test(source)) return false
    if (at !== Class && at !== Function.prototype && /\[native code\]/.test(source)) return false
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return false
  const properties = Object.getOwnPropertyDescriptors(value)
  return Object.values(properties).every((property) => property.enumerable && !property.get)
}

/** The classes of the chain that have private members, each with how it gives and takes them. */
function privateLevels(encoder: ValueEncoder, Class: AnyFunction, depth: number): PrivateAccess[] {
  let chain = privateChains.get(Class)
  if (!chain) {
    chain = privateChain(Class)
    privateChains.set(Class, chain)
  }
  if (chain.hidden.length > 0)
    encoder.refuse(
      depth,
      `an instance of \`${Class.name}\`, which has private fields (${chain.hidden.join(', ')})`,
      'Give the class `[toWorker]() { return state }` and `static [fromWorker](state)`, or use TypeScript `private`.',
    )
  return chain.levels
}

interface PrivateChain {
  levels: PrivateAccess[]
  /** Private names of classes that were not compiled by the loader. */
  hidden: string[]
}

const privateChains = new WeakMap<AnyFunction, PrivateChain>()

function privateChain(Class: AnyFunction): PrivateChain {
  const chain: PrivateChain = { levels: [], hidden: [] }
  for (let at: unknown = Class; typeof at === 'function' && at !== Function.prototype; ) {
    const access = liftHook.privateAccessOf(at)
    if (access) chain.levels.push(access)
    else if (liftHook.capturesOf(at)) chain.hidden.push(...privateNames(at))
    at = Object.getPrototypeOf(at)
  }
  return chain
}

function privateNames(Class: AnyFunction): string[] {
  const found = Function.prototype.toString
    .call(Class)
    .matchAll(/^\s*(#[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[=;(]/gmu)
  return [...new Set([...found].map((match) => match[1]))]
}

function encodeError(encoder: ValueEncoder, value: Error, builtin: number, depth: number): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.error)
  encoder.writer.byte(builtin)
  encoder.contents(depth, (at) => {
    encodeErrorFields(encoder, value, at)
    encodeProperties(encoder, value, at)
  })
}

/** An error of a class that stays behind: the nearest class of the language, under its own name. */
function encodeForeignError(encoder: ValueEncoder, value: Error, depth: number): void {
  const nearest = ERROR_CLASSES.findLastIndex((Class) => value instanceof Class)
  encoder.remember(value)
  encoder.writer.byte(TAG.error)
  encoder.writer.byte(nearest)
  encoder.contents(depth, (at) => {
    encodeErrorFields(encoder, value, at)
    const fields: Record<string, unknown> = { ...value }
    if (value.name !== ERROR_CLASSES[nearest].name) fields.name = value.name
    encodeProperties(encoder, fields, at)
  })
}

function encodeErrorFields(encoder: ValueEncoder, value: Error, depth: number): void {
  const hidden: Record<string, unknown> = {}
  for (const key of ['message', 'stack', 'cause', 'errors']) {
    const own = Object.getOwnPropertyDescriptor(value, key)
    if (own && !own.enumerable) hidden[key] = (value as unknown as Record<string, unknown>)[key]
  }
  encodeProperties(encoder, hidden, depth)
}
