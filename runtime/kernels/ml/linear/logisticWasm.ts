// The logistic loss of scores in WebAssembly, two rows at a time; scores become what the gradient multiplies rows by.
//
// exp is 2^k times a polynomial of what is left, |r| ≤ ln 2 / 2: Cody and Waite, "Software manual for the elementary functions"
// (1980), chapter 6, with terms of Taylor's series up to the 13th: 1 ulp.

import { code, type Instruction, op } from '../../array/wasmBytes.ts'
import { advance, countDown } from '../../array/wasmLoops.ts'

/** Below this, a few terms of its series give `log(1 + e)` to the last bit; above, `1 + e` loses nothing that counts. */
export const SMALL = 2 ** -10
/** A score that costs nothing where the target is 0, and whose factor is 0. */
export const NO_SCORE = -1000

const TERMS = 13
/** Adding it leaves a rounded number in the lowest bits. */
const ROUNDING = 1.5 * 2 ** 52
/** ln 2 in two parts: multiples of the first are exact. */
const [LN2_HIGH, LN2_LOW] = [0.6931471803691238, 1.9082149292705877e-10]
/** Below this exp is taken for 0: 2^k would not be a normal number. */
const LEAST = -708

const [SCORES, TARGETS, COUNT, SUMS] = [0, 1, 2, 3]
const [Z, E, K, R, POLYNOMIAL, U, IS_SMALL, VALUE, PRODUCT] = [4, 5, 6, 7, 8, 9, 10, 11, 12]
/** Constants stay in locals: one each, in this order. */
const CONSTANTS = {
  one: 1,
  zero: 0,
  small: SMALL,
  least: LEAST,
  log2e: Math.LOG2E,
  rounding: ROUNDING,
  minusHigh: -LN2_HIGH,
  minusLow: -LN2_LOW,
  half: -1 / 2,
  third: 1 / 3,
  quarter: -1 / 4,
  fifth: 1 / 5,
}
const FIRST_CONSTANT = 13
const names = Object.keys(CONSTANTS) as (keyof typeof CONSTANTS)[]
const constant = (name: keyof typeof CONSTANTS): Instruction =>
  op.localGet(FIRST_CONSTANT + names.indexOf(name))
const FIRST_TERM = FIRST_CONSTANT + names.length
/** 1/n!, of the term n ≥ 2. */
const term = (n: number): Instruction => op.localGet(FIRST_TERM + n - 2)

const get = op.localGet
const set = op.localSet
const splat = (value: number, to: number): Instruction[] => [op.f64Const(value), op.f64x2Splat, set(to)]

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** exp of −|z|, in E. */
const exponential: Instruction[] = [
  ...[get(Z), op.f64x2Abs, op.f64x2Neg, constant('least'), op.f64x2Max, set(E)],
  ...[get(E), constant('log2e'), constant('rounding'), op.f64x2RelaxedMadd, set(K)],
  ...[get(K), constant('rounding'), op.f64x2Sub, set(U)],
  ...[get(U), constant('minusHigh'), get(E), op.f64x2RelaxedMadd, set(R)],
  ...[get(U), constant('minusLow'), get(R), op.f64x2RelaxedMadd, set(R)],
  ...[term(TERMS), set(POLYNOMIAL)],
  ...Array.from({ length: TERMS - 2 }, (_, i) => [
    ...[get(POLYNOMIAL), get(R), term(TERMS - 1 - i), op.f64x2RelaxedMadd, set(POLYNOMIAL)],
  ]).flat(),
  ...[get(POLYNOMIAL), get(R), constant('one'), op.f64x2RelaxedMadd, set(POLYNOMIAL)],
  ...[get(POLYNOMIAL), get(R), constant('one'), op.f64x2RelaxedMadd],
  // Added to the exponent: k stands in K's lowest bits.
  ...[get(K), op.i32Const(52), op.i64x2Shl, op.i64x2Add],
  ...[get(E), constant('least'), op.f64x2Gt, op.v128And, set(E)],
]

/** `e·(1 − e·(1/2 − e·(1/3 − e·(1/4 − e/5))))`: log(1 + e) of small e, on the stack. */
const series: Instruction[] = [
  ...[constant('fifth'), get(E), constant('quarter'), op.f64x2RelaxedMadd, set(POLYNOMIAL)],
  ...[get(POLYNOMIAL), get(E), constant('third'), op.f64x2RelaxedMadd, set(POLYNOMIAL)],
  ...[get(POLYNOMIAL), get(E), constant('half'), op.f64x2RelaxedMadd, set(POLYNOMIAL)],
  ...[get(POLYNOMIAL), get(E), constant('one'), op.f64x2RelaxedMadd, get(E), op.f64x2Mul],
]

const pair: Instruction[] = [
  ...[get(SCORES), op.v128Load(0), set(Z)],
  ...exponential,
  ...[get(E), constant('one'), op.f64x2Add, set(U)],
  ...[get(E), constant('small'), op.f64x2Lt, set(IS_SMALL)],
  // max(z, 0) − y·z, and of small e its series; a logarithm of the product stands for those of the others.
  ...[get(VALUE), get(Z), constant('zero'), op.f64x2Max, op.f64x2Add],
  ...[get(TARGETS), op.v128Load(0), get(Z), op.f64x2Mul, op.f64x2Sub],
  ...[...series, get(IS_SMALL), op.v128And, op.f64x2Add, set(VALUE)],
  ...[get(PRODUCT), constant('one'), get(U), get(IS_SMALL), op.v128Bitselect, op.f64x2Mul, set(PRODUCT)],
  // (z > 0 ? 1 : e) / (1 + e) − y
  ...[get(SCORES), constant('one'), get(E), get(Z), constant('zero'), op.f64x2Gt, op.v128Bitselect],
  ...[get(U), op.f64x2Div, get(TARGETS), op.v128Load(0), op.f64x2Sub, op.v128Store(0)],
  ...advance(SCORES, op.i32Const(16)),
  ...advance(TARGETS, op.i32Const(16)),
]

/** What {@link logisticBody} takes: addresses of scores and targets, how many pairs of rows, ≥ 1, and where four sums go. */
export const LOGISTIC_TYPE = { params: ['i32', 'i32', 'i32', 'i32'], results: [] } as const

/**
 * Puts factors for scores, and at the last address two sums and two products: the loss is both sums and the logarithms of both
 * products. Of up to 1024 rows a product is far from the largest double.
 */
export function logisticBody(): number[] {
  const constants = 9 + names.length + TERMS - 1
  return code(
    [[constants, 'v128']],
    [
      ...names.flatMap((name, i) => splat(CONSTANTS[name], FIRST_CONSTANT + i)),
      ...Array.from({ length: TERMS - 1 }, (_, i) => splat(1 / factorial(i + 2), FIRST_TERM + i)).flat(),
      ...splat(0, VALUE),
      ...splat(1, PRODUCT),
      ...countDown(COUNT, pair),
      ...[get(SUMS), get(VALUE), op.v128Store(0)],
      ...[get(SUMS), get(PRODUCT), op.v128Store(16)],
    ],
  )
}
