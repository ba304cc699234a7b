// The methods that change where elements stand: what blocks and lazy arrays have in common, told by a few primitives.

import { givenText } from '../givenText.ts'
import { requireOptions } from '../optionNames.ts'
import { requireList, requireWhole, wrong } from './arguments.ts'
import { type DTypeName, isScalar, type Scalar } from './dtype.ts'
import type { AxisIndex, BasicIndex, IndexList } from './indexing.ts'
import { parseIndices } from './indexing.ts'
import type {
  AxisOf,
  Family,
  IndexedRank,
  Less,
  Member,
  More,
  ReshapedRank,
  ShapeRank,
  Typed,
} from './kinds.ts'
import { ReductionMethods } from './reductionMethods.ts'
import {
  axesOf,
  axisOf,
  broadcastShapes,
  checkedShape,
  resolveShape,
  ShapeError,
  shapeText,
  sizeOf,
} from './shape.ts'
import { movedOrder, type PadWidth, padWidths, repeatedPlaces, requireCount } from './shapeArguments.ts'
import { distances, edgeWeights, innerWeights, type Spacing } from './slopes.ts'

/** Anything that may stand in an index. */
export type Index = BasicIndex | IndexList | Typed

/** How far and with what an array is padded. */
const PAD_MODES = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const
export type PadMode = (typeof PAD_MODES)[number]

/** A family's own array, of any kind. */
type Self = ShapeMethods<Family, DTypeName, number>

export abstract class ShapeMethods<
  F extends Family,
  D extends DTypeName,
  R extends number,
