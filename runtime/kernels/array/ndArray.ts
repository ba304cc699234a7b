// A block: elements of one dtype in typed memory, seen through a shape, strides and an offset.

import { inspect } from 'node:util'
import { kernel } from '../kernel.ts'
import { type Data, type DType, type DTypeName, dtypeOf, type Scalar } from './dtype.ts'
import { blockEngine } from './engine.ts'
import { type AxisIndex, placeOf } from './indexing.ts'
import type { Family, Member, ScalarOf, Typed } from './kinds.ts'
import { printArray } from './print.ts'
import type { ReduceRequest } from './reductionMethods.ts'
import { rowStrides, ShapeError, shapeText, sizeOf } from './shape.ts'
import { ShapeMethods } from './shapeMethods.ts'
import type { UfuncOptions } from './unaryMethods.ts'

/** The family of blocks. */
export interface BlockFamily extends Family {
  readonly member: NdArray<Extract<this['D'], DTypeName>, Extract<this['R'], number>>
}

/** Elements as nested lists, as deep as there are axes. */
export type Nested = Scalar | Nested[]

const TO_WORKER = Symbol.for('heddle.toWorker')
const FROM_WORKER = Symbol.for('heddle.fromWorker')

/**
 * An array of one dtype whose elements are here, as NumPy's `ndarray`. Its methods compute at once; views share memory.
 * It is what `compute()` gives, and what functions of `mapBlocks` get.
 * @example NdArray.from([[1, 2], [3, 4]]).sum(0).toList() // [4, 6]
 */
export class NdArray<D extends DTypeName = DTypeName, R extends number = number> extends ShapeMethods<
  BlockFamily,
  D,
  R
