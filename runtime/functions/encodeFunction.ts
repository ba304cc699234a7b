// Writes functions and classes: by kernel name, by the unit of the user's code that they are, by global or package path.

import { hash } from 'node:crypto'
import { type BoundParts, boundParts, looksBound } from './boundParts.ts'
import { CannotTravelError } from './cannotTravel.ts'
import { encodePairs } from './encodeContainers.ts'
import type { LiftedUnit } from './encodeOptions.ts'
import { globalPath } from './globalNames.ts'
import { encodeLaterParts } from './laterPartsCodec.ts'
import { type AnyFunction, type CaptureList, type CaptureThunk, liftHook, PER_WORKER } from './liftHook.ts'
import { ownName } from './ownNames.ts'
import { emptyUnitTable, meaningOf, type UnitName, type UnitTable } from './unitTable.ts'
import type { EncoderMark, ValueEncoder } from './valueEncoder.ts'
import { TAG } from './valueTags.ts'

const UNKNOWN_SEMANTIC = '0'.repeat(32)

export function encodeFunction(encoder: ValueEncoder, fn: AnyFunction, depth: number): void {
  const { writer } = encoder
  const kernel = encoder.options.kernels?.nameOf(fn) ?? ownName(fn)
  if (kernel !== undefined) {
    writer.byte(TAG.kernel)
    writer.text(kernel)
    return
  }
  const thunk = liftHook.capturesOf(fn)
  if (thunk) {
    encodeClosure(encoder, fn, thunk, depth)
    return
  }
  if (encodeGlobal(encoder, fn) || encodeImported(encoder, fn)) return
  const home = liftHook.homeOf(fn)
  const parts = home ? { target: fn, self: home, args: [] } : looksBound(fn) ? boundParts(fn) : undefined
  if (!parts) refuseFunction(encoder, fn, depth)
  encodeBound(encoder, fn, parts, depth)
}

/** Writes a function or namespace of the language or of Node by its path. */
export function encodeGlobal(encoder: ValueEncoder, value: object): boolean {
  const path = globalPath(value)
  if (!path) return false
  const { writer } = encoder
  writer.byte(TAG.global)
  writer.varint(path.length)
  for (const key of path) writer.text(key)
  return true
}

/** A method is named by its object and its key, any other function stands there itself. */
function encodeBound(
  encoder: ValueEncoder,
  fn: AnyFunction,
  { target, self, args }: BoundParts,
  depth: number,
): void {
  const { writer } = encoder
  const isMethod = Object(self) === self && (self as Record<string, unknown>)[target.name] === target
  encoder.remember(fn)
  writer.byte(TAG.bound)
  writer.byte(isMethod ? 1 : 0)
  if (isMethod) writer.text(target.name)
  else encoder.value(target, depth)
  encoder.path[depth] = 'bound this'
  encoder.whole(self, depth + 1)
  encoder.path[depth] = 'bound arguments'
  encoder.whole(args, depth + 1)
}

/** Writes a package's function or class by its path in the package, where a user's module imports it. */
export function encodeImported(encoder: ValueEncoder, value: object): boolean {
  const found = liftHook.findImport(value)
  if (!found) return false
  const { imports } = tableOf(encoder)
  const url = found.url ?? encoder.options.lifter?.importUrl(found) ?? found.specifier
  let index = imports.findIndex((known) => known.url === url)
  if (index < 0) index = imports.push({ url, specifier: found.specifier }) - 1
  const { writer } = encoder
  writer.byte(TAG.imported)
  writer.varint(index)
  writer.text(found.specifier)
  writer.varint(found.path.length)
  for (const key of found.path) writer.text(key)
  return true
}

