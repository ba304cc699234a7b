// `array`: everything that makes an array, and the functions of several.

export { blockwise } from './blockFunctions.ts'
export {
  arange,
  asarray,
  empty,
  eye,
  fromArray,
  fromDelayed,
  fromFunction,
  full,
  fullLike,
  indices,
  linspace,
  meshgrid,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from './creation.ts'
export { applyGufunc } from './gufunc.ts'
export * from './joining.ts'
export { dot, einsum, matmul, outer, tensordot } from './linear.ts'
export * as random from './random.ts'
export { bincount, digitize, histogram, isin, searchsorted, unique } from './statistics.ts'
export { fromNpy, fromZarr } from './storage.ts'
