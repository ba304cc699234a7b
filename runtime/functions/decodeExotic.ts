// Makes objects that are no plain data: buffers, dates, errors, and instances of classes.

import { BrokenValueError } from './byteReader.ts'
import { decodeBlob } from './encodeBlob.ts'
import { type AnyFunction, liftHook, type PrivateAccess } from './liftHook.ts'
import { fromWorker } from './travelSymbols.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import { ERROR_CLASSES, INSTANCE_BASES, type InstanceBase, TAG, VIEW_KINDS } from './valueTags.ts'

export function decodeExotic(decoder: ValueDecoder, tag: number): unknown {
  const { reader } = decoder
  switch (tag) {
    case TAG.date:
      return decoder.made(new Date(reader.double()))
    case TAG.regExp: {
      const expression = decoder.made(new RegExp(reader.text(), reader.text()))
      expression.lastIndex = reader.varint()
      return expression
    }
    case TAG.url:
      return decoder.made(new URL(reader.text()))
    case TAG.weakCollection:
      return decoder.weakCollection(reader.byte() === 0 ? new WeakMap() : new WeakSet())
    case TAG.searchParams:
      return decoder.made(new URLSearchParams(reader.text()))
    case TAG.headers: {
      const index = decoder.reserve()
      return decoder.place(index, new Headers(decoder.whole() as [string, string][]))
    }
    case TAG.formData: {
      const index = decoder.reserve()
      const form = new FormData()
      for (const [name, text] of decoder.whole() as [string, string][]) form.append(name, text)
      return decoder.place(index, form)
    }
    case TAG.boxed: {
      const index = decoder.reserve()
      return decoder.place(index, Object(decoder.value()))
    }
    case TAG.blob:
      return decodeBlob(decoder)
    case TAG.resizableBuffer: {
      const maxByteLength = reader.varint()
      const bytes = reader.raw(reader.varint())
      const buffer = new ArrayBuffer(bytes.length, { maxByteLength })
      new Uint8Array(buffer).set(bytes)
      return decoder.made(buffer)
    }
    case TAG.trackingView: {
      const index = decoder.reserve()
      const View = VIEW_KINDS[reader.byte()] as Uint8ArrayConstructor
      const offset = reader.varint()
      return decoder.place(index, new View(decoder.value() as ArrayBuffer, offset))
    }
    case TAG.arrayBuffer:
      return decoder.made(copyOf(reader.raw(reader.varint())))
    case TAG.sharedArrayBuffer:
      return decodeSharedBuffer(decoder)
    case TAG.typedArray: {
      const kind = reader.byte()
      const bytes = copyOf(reader.raw(reader.varint()))
      return decoder.made(viewOf(kind, bytes, 0, bytes.byteLength))
    }
    case TAG.sharedView: {
      const kind = reader.byte()
      const offset = reader.varint()
      const length = reader.varint()
      return decoder.made(viewOf(kind, sharedAt(decoder, reader.varint()), offset, length))
    }
    case TAG.view: {
      const index = decoder.reserve()
      const kind = reader.byte()
      const offset = reader.varint()
      const length = reader.varint()
      return decoder.place(index, viewOf(kind, decoder.value() as ArrayBuffer, offset, length))
    }
    case TAG.error: {
      const error = decoder.made(bareError(ERROR_CLASSES[reader.byte()].prototype))
      decoder.contents(() => {
        decodeErrorFields(decoder, error)
        decoder.properties(error)
      })
      return error
    }
    case TAG.domException:
      return decoder.made(new DOMException(reader.text(), reader.text()))
    case TAG.revived: {
      const index = decoder.reserve()
      const Class = decoder.value() as { [fromWorker](state: unknown): unknown }
      return decoder.place(index, Class[fromWorker](decoder.whole()))
    }
    case TAG.instance:
    case TAG.privateInstance:
      return decodeInstance(decoder, tag === TAG.privateInstance)
  }
  throw new BrokenValueError(`an encoded value holds the unknown tag ${tag}`)
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}

function sharedAt(decoder: ValueDecoder, index: number): SharedArrayBuffer {
  const shared = decoder.buffers[index]
  if (!shared) throw new BrokenValueError(`an encoded value lacks its shared buffer #${index}`)
  return shared
}