function encodeClosure(encoder: ValueEncoder, fn: AnyFunction, thunk: CaptureThunk, depth: number): void {
  const { writer } = encoder
  let list: ReturnType<CaptureThunk>
  try {
    list = thunk()
  } catch (cause) {
    const path = encoder.pathAt(depth)
    throw new CannotTravelError(
      `${encoder.context}\`${path}\` reads a variable that has no value yet: ${(cause as Error).message}`,
      { path, remedy: 'Send it after the variable was given its value.' },
    )
  }
  if (list[0] === PER_WORKER) {
    encoder.remember(fn)
    const ids = tableOf(encoder).perWorkerIds
    writer.byte(TAG.perWorker)
    writer.varint(ids.push(list[1]) - 1)
    encoder.variable('the perWorker() function', depth)
    encoder.whole(list[2], depth + 1)
    return
  }
  const [module, unit] = list
  if (encodeInner(encoder, fn, list, depth)) return
  const { name, index, lifted, fresh } = unitIn(encoder, module, unit, fn)
  const parts = name.factory ? liftHook.laterPartsOf(fn) : undefined
  if (parts) writer.byte(TAG.withLaterParts)
  const keys = lifted?.ownsKeys || parts ? [] : Object.keys(fn)
  const withKeys = keys.length > 0 && !isClass(fn)
  if (withKeys) writer.byte(TAG.functionWithKeys)
  const asClass = name.factory && isClassUnit(name, fn)
  const { classIds } = tableOf(encoder)
  encoder.remember(fn)
  if (asClass) {
    writer.byte(TAG.localClass)
    writer.varint(classIds.push('') - 1)
  } else writer.byte(TAG.closure)
  reachStates(encoder, module, unit, lifted)
  if (asClass && lifted && liftHook.statics.isKept(fn)) encoder.reached.addObject(fn)
  const classId = classIds.length - 1
  writer.varint(index)
  if (fresh) writer.raw(meaningOf(name))
  const captured = name.factory ? list.length - 2 : 0
  writer.varint(captured)
  const capturesFrom = writer.length
  const names = lifted?.captureNames ?? encoder.options.captureNames?.(module, unit)
  const capture = (i: number, at: number, whole: boolean): void => {
    const variable = names?.[i] ?? namelessCapture(i)
    const value = list[2 + i]
    const begun = typeof value === 'object' && value !== null ? encoder.mark() : undefined
    const from = writer.length
    encoder.variable(variable, at)
    if (whole) encoder.whole(value, at + 1)
    else encoder.value(value, at + 1)
    const bytes = writer.length - from
    encoder.options.onCapture?.(variable, bytes)
    if (begun && bytes >= (encoder.options.outsideFromBytes ?? Number.POSITIVE_INFINITY))
      encodeOutside(encoder, value, variable, begun)
  }
  for (let i = 0; i < name.eager && i < captured; i++) capture(i, depth, true)
  if (captured > name.eager)
    encoder.contents(depth, (at) => {
      for (let i = name.eager; i < captured; i++) capture(i, at, false)
    })
  if (parts) encodeLaterParts(encoder, parts, depth)
  if (asClass) {
    const captures = writer.bytes.subarray(capturesFrom, writer.length)
    const id = liftHook.idOfClass(fn) ?? name.semantic + hash('sha256', captures).slice(0, 16)
    classIds[classId] = id
    liftHook.knowClass(id, fn)
  }
  if (withKeys) encodePairs(encoder, fn, keys, depth)
}

/** Writes a function that uses private names by the class that makes it. */
function encodeInner(encoder: ValueEncoder, fn: AnyFunction, list: CaptureList, depth: number): boolean {
  const [module, unit] = list
  const found = liftHook.inner.find(module, unit, list.at(-1))
  if (!found) return false
  const captured = list.slice(2)
  const { writer } = encoder
  encoder.remember(fn)
  writer.byte(TAG.inner)
  encoder.path[depth] = '(class)'
  encoder.whole(found.made, depth + 1)
  writer.varint(found.place)
  writer.varint(captured.length)
  encoder.contents(depth, (at) => {
    for (const [i, value] of captured.entries()) {
      encoder.variable(namelessCapture(i), at)
      encoder.value(value, at + 1)
    }
  })
  return true
}

