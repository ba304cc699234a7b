// What an element-wise function is: which dtypes it takes and gives, and its source for each kind of element.

import type { Code } from './casting.ts'
import { BOOL, type DType, DTypeError, FLOAT64, floatFor, promote, realOf } from './dtype.ts'

/** The dtypes that a function computes with: its arguments are cast to `inputs`. */
export interface Resolved {
  inputs: readonly DType[]
  output: DType
}

export interface Ufunc {
  readonly name: string
  readonly arity: number
  /** @throws {DTypeError} when the function has no meaning for these dtypes */
  resolve(dtypes: readonly DType[]): Resolved
  /** Source of the value; arguments are names of variables, cast already. */
  emit(dtypes: readonly DType[], args: readonly Code[], output: DType): Code
}

/** Source of a real result from the arguments' sources. */
export type EmitReal = (dtype: DType, ...args: string[]) => string
export type EmitComplex = (dtype: DType, ...args: [string, string][]) => string | [string, string]

export interface Sources {
  /** For numbers, and for BigInts where `big` is absent. */
  real?: EmitReal
  big?: EmitReal
  complex?: EmitComplex
}

export type Resolve = (name: string, dtypes: readonly DType[]) => Resolved

const ufuncs = new Map<string, Ufunc>()

export function ufuncNamed(name: string): Ufunc {
  const ufunc = ufuncs.get(name)
  if (!ufunc) throw new RangeError(`there is no element-wise function ${name}`)
  return ufunc
}

export const ufuncNames = (): string[] => [...ufuncs.keys()]

/** Adds an element-wise function to the register. */
export function register(ufunc: Ufunc): void {
  ufuncs.set(ufunc.name, ufunc)
}

/** The same, from its sources. */
export function define(name: string, arity: number, resolve: Resolve, sources: Sources): void {
  register({
    name,
    arity,
    resolve: (dtypes) => {
      const resolved = resolve(name, dtypes)
      if (!emitterFor(sources, resolved.inputs[0])) refuse(name, dtypes)
      return resolved
    },
    emit: (dtypes, args) => {
      const dtype = dtypes[0]
      if (dtype.kind === 'c') {
        const made = sources.complex!(dtype, ...args.map((arg): [string, string] => [arg.re, arg.im ?? '0']))
        return typeof made === 'string' ? { re: made } : { re: made[0], im: made[1] }
      }
      const emit = (dtype.big && sources.big) || sources.real!
      return { re: emit(dtype, ...args.map((arg) => arg.re)) }
    },
  })
}

function emitterFor(sources: Sources, dtype: DType): unknown {
  if (dtype.kind === 'c') return sources.complex
  return sources.real ?? (dtype.big ? sources.big : undefined)
}

/** @throws {DTypeError} always */
export function refuse(name: string, dtypes: readonly DType[], why = ''): never {
  throw new DTypeError(
    `${name} has no meaning for ${dtypes.map((dtype) => dtype.name).join(' and ')}${why && `: ${why}`}`,
  )
}

export const promoteAll = (dtypes: readonly DType[]): DType => dtypes.reduce(promote)

const all = (dtypes: readonly DType[], dtype: DType): DType[] => dtypes.map(() => dtype)

/** All arguments become one dtype, which the result has too. */
export const alike: Resolve = (name, dtypes) => {
  const dtype = promoteAll(dtypes)
  if (
    dtype.unit &&
    name !== 'maximum' &&
    name !== 'minimum' &&
    name !== 'fmax' &&
    name !== 'fmin' &&
    name !== 'positive'
  )
    refuse(name, dtypes)
  return { inputs: all(dtypes, dtype), output: dtype }
}

/** The same, and bools become int8 first. */
export const alikeNumbers =
  (boolTo: DType): Resolve =>
  (name, dtypes) => {
    const dtype = promoteAll(dtypes)
    if (dtype.unit) refuse(name, dtypes)
    const numbers = dtype.kind === 'b' ? boolTo : dtype
    return { inputs: all(dtypes, numbers), output: numbers }
  }

/** The same, of numbers alone: not of bools. */
export const numbersOnly =
  (wayOut: string): Resolve =>
  (name, dtypes) => {
    const dtype = promoteAll(dtypes)
    if (dtype.kind === 'b') refuse(name, dtypes, wayOut)
    return alike(name, dtypes)
  }

/** Integers become floats. */
export const floating: Resolve = (name, dtypes) => {
  const dtype = promoteAll(dtypes)
  if (dtype.unit) refuse(name, dtypes)
  const float = floatFor(dtype)
  return { inputs: all(dtypes, float), output: float }
}

/** Integers become floats, complex numbers are refused. */
export const realFloating: Resolve = (name, dtypes) => {
  const resolved = floating(name, dtypes)
  return resolved.output.kind === 'c' ? refuse(name, dtypes) : resolved
}

/** Integers and bools alone. */
export const integers: Resolve = (name, dtypes) => {
  const dtype = promoteAll(dtypes)
  if (!'biu'.includes(dtype.kind)) refuse(name, dtypes, 'it works on integers and bools')
  return { inputs: all(dtypes, dtype), output: dtype }
}

/** Arguments become one dtype, the result is bool. */
export const comparing: Resolve = (_name, dtypes) => ({
  inputs: all(dtypes, promoteAll(dtypes)),
  output: BOOL,
})

/** Each argument by itself becomes bool. */
export const logical: Resolve = (_name, dtypes) => ({ inputs: all(dtypes, BOOL), output: BOOL })

/** One argument is looked at as it is, the result is bool. */
export const asking: Resolve = (_name, dtypes) => ({ inputs: dtypes, output: BOOL })

/** Division: of integers it gives float64. */
export const dividing: Resolve = (name, dtypes) => {
  const dtype = promoteAll(dtypes)
  if (dtype.unit)
    return { inputs: all(dtypes, dtype.kind === 'm' ? FLOAT64 : refuse(name, dtypes)), output: FLOAT64 }
  const float = dtype.kind === 'f' || dtype.kind === 'c' ? dtype : FLOAT64
  return { inputs: all(dtypes, float), output: float }
}

/** Complex numbers give their real dtype. */
export const toReal: Resolve = (name, dtypes) => {
  if (dtypes[0].kind === 'M') refuse(name, dtypes)
  return { inputs: dtypes, output: realOf(dtypes[0]) }
}
