// Regions of an array that a run's process has: what somebody looks at leaves it.

import type { NdArray } from '../kernels/array/ndArray.ts'
import type { Region, RegionRequest } from '../protocol/regions.ts'
import { regionOf } from './arrayRegion.ts'
import type { PageSource } from './rowsQueue.ts'

export class LocalArrayPages implements PageSource {
  readonly isOnCluster = false
  readonly #array: NdArray

  constructor(array: NdArray) {
    this.#array = array
  }

  /** @throws {RegionError} */
  async region(request: RegionRequest): Promise<Region> {
    return regionOf(this.#array, request)
  }

  /** It is worked out at once. */
  giveUp(): void {}
  leave(): void {}
}
