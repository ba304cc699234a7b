// Writes objects that are no plain data: buffers, dates, errors, and instances of classes.

import { describeValue, remedyFor } from './cannotTravel.ts'
import { encodeBlob } from './encodeBlob.ts'
import { encodeBuffer, encodeSharedBuffer, encodeView } from './encodeBuffers.ts'
import {
  encodeEntries,
  encodeItems,
  encodeMembers,
  encodePairs,
  encodeProperties,
  encodeSymbolPairs,
} from './encodeContainers.ts'
import { encodeError, encodeErrorFields, encodeForeignError } from './encodeErrors.ts'
import { encodeGlobal } from './encodeFunction.ts'
import { type AnyFunction, liftHook, type PrivateAccess } from './liftHook.ts'
import { ownName } from './ownNames.ts'
import { privateLevels } from './privateChain.ts'
import type { WeakCollection } from './staticState.ts'
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
      encodeBuffer(encoder, value as ArrayBuffer, depth)
      return
    case SharedArrayBuffer.prototype:
      encodeSharedBuffer(encoder, value as SharedArrayBuffer)
      return
    case URL.prototype:
      encoder.remember(value)
      writer.byte(TAG.url)
      writer.text((value as URL).href)
      return
    case WeakMap.prototype:
    case WeakSet.prototype:
      encoder.weakCollection(value as WeakCollection)
      return
    case Blob.prototype:
    case File.prototype:
      encodeBlob(encoder, value as Blob, depth)
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
    if (encodeGlobal(encoder, value)) return
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
    if (encodeGlobal(encoder, value)) return
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