function decodeSharedBuffer(decoder: ValueDecoder): SharedArrayBuffer {
  const { reader } = decoder
  let bytes: Uint8Array
  if (reader.byte() === 1) {
    const given: ArrayBufferLike = sharedAt(decoder, reader.varint())
    if (given instanceof SharedArrayBuffer) return decoder.made(given)
    bytes = new Uint8Array(given) // It came over a socket, into memory of this process alone.
  } else bytes = reader.raw(reader.varint())
  const shared = new SharedArrayBuffer(bytes.byteLength)
  new Uint8Array(shared).set(bytes)
  return decoder.made(shared)
}

function viewOf(kind: number, buffer: ArrayBufferLike, offset: number, byteLength: number): ArrayBufferView {
  const View = VIEW_KINDS[kind]
  if (View === Buffer) return Buffer.from(buffer as ArrayBuffer, offset, byteLength)
  if (View === DataView) return new DataView(buffer, offset, byteLength)
  const Typed = View as Uint8ArrayConstructor
  return new Typed(buffer, offset, byteLength / Typed.BYTES_PER_ELEMENT)
}

function bareError(prototype: object): Error {
  // Without a trace of its own, an error that nobody catches is not shown as made by this line.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  const error = new Error()
  Error.stackTraceLimit = limit
  delete (error as { stack?: string }).stack
  return Object.setPrototypeOf(error, prototype)
}

function decodeErrorFields(decoder: ValueDecoder, error: Error): void {
  const hidden: Record<string, unknown> = {}
  decoder.properties(hidden)
  for (const key of Object.keys(hidden))
    Object.defineProperty(error, key, {
      value: hidden[key],
      writable: true,
      enumerable: false,
      configurable: true,
    })
}

function decodeInstance(decoder: ValueDecoder, hasPrivates: boolean): object {
  const { reader } = decoder
  const index = decoder.reserve()
  const Class = decoder.value() as AnyFunction
  const base = INSTANCE_BASES[reader.byte()]
  const made = hasPrivates ? makeWithPrivates(Class) : makeBare(decoder, base, Class)
  const instance = decoder.place(index, made)
  decoder.contents(() => {
    if (hasPrivates)
      for (const access of privateLevelsOf(Class)) access.write(instance, decoder.value() as unknown[])
    if (base === 'Array') {
      const array = instance as unknown[]
      array.length = reader.varint()
      decoder.items(array)
      decoder.pairs(array)
    } else {
      if (base === 'Map') decoder.entries(instance as Map<unknown, unknown>)
      if (base === 'Set') decoder.members(instance as Set<unknown>)
      if (base === 'Error') decodeErrorFields(decoder, instance as Error)
      decoder.ownProperties(instance)
    }
    decoder.symbolPairs(instance)
  })
  return instance
}

/** An instance of which no constructor ran. */
function makeBare(decoder: ValueDecoder, base: InstanceBase, Class: AnyFunction): object {
  const { reader } = decoder
  const prototype = Class.prototype as object
  switch (base) {
    case 'Array':
      return Object.setPrototypeOf([], prototype)
    case 'Map':
      return Object.setPrototypeOf(new Map(), prototype)
    case 'Set':
      return Object.setPrototypeOf(new Set(), prototype)
    case 'Date':
      return Object.setPrototypeOf(new Date(reader.double()), prototype)
    case 'RegExp':
      return Object.setPrototypeOf(new RegExp(reader.text(), reader.text()), prototype)
    case 'Error':
      return bareError(prototype)
    case 'Object':
      return Object.create(prototype)
  }
}

/**
 * Private members can be put on an object by its class's own constructor alone. Instrumented constructors and field
 * initialisers do nothing while `making` is set, so that none of the user's code runs here.
 */
function makeWithPrivates(Class: AnyFunction): object {
  liftHook.making = true
  try {
    return Reflect.construct(Class, [])
  } finally {
    liftHook.making = false
  }
}

function privateLevelsOf(Class: AnyFunction): PrivateAccess[] {
  const levels: PrivateAccess[] = []
  for (let at: unknown = Class; typeof at === 'function' && at !== Function.prototype; ) {
    const access = liftHook.privateAccessOf(at)
    if (access) levels.push(access)
    at = Object.getPrototypeOf(at)
  }
  return levels
}