> extends ReductionMethods<F, D, R> {
  /** Elements along each axis. */
  abstract readonly shape: readonly number[]

  /** @internal Runs, places and new axes: all that only changes where elements are looked up. */
  abstract $index(indices: readonly AxisIndex[]): unknown
  /** @internal */
  abstract $transpose(axes: readonly number[]): unknown
  /** @internal The shape is one that this broadcasts to. */
  abstract $broadcast(shape: readonly number[]): unknown
  /** @internal The shape holds as many elements. */
  abstract $reshape(shape: readonly number[]): unknown
  /** @internal Joins this and others along an axis; all other lengths are equal. */
  abstract $concatenate(others: readonly unknown[], axis: number): unknown
  /** @internal Elements at places along an axis; a list gives one axis, an array of more axes as many. */
  abstract $take(places: unknown, axis: number): unknown
  /** @internal The elements where a mask of bools is true; it covers axes from `axis` on. */
  abstract $masked(mask: unknown, axis: number): unknown
  /** @internal An array of the same family with one value. */
  abstract $full(shape: readonly number[], value: Scalar): unknown
  /** @internal How many axes a list index takes: nothing for what is no list. */
  abstract $rankOfIndex(index: unknown): { axes: number; mask: boolean } | undefined
  /** @internal The same with the elements at an index replaced. */
  abstract $assign(indices: readonly unknown[], value: unknown): unknown

  /** How many elements there are. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** The axes in the opposite order. */
  get T(): Member<F, D, R> {
    return this.transpose()
  }

  /**
   * The axes in another order, the opposite one by default: a list, or one number an axis.
   * @example array.zeros([2, 3, 4]).transpose(2, 0, 1).shape // [4, 2, 3]
   */
  transpose(...given: readonly number[] | [axes?: readonly number[] | null]): Member<F, D, R> {
    const rank = this.shape.length
    const axes = typeof given[0] === 'number' ? (given as readonly number[]) : (given[0] ?? undefined)
    if (axes !== undefined) requireList('transpose', axes, 'axes, as numbers or as a list of them')
    const order = axes ? axes.map((axis) => axisOf(axis, rank)) : this.shape.map((_, i) => rank - 1 - i)
    if (order.length !== rank || new Set(order).size !== rank)
      throw new ShapeError(
        `${shapeText(axes ?? [])} is no order of the ${rank} axes of shape ${shapeText(this.shape)}`,
      )
    return this.$transpose(order) as never
  }

  /** Two axes changed for each other. */
  swapaxes(a: AxisOf<R>, b: AxisOf<R>): Member<F, D, R> {
    const order = this.shape.map((_, i) => i)
    const [i, j] = [axisOf(a, order.length), axisOf(b, order.length)]
    order[i] = j
    order[j] = i
    return this.$transpose(order) as never
  }

  /**
   * One axis moved to another place, or several, each to its own.
   * @example array.zeros([2, 3, 4]).moveaxis([0, 1], [-1, -2]).shape // [4, 3, 2]
   */
  moveaxis(from: AxisOf<R> | readonly AxisOf<R>[], to: AxisOf<R> | readonly AxisOf<R>[]): Member<F, D, R> {
    return this.$transpose(movedOrder(from, to, this.shape.length)) as never
  }

  /**
   * Elements by index: a number picks a place, `'1:10:2'` a run, `'...'` all axes between, `null` a new axis, a list of
   * numbers takes places, bools keep where they are true. One of the indices may be a list or an array.
   * @example (await array.arange(6).reshape([2, 3]).slice(1, '::-1').compute()).toList() // [5, 4, 3]
   */
  slice<const I extends readonly Index[]>(...indices: I): Member<F, D, IndexedRank<R, I> & number> {
    const parsed = parseIndices(indices, this.shape, (index) => this.$rankOfIndex(index)?.axes)
    const lists = parsed.filter((each) => each.kind === 'list')
    if (lists.length === 0) return this.$index(parsed) as never
    if (lists.length > 1)
      throw new ShapeError('one index may be a list or an array: take the others in a slice of its own')
    const at = parsed.indexOf(lists[0])
    const list = lists[0] as AxisIndex & { kind: 'list' }
    const from = parsed.slice(0, at).filter((each) => each.kind !== 'new').length
    // First what is no list, then the list along the axis that is left for it.
    const whole = Array.from(
      { length: list.axes },
      (_, i): AxisIndex => ({ kind: 'run', start: 0, step: 1, count: this.shape[from + i] }),
    )
    const basic = [...parsed.slice(0, at), ...whole, ...parsed.slice(at + 1)]
    const axis = parsed.slice(0, at).filter((each) => each.kind !== 'place').length
    const rest = this.$index(basic) as Self
    return (
      this.$rankOfIndex(list.list)!.mask ? rest.$masked(list.list, axis) : rest.$take(list.list, axis)
    ) as never
  }

  /**
   * The same array with the elements at an index replaced; the value broadcasts to them.
   * @example (await array.zeros([4]).assign(['1:3'], 7).compute()).toList() // [0, 7, 7, 0]
   */
  assign(indices: readonly Index[], value: Typed | Scalar): Member<F, D, R> {
    requireList('assign', indices, "a list of indices, e.g. ['1:3']")
    return this.$assign(indices, value) as never
  }

  /** Elements at places along an axis, negative ones from the end; without an axis, of all elements in a row. */
  take(places: IndexList | Typed | number, axis?: AxisOf<R>): Member<F, D, number> {
    if (places === undefined) throw wrong('take', 'places', places)
    if (axis === undefined) return (this.ravel() as Self).take(places, 0) as never
    const along = axisOf(axis, this.shape.length)
    if (typeof places === 'number') return (this.$take([places], along) as Self).squeeze(along) as never
    return this.$take(places, along) as never
  }

  /**
   * The elements, row by row, in another shape, a list or one number an axis; one −1 stands for what is left.
   * @example array.arange(6).reshape(2, -1).shape // [2, 3]
   */
  reshape<const S extends readonly [number | readonly number[]] | readonly number[]>(
    ...given: S
  ): Member<F, D, ReshapedRank<S>> {
    const list = (typeof given[0] === 'number' ? given : given[0]) as readonly number[]
    return this.$reshape(resolveShape(list, this.size)) as never
  }

  /** All elements in a row. */
  ravel(): Member<F, D, 1> {
    return this.$reshape([this.size]) as never
  }

  /** All elements in a row. */
  flatten(): Member<F, D, 1> {
    return this.ravel()
  }

  /** Without an axis of length 1, or without all of them. */
  squeeze<A extends AxisOf<R> | undefined = undefined>(
    axis?: A,
  ): Member<F, D, A extends undefined ? number : Less<R>> {
    const axes =
      axis === undefined
        ? this.shape.flatMap((length, i) => (length === 1 ? [i] : []))
        : axesOf(axis, this.shape.length)
    for (const each of axes)
      if (this.shape[each] !== 1)
        throw new ShapeError(
          `axis ${each} of shape ${shapeText(this.shape)} has ${this.shape[each]} elements: only one of length 1 can be left out`,
        )
    return this.$index(
      this.shape.map(
        (count, i): AxisIndex =>
          axes.includes(i) ? { kind: 'place', place: 0 } : { kind: 'run', start: 0, step: 1, count },
      ),
    ) as never
  }

  /** With a new axis of length 1, which then stands at `axis`; or several. */
  expandDims<A extends number | readonly number[]>(
    axis: A,
  ): Member<F, D, A extends number ? More<R> : number> {
    const list = typeof axis === 'number' ? [axis] : (axis as readonly number[])
    requireList('expandDims', list, 'the place of a new axis, or a list of them')
    const made = axesOf(list, this.shape.length + list.length)
    const runs = this.shape.map((count): AxisIndex => ({ kind: 'run', start: 0, step: 1, count }))
    for (const at of made) runs.splice(at, 0, { kind: 'new' })
    return this.$index(runs) as never
  }

  /** Repeated along new axes and those of length 1, without a copy. */
  broadcastTo<const S extends readonly number[]>(shape: S): Member<F, D, ShapeRank<S>> {
    const wanted = checkedShape(shape)
    const joint = broadcastShapes([this.shape, wanted])
    if (joint.length !== wanted.length || joint.some((length, i) => length !== wanted[i]))
      throw new ShapeError(`shape ${shapeText(this.shape)} does not broadcast to ${shapeText(wanted)}`)
    return this.$broadcast(wanted) as never
  }

  /** The other way round along an axis, several, or all. */
  flip(axis?: AxisOf<R> | readonly AxisOf<R>[]): Member<F, D, R> {
    const axes = axesOf(axis, this.shape.length)
    return this.$index(
      this.shape.map(
        (count, i): AxisIndex =>
          axes.includes(i)
            ? { kind: 'run', start: count - 1, step: -1, count }
            : { kind: 'run', start: 0, step: 1, count },
      ),
    ) as never
  }

  /** Moved round along an axis, or along several, each by its own shift or all by one; without one, all elements in a row are. */
  roll(shift: number | readonly number[], axis?: AxisOf<R> | readonly AxisOf<R>[]): Member<F, D, R> {
    if (!Array.isArray(shift)) requireWhole('roll', shift)
    if (typeof shift !== 'number' || (axis !== undefined && typeof axis !== 'number'))
      return rolledAxes(this as unknown as Self, shift, axis) as never
    if (axis === undefined) return rolledRow(this as unknown as Self, shift) as never
    const along = axisOf(axis, this.shape.length)
    const length = this.shape[along]
    const by = length === 0 ? 0 : ((shift % length) + length) % length
    if (by === 0) return this as never
    return (this.$run(along, length - by, by) as Self).$concatenate(
      [this.$run(along, 0, length - by)],
      along,
    ) as never
  }

  /** Each element several times, or each its own number of times, along an axis; without one, of all elements in a row. */
  repeat(times: number | readonly number[], axis?: AxisOf<R>): Member<F, D, number> {
    if (axis === undefined) return (this.ravel() as Self).repeat(times, 0) as never
    const along = axisOf(axis, this.shape.length)
    if (typeof times !== 'number') return this.$take(repeatedPlaces(times, this.shape[along]), along) as never
    requireCount('repeat', times)
    const wide = this.expandDims(along + 1) as never as Self
    const shape = [...this.shape.slice(0, along + 1), times, ...this.shape.slice(along + 1)]
    const merged = this.shape.map((length, i) => (i === along ? length * times : length))
    return (wide.$broadcast(shape) as Self).$reshape(merged) as never
  }

  /** The whole array several times along each axis. */
  tile(times: number | readonly number[]): Member<F, D, number> {
    const list = typeof times === 'number' ? [times] : times
    requireList('tile', list, 'how many times, as a number or a list of them')
    for (const each of list) requireCount('tile', each)
    let tiled = this as unknown as Self
    for (let n = list.length - this.shape.length; n > 0; n--) tiled = tiled.expandDims(0) as never
    const rank = tiled.shape.length
    for (let i = 0; i < list.length; i++) {
      const axis = rank - list.length + i
      if (list[i] === 0) tiled = tiled.$run(axis, 0, 0) as Self
      else if (list[i] > 1) tiled = tiled.$concatenate(new Array(list[i] - 1).fill(tiled), axis) as Self
    }
    return tiled as never
  }

  /** With elements added around: one value, the edge, or the array mirrored or repeated. */
  pad(width: PadWidth, mode: PadMode = 'constant', options: { value?: Scalar } = {}): Member<F, D, R> {
    const widths = padWidths(width, this.shape.length)
    requireOptions('pad', options, { value: true })
    const { value = 0 } = options
    if (!isScalar(value)) throw wrong('pad: value', 'one element', value)
    if (!PAD_MODES.includes(mode))
      throw new ShapeError(`pad has the modes ${PAD_MODES.join(', ')}, and not ${givenText(mode)}`)
    let padded = this as unknown as Self
    widths.forEach(([before, after], axis) => {
      if (before === 0 && after === 0) return
      const front = padding(padded, axis, before, mode, value, true)
      const back = padding(padded, axis, after, mode, value, false)
      const [first, ...rest] = [...front, padded, ...back]
      padded = first.$concatenate(rest, axis) as Self
    })
    return padded as never
  }

  /** Each element less the one before it, `n` times over. */
  diff(n = 1, axis: number = -1): Member<F, D, R> {
    requireCount('diff', n)
    const along = axisOf(axis, this.shape.length)
    let left = this as unknown as Self
    for (let i = 0; i < n; i++) {
      const length = Math.max(0, left.shape[along] - 1)
      const later = left.$run(along, Math.min(1, left.shape[along]), length) as Self
      const earlier = left.$run(along, 0, length)
      left = later.$map(this.dtype === 'bool' ? 'notEqual' : 'subtract', [earlier]) as Self
    }
    return left as never
  }

  /**
   * The slope along an axis, by the neighbours on both sides; at the ends by those that are there.
   * @param spacing the distance between neighbours, or where each element stands
   * @param edgeOrder 1: at the ends the difference to the neighbour; 2: a parabola through three elements
   * @throws {ShapeError} with fewer than `edgeOrder + 1` elements, or another number of places
   * @example (await array.fromArray([0, 4, 36]).gradient(0, [0, 2, 6]).compute()).toList() // [2, 4, 8]
   */
  gradient(axis: number = -1, spacing: Spacing = 1, edgeOrder: 1 | 2 = 1): Member<F, D, R> {
    const along = axisOf(axis, this.shape.length)
    const length = this.shape[along]
    if (edgeOrder !== 1 && edgeOrder !== 2)
      throw new ShapeError(`gradient knows edges of order 1 and 2, not ${givenText(edgeOrder)}`)
    if (length < edgeOrder + 1)
      throw new ShapeError(
        `a gradient with edges of order ${edgeOrder} needs ${edgeOrder + 1} elements along axis ${along} of shape ${shapeText(this.shape)}`,
      )
    const steps = distances(spacing, length)
    const own = /^(u?int|bool)/.test(this.dtype)
      ? (this.astype('float64') as unknown as Self)
      : (this as unknown as Self)
    const run = (start: number, count: number): Self => own.$run(along, start, count) as Self
    const slope = (a: Self, b: Self, by: number): Self =>
      (a.$map('subtract', [b]) as Self).$map('divide', [by]) as Self
    const weighted = (parts: readonly Self[], weights: readonly unknown[]): Self =>
      parts
        .map((part, i) => part.$map('multiply', [weights[i]]) as Self)
        .reduce((sum, part) => sum.$map('add', [part]) as Self)
    const step = (at: number): number => (typeof steps === 'number' ? steps : steps[at])
    const edges =
      edgeOrder === 1
        ? [
            slope(run(1, 1), run(0, 1), step(0)),
            slope(run(length - 1, 1), run(length - 2, 1), step(length - 2)),
          ]
        : [
            weighted([run(0, 1), run(1, 1), run(2, 1)], edgeWeights(step(0), step(1))),
            weighted(
              [run(length - 3, 1), run(length - 2, 1), run(length - 1, 1)],
              edgeWeights(step(length - 2), step(length - 3))
                .map((weight) => -weight)
                .reverse(),
            ),
          ]
    const inner = length - 2
    if (inner === 0) return edges[0].$concatenate([edges[1]], along) as never
    const trailing = this.shape.length - 1 - along
    const middle =
      typeof steps === 'number'
        ? slope(run(2, inner), run(0, inner), 2 * steps)
        : weighted(
            [run(0, inner), run(1, inner), run(2, inner)],
            innerWeights(steps).map((weights) => weights.map((weight) => nested(weight, trailing))),
          )
    return edges[0].$concatenate([middle, edges[1]], along) as never
  }

  /** @internal A part along one axis. */
  $run(axis: number, start: number, count: number, step = 1): unknown {
    return this.$index(
      this.shape.map(
        (length, i): AxisIndex =>
          i === axis
            ? { kind: 'run', start, step, count }
            : { kind: 'run', start: 0, step: 1, count: length },
      ),
    )
  }
}

