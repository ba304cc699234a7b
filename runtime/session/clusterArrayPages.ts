// Regions of an array that stays on the cluster: workers cut them out of their blocks, and only what somebody looks at is brought.

import type { ChunkedArray } from '../collections/array/chunkedArray.ts'
import { histogram } from '../collections/array/statistics.ts'
import type { NdArray } from '../kernels/array/ndArray.ts'
import { endPlaces, printEnds } from '../kernels/array/print.ts'
import { shapeText } from '../kernels/array/shape.ts'
import type { Region, RegionRequest } from '../protocol/regions.ts'
import type { ArrayDisplay, ArrayFigures } from '../protocol/runs.ts'
import { ambientClient } from './ambient.ts'
import { stepsFor } from './arrayDisplay.ts'
import { partsBetween } from './arrayFigures.ts'
import { bytesOf } from './arrayNumbers.ts'
import { elementsOf, lengthwise, requireRegion, sliceOf } from './arrayRegion.ts'
import type { PageSource } from './rowsQueue.ts'
import { ViewsInUse } from './viewsInUse.ts'

export class ClusterArrayPages implements PageSource {
  readonly isOnCluster = true
  readonly #held: ChunkedArray
  readonly #views = new ViewsInUse<Region>()

  /** @param held an array that workers hold, of numbers, with its lengths known */
  constructor(held: ChunkedArray) {
    this.#held = held
  }

  /** @throws {RegionError} @throws {Error} what went wrong on the cluster */
  async region(request: RegionRequest, viewer = 0): Promise<Region> {
    requireRegion(this.#held.shape, request)
    return this.#views.lookedAt(viewer, JSON.stringify(request), (signal) =>
      request.extremes ? this.#stretches(request, signal) : this.#elements(request, signal),
    )
  }

  giveUp(viewer: number): void {
    this.#views.giveUp(viewer)
  }

  leave(viewer: number): void {
    this.#views.leave(viewer)
  }

  /** @param elementsMax so many elements come with it at most */
  async display(elementsMax: number): Promise<ArrayDisplay> {
    const { dtype, shape } = this.#held
    const steps = stepsFor(shape, elementsMax)
    const ranges = shape.map((stop, axis) => ({ start: 0, stop, step: steps[axis] }))
    const { values, exact } = await this.region({ ranges })
    this.leave(0)
    const figures = await this.#figures()
    const text = await this.#text()
    return {
      kind: 'array',
      dtype,
      shape: [...shape],
      steps,
      values,
      ...(exact && { exact }),
      ...(figures && { figures }),
      text,
      remote: true,
    }
  }

  async #elements({ ranges }: RegionRequest, signal: AbortSignal): Promise<Region> {
    const part = this.#held.slice(...ranges.map(sliceOf)) as ChunkedArray
    const [array] = await (await ambientClient()).compute([part], { signal })
    return elementsOf(array as NdArray)
  }

  /** The least and the most of each stretch; the last one may be shorter. */
  async #stretches({ ranges }: RegionRequest, signal: AbortSignal): Promise<Region> {
    const { start, stop, step } = lengthwise(ranges)
    const line = drawnOf(
      (
        this.#held.slice(...ranges.map((range) => sliceOf({ ...range, step: 1 }))) as ChunkedArray
      ).ravel() as ChunkedArray,
    )
    const length = stop - start
    const even = length - (length % step)
    const stretchesOf = (from: number, to: number, by: number): ChunkedArray[] => {
      const part = line.slice(`${from}:${to}`) as ChunkedArray
      const finite = part.isfinite() as ChunkedArray<'bool'>
      return [
        (part.where(finite, Infinity) as ChunkedArray).coarsen('min', { 0: by }),
        (part.where(finite, -Infinity) as ChunkedArray).coarsen('max', { 0: by }),
        (finite.logicalNot() as ChunkedArray).coarsen('sum', { 0: by }),
      ]
    }
    const parts = [
      ...(even > 0 ? [stretchesOf(0, even, step)] : []),
      ...(even < length ? [stretchesOf(even, length, length - even)] : []),
    ]
    const computed = await (await ambientClient()).compute(parts.flat(), { signal })
    const [least, most, missing] = [0, 1, 2].map((which) =>
      Float64Array.from(
        parts.flatMap((_, part) =>
          Array.from((computed[3 * part + which] as NdArray).toTypedArray(), Number),
        ),
      ),
    )
    const orNone = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)
    return {
      values: bytesOf(least.map(orNone)),
      most: bytesOf(most.map(orNone)),
      missing: bytesOf(missing),
    }
  }

  /** Figures of all elements, by tasks of the blocks. */
  async #figures(): Promise<ArrayFigures | undefined> {
    const client = await ambientClient()
    const { dtype, size } = this.#held
    const drawn = drawnOf(this.#held)
    const finite = drawn.isfinite() as ChunkedArray<'bool'>
    const whole = isWhole(dtype)
    const [least, most, sum, counted, positive, negative] = (await client.compute(
      whole
        ? [drawn.min(), drawn.max(), (drawn.astype('float64') as ChunkedArray).sum()]
        : [
            (drawn.where(finite, Infinity) as ChunkedArray).min(),
            (drawn.where(finite, -Infinity) as ChunkedArray).max(),
            (drawn.where(finite, 0) as ChunkedArray).sum(),
            finite.sum(),
            (drawn.eq(Infinity) as ChunkedArray).sum(),
            (drawn.eq(-Infinity) as ChunkedArray).sum(),
          ],
    )) as (number | bigint)[]
    const count = Number(counted ?? size)
    if (count === 0) return undefined
    const [min, max] = [Number(least), Number(most)]
    const parts = partsBetween(dtype, min, max)
    const { counts } = histogram(drawn, parts, { range: [min, max] })
    const [each] = (await client.compute([counts])) as NdArray[]
    const infinite = { positive: Number(positive ?? 0), negative: Number(negative ?? 0) }
    return {
      min,
      max,
      mean: Number(sum) / count,
      ...(typeof least === 'bigint' && { exact: { min: String(least), max: String(most) } }),
      missing: size - count,
      ...(infinite.positive + infinite.negative > 0 && { infinite }),
      counts: Array.from(each.toTypedArray(), Number),
    }
  }

  /** As it prints: a long array by its ends along each axis. */
  async #text(): Promise<string> {
    const { shape, dtype } = this.#held
    let ends: ChunkedArray = this.#held
    shape.forEach((length, axis) => {
      const before = new Array<string>(axis).fill(':')
      if (length > endPlaces(length).length) ends = ends.slice(...before, endPlaces(length)) as ChunkedArray
    })
    const [array] = (await (await ambientClient()).compute([ends])) as NdArray[]
    return `array(${printEnds(array, 'array('.length, ', ')}, shape=${shapeText(shape)}, dtype=${dtype})`
  }
}

const isWhole = (dtype: string): boolean => /^(bool|u?int)/.test(dtype)

/** The same array in numbers that are drawn: of complex ones their absolute values, of truth values 0 and 1. */
function drawnOf(array: ChunkedArray): ChunkedArray {
  if (array.dtype === 'bool') return array.astype('uint8') as ChunkedArray
  return array.dtype.startsWith('complex') ? (array.abs() as ChunkedArray) : array
}