/** Notes what a function finds where it is declared; a worker, which has no sources, knows of weak collections alone. */
function reachStates(
  encoder: ValueEncoder,
  module: string,
  unit: number,
  lifted: LiftedUnit | undefined,
): void {
  if (lifted) {
    if (lifted.states.length > 0) encoder.reached.add(lifted.states)
    return
  }
  const weak = liftHook.noteOf(module, unit)?.[3]
  if (!weak) return
  encoder.reached.add(
    weak.map((of) => ({
      module,
      since: 'never',
      ...(typeof of === 'number' ? { unit: of } : { variable: of }),
    })),
  )
}

/** Takes a large capture out of the encoding again: it travels once to each worker, whatever functions have it. */
export function encodeOutside(
  encoder: ValueEncoder,
  value: unknown,
  variable: string,
  begun: EncoderMark,
): void {
  const { lifter } = encoder.options
  if (!lifter || typeof value !== 'object' || value === null) return
  const { name, digest } = lifter.outside(value, variable)
  encoder.rewind(begun)
  encoder.remember(value)
  encoder.writer.byte(TAG.outside)
  encoder.writer.raw(digest)
  encoder.writer.varint(tableOf(encoder).outside.push(name) - 1)
}

/** What a captured variable is called whose name is not known here. */
const namelessCapture = (index: number): string => `(captured ${index})`

/** Whether an error names such a variable. */
export const namesNoCapture = (error: Error): boolean => /\(captured \d+\)/.test(error.message)

/** Where a unit stands in the encoding's table; a new one is entered. */
function unitIn(
  encoder: ValueEncoder,
  module: string,
  unit: number,
  fn: AnyFunction,
): { name: UnitName; index: number; lifted?: LiftedUnit; fresh: boolean } {
  const { units } = tableOf(encoder)
  const lifted = encoder.options.lifter?.unitOf(module, unit)
  const index = units.findIndex((known) => known.unit === unit && known.module === module)
  if (index >= 0) return { name: units[index], index, lifted, fresh: false }
  const name = lifted ?? unresolvedUnit(module, unit, fn)
  return { name, index: units.push(name) - 1, lifted, fresh: true }
}

/** A unit as a worker names it: it holds no sources, so whoever decodes it finds the code. */
function unresolvedUnit(module: string, unit: number, fn: AnyFunction): UnitName {
  const note = liftHook.noteOf(module, unit)
  return {
    module,
    unit,
    semantic: note?.[1] ?? UNKNOWN_SEMANTIC,
    workerModule: '',
    exported: '',
    factory: liftHook.liveUnit(module, unit) !== fn,
    eager: note?.[2] ?? 0,
  }
}

export function tableOf(encoder: ValueEncoder): UnitTable {
  encoder.table ??= emptyUnitTable()
  return encoder.table
}

const classUnits = new WeakMap<UnitName, boolean>()

/** The same of a unit, whose text is looked at once. */
function isClassUnit(unit: UnitName, fn: AnyFunction): boolean {
  let known = classUnits.get(unit)
  if (known === undefined) {
    known = isClass(fn)
    classUnits.set(unit, known)
  }
  return known
}

export function isClass(fn: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn))
}

function refuseFunction(encoder: ValueEncoder, fn: AnyFunction, depth: number): never {
  const source = Function.prototype.toString.call(fn)
  if (/\{\s*\[native code\]\s*\}$/.test(source))
    encoder.refuse(depth, `a native function (\`${fn.name}\`)`, 'Wrap the call: x => f(x).')
  if (!/^(async\s*)?(function|class|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u.test(source))
    encoder.refuse(
      depth,
      `the method \`${fn.name}\` without its object`,
      `Send x => obj.${fn.name}(x) instead.`,
    )
  encoder.refuse(
    depth,
    `the function \`${fn.name || '(anonymous)'}\`, whose source was not compiled by heddle (it comes from a package or from eval)`,
    'Import it inside the function you send, or wrap the call: x => f(x).',
  )
}