/** A value with axes of length 1 around it. */
const nested = (value: unknown, axes: number): unknown => (axes === 0 ? value : [nested(value, axes - 1)])

const rolledRow = (array: Self, shift: number): Self =>
  ((array.ravel() as Self).roll(shift, 0) as Self).$reshape(array.shape) as Self

/** Several axes rolled one after the other. */
function rolledAxes(
  array: Self,
  shift: number | readonly number[],
  axis: number | readonly number[] | undefined,
): Self {
  if (axis === undefined)
    throw new ShapeError('roll takes several shifts with as many axes: name the axes too')
  const axes = typeof axis === 'number' ? [axis] : axis
  requireList('roll', axes, 'an axis, or a list of them')
  for (const each of typeof shift === 'number' ? [] : shift) requireWhole('roll', each)
  const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift
  if (shifts.length !== axes.length)
    throw new ShapeError(`roll got ${shifts.length} shifts for ${axes.length} axes: as many of both`)
  return axes.reduce((rolled, each, i) => rolled.roll(shifts[i], each) as Self, array)
}

/** The pieces that stand in front of an array along an axis, or behind it. */
function padding(
  array: Self,
  axis: number,
  width: number,
  mode: PadMode,
  value: Scalar,
  front: boolean,
): Self[] {
  if (width === 0) return []
  const length = array.shape[axis]
  const wide = array.shape.map((each, i) => (i === axis ? width : each))
  if (mode === 'constant') return [array.$full(wide, value) as Self]
  if (length === 0) throw new ShapeError(`axis ${axis} has no elements to pad with: use the mode 'constant'`)
  if (mode === 'edge') return [(array.$run(axis, front ? 0 : length - 1, 1) as Self).$broadcast(wide) as Self]
  // Places of the whole period, told from the array's edge outwards.
  const period = mode === 'wrap' ? length : mode === 'symmetric' ? 2 * length : Math.max(1, 2 * length - 2)
  const placeOf = (i: number): number => {
    const at = ((i % period) + period) % period
    return at < length ? at : mode === 'symmetric' ? period - 1 - at : period - at
  }
  const places = Array.from({ length: width }, (_, i) => placeOf(front ? i - width : length + i))
  const pieces: Self[] = []
  for (let i = 0; i < places.length; ) {
    let step = places[i + 1] - places[i] || 1
    let count = 1
    while (i + count < places.length && places[i + count] - places[i + count - 1] === step) count++
    if (count === 1) step = 1
    pieces.push(array.$run(axis, places[i], count, step) as Self)
    i += count
  }
  return pieces
}
