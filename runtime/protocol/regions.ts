// Regions of a run's array that is too large to be shown whole: what editors ask for as somebody looks closer, and what they are answered.

/** Every `step`-th element from `start` on, up to `stop`, which is left out. */
export interface AxisRange {
  start: number
  stop: number
  step: number
}

/**
 * A part of an array: one range an axis. A later one makes those before it void.
 * With `extremes` one axis alone is longer than one element, and of each stretch of `step` elements along it the least and the most are
 * told, of all elements in it.
 */
export interface RegionRequest {
  ranges: AxisRange[]
  extremes?: boolean
}

/** Numbers are float64, little-endian, row by row. */
export interface Region {
  /** Of complex numbers their absolute values; of stretches the least, NaN where no element is a finite number. */
  values: Uint8Array
  /** Of int64 and uint64 the elements themselves, of complex numbers two float64 each. */
  exact?: Uint8Array
  /** Of stretches: the most. */
  most?: Uint8Array
  /** Of stretches: how many elements are no finite numbers. */
  missing?: Uint8Array
}

/** In `details` of the query `region`. */
export interface RegionQuery extends RegionRequest {
  run: string
}