> {
  /** @internal */
  readonly type: DType
  readonly shape: readonly number[]
  /** How many elements further the next one along each axis lies. */
  readonly strides: readonly number[]
  /** Where the first element lies, in elements. */
  readonly offset: number
  /** The typed array that holds the elements: of complex ones two numbers each. */
  readonly data: Data

  /** @internal Use `NdArray.from`, or what `compute()` gives. */
  constructor(type: DType, shape: readonly number[], data: Data, strides = rowStrides(shape), offset = 0) {
    super()
    this.type = type
    this.shape = shape
    this.data = data
    this.strides = strides
    this.offset = offset
  }

  /**
   * An array of nested lists, a typed array, or one value. Numbers become float64, BigInts int64, `Date`s datetime64[ms].
   * @throws {ShapeError} when lists of one depth differ in length
   * @example NdArray.from([1n, 2n]).dtype // 'int64'
   */
  static from<D extends DTypeName = DTypeName>(
    value: unknown,
    options: { dtype?: D; shape?: readonly number[] } = {},
  ): NdArray<D> {
    return blockEngine().from(value, options) as NdArray<D>
  }

  get dtype(): D {
    return this.type.name as D
  }

  get ndim(): R {
    return this.shape.length as R
  }

  /** Bytes of all elements. */
  get nbytes(): number {
    return this.size * this.type.bytes
  }

  /** Whether the elements lie row by row without gaps. */
  get isContiguous(): boolean {
    const { shape } = this
    let stride = 1
    for (let i = shape.length - 1; i >= 0; i--) {
      if (shape[i] !== 1 && this.strides[i] !== stride) return sizeOf(shape) === 0
      stride *= shape[i]
    }
    return true
  }

  /** One element as JavaScript has it, by its place along each axis. */
  at(...places: number[]): ScalarOf<D> {
    if (places.length !== this.shape.length)
      throw new ShapeError(`${places.length} places do not tell an element of shape ${shapeText(this.shape)}`)
    let index = this.offset
    places.forEach((place, axis) => {
      index += placeOf(place, axis, this.shape) * this.strides[axis]
    })
    return this.elementAt(index) as ScalarOf<D>
  }

  /** The one element of an array that has no more. */
  item(): ScalarOf<D> {
    if (this.size !== 1)
      throw new ShapeError(`item() is for arrays of one element, not of shape ${shapeText(this.shape)}`)
    return this.elementAt(this.offset) as ScalarOf<D>
  }

  /** @internal The element at a place of the data. */
  elementAt(index: number): Scalar {
    const { data, type } = this
    if (type.kind === 'c') return { re: data[2 * index] as number, im: data[2 * index + 1] as number }
    if (type.kind === 'b') return data[index] !== 0
    return data[index]
  }

  /** The elements as nested lists; the one element of an array without axes. */
  toList(): Nested {
    const list = (axis: number, from: number): Nested => {
      if (axis === this.shape.length) return this.elementAt(from)
      return Array.from({ length: this.shape[axis] }, (_, i) => list(axis + 1, from + i * this.strides[axis]))
    }
    return list(0, this.offset)
  }

  /** The elements row by row, in memory of their own unless they lie so already. */
  toTypedArray(): Data {
    const { data, offset, type } = this.contiguous()
    return data.subarray(offset * type.lanes, (offset + this.size) * type.lanes) as Data
  }

  /** The elements along the first axis: arrays of one axis less. */
  *[Symbol.iterator](): Iterator<NdArray<D>> {
    if (this.shape.length === 0) throw new ShapeError('an array without axes has no elements to go through')
    for (let i = 0; i < this.shape[0]; i++) yield this.slice(i) as unknown as NdArray<D>
  }

  /** The same elements without gaps: this array itself where they lie so. */
  contiguous(): NdArray<D, R> {
    return this.isContiguous ? this : this.copy()
  }

  /** The same elements in memory of their own. */
  copy(): NdArray<D, R> {
    return blockEngine().cast(this as unknown as NdArray, this.type) as unknown as NdArray<D, R>
  }

  astype<E extends DTypeName>(dtype: E): Member<BlockFamily, E, R> {
    return blockEngine().cast(this as unknown as NdArray, dtypeOf(dtype)) as unknown as Member<
      BlockFamily,
      E,
      R
    >
  }

  /** @internal This array where it has the dtype, else a copy that has it. */
  ofType(type: DType): NdArray {
    return this.type === type
      ? (this as unknown as NdArray)
      : blockEngine().cast(this as unknown as NdArray, type)
  }

  /** @internal */
  restrided(shape: readonly number[], strides: readonly number[], offset: number): NdArray {
    return new NdArray(this.type, shape, this.data, strides as number[], offset)
  }

  /** Writes a value, broadcast, to the elements at an index; what shares the memory sees it. */
  set(indices: readonly unknown[], value: Typed | Scalar): this {
    blockEngine().set(this as unknown as NdArray, indices, value)
    return this
  }

  /** The elements in order along an axis, NaN last; without an axis, of all. */
  sort(axis: number | null = -1): NdArray<D, R> {
    return blockEngine().sort(this as unknown as NdArray, axis) as unknown as NdArray<D, R>
  }

  /** The places that would sort along an axis; equal elements keep their order. */
  argsort(axis: number = -1): NdArray<'int64', R> {
    return blockEngine().argsort(this as unknown as NdArray, axis) as unknown as NdArray<'int64', R>
  }

  // — What the shared methods stand on

  /** @internal */
  $map(name: string, others: readonly unknown[], options?: UfuncOptions): unknown {
    // `a.where(mask, b)` names the mask first, as the function takes it.
    const args = name === 'where' ? [others[0], this, others[1]] : [this, ...others]
    return blockEngine().map(name, args, options)
  }
  /** @internal */
  $reduce(request: ReduceRequest): unknown {
    return blockEngine().reduce(this as unknown as NdArray, request)
  }
  /** @internal */
  $accumulate(name: 'add' | 'multiply', axis: number | undefined, dtype: DTypeName | undefined): unknown {
    return blockEngine().accumulate(this as unknown as NdArray, name, axis, dtype)
  }
  /** @internal */
  $index(indices: readonly AxisIndex[]): unknown {
    const shape: number[] = []
    const strides: number[] = []
    let { offset } = this
    let axis = 0
    for (const index of indices) {
      if (index.kind === 'new') {
        shape.push(1)
        strides.push(0)
        continue
      }
      const stride = this.strides[axis++]
      if (index.kind === 'place') offset += index.place * stride
      else if (index.kind === 'run') {
        if (index.count > 0) offset += index.start * stride
        shape.push(index.count)
        strides.push(index.step * stride)
      }
    }
    return this.restrided(shape, strides, offset)
  }
  /** @internal */
  $transpose(axes: readonly number[]): unknown {
    return this.restrided(
      axes.map((axis) => this.shape[axis]),
      axes.map((axis) => this.strides[axis]),
      this.offset,
    )
  }
  /** @internal */
  $broadcast(shape: readonly number[]): unknown {
    const more = shape.length - this.shape.length
    const strides = shape.map((_, i) => (i < more || this.shape[i - more] === 1 ? 0 : this.strides[i - more]))
    return this.restrided(shape, strides, this.offset)
  }
  /** @internal */
  $reshape(shape: readonly number[]): unknown {
    const whole = this.contiguous()
    return whole.restrided(shape, rowStrides(shape), whole.offset)
  }
  /** @internal */
  $concatenate(others: readonly unknown[], axis: number): unknown {
    return blockEngine().concatenate([this as unknown as NdArray, ...(others as NdArray[])], axis)
  }
  /** @internal */
  $take(places: unknown, axis: number): unknown {
    return blockEngine().take(this as unknown as NdArray, places, axis)
  }
  /** @internal */
  $masked(mask: unknown, axis: number): unknown {
    return blockEngine().masked(this as unknown as NdArray, mask, axis)
  }
  /** @internal */
  $full(shape: readonly number[], value: Scalar): unknown {
    return blockEngine().full(shape, value, this.type)
  }
  /** @internal */
  $rankOfIndex(index: unknown): { axes: number; mask: boolean } | undefined {
    return rankOfIndex(index)
  }
  /** @internal */
  $assign(indices: readonly unknown[], value: unknown): unknown {
    return this.copy().set(indices, value as Typed)
  }

  // — How it is shown and sent

  /** As NumPy prints it. */
  override toString(): string {
    return printArray(this as unknown as NdArray)
  }

  [inspect.custom](): string {
    const prefix = 'array('
    const text = printArray(this as unknown as NdArray, prefix.length, ', ')
    return `${prefix}${text}, shape=${shapeText(this.shape)}, dtype=${this.dtype})`
  }

  /** The one element, so that `+x.sum()` is a number. */
  [Symbol.toPrimitive](hint: string): unknown {
    if (hint === 'string' || this.size !== 1) return this.toString()
    return this.item()
  }

  toJSON(): unknown {
    return this.toList()
  }

  /** @internal */
  [TO_WORKER](): unknown {
    // A small part of large memory travels without the rest of it.
    const bytes = this.size * this.type.bytes
    const whole = this.isContiguous && this.data.byteLength <= 2 * bytes ? this : this.copy()
    return [this.type.name, this.shape, whole.toTypedArray()]
  }

  /** @internal */
  static [FROM_WORKER](state: unknown): NdArray {
    const [name, shape, data] = state as [DTypeName, number[], Data]
    return new NdArray(dtypeOf(name), shape, data)
  }
}

kernel('array.NdArray', NdArray)

/** How many axes a list or an array takes as an index. */
export function rankOfIndex(index: unknown): { axes: number; mask: boolean } | undefined {
  if (Array.isArray(index)) return { axes: 1, mask: typeof index[0] === 'boolean' }
  if (ArrayBuffer.isView(index)) return { axes: 1, mask: false }
  if (typeof index !== 'object' || index === null || !('ndim' in index) || !('dtype' in index))
    return undefined
  const mask = (index as Typed).dtype === 'bool'
  return { axes: mask ? Math.max(1, (index as Typed).ndim) : 1, mask }
}
