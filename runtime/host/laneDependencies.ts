// The values that the runs of a batch depend on, as they came to the thread.

import type { EncodedValue } from '../functions/encodedValue.ts'
import { modulesOfValue } from '../functions/valueCodec.ts'
import type { LaneMemory } from './laneMemory.ts'
import type { BatchMessage } from './laneMessages.ts'

/** What a batch's runs depend on: small values packed, large ones in shared memory. */
export class Dependencies {
  readonly #values: NonNullable<BatchMessage['values']>
  readonly #encoded: EncodedValue[]

  constructor(values: NonNullable<BatchMessage['values']>, memory: LaneMemory) {
    this.#values = values
    this.#encoded = Array.from(values.packedEnds, (end, i) => ({
      bytes: values.packed.subarray(i === 0 ? 0 : values.packedEnds[i - 1], end),
      buffers: [],
    }))
    for (const { index, bytes, buffers, ids } of values.shared) {
      const own = bytes ? [bytes.buffer, ...buffers] : buffers
      own.forEach((buffer, i) => {
        memory.see(ids[i], buffer)
      })
      if (bytes) this.#encoded[index].bytes = new Uint8Array(bytes.buffer, 0, bytes.length)
      this.#encoded[index].buffers = buffers
    }
  }

  /** The shared memory that they stand in. */
  buffers(): SharedArrayBuffer[] {
    return this.#values.shared.flatMap(({ bytes, buffers }) => (bytes ? [bytes.buffer, ...buffers] : buffers))
  }

  value(run: number, n: number): EncodedValue {
    const { ends, indexes } = this.#values
    return this.#encoded[indexes[(run === 0 ? 0 : ends[run - 1]) + n]]
  }

  /** All that a run depends on. */
  all(run: number): EncodedValue[] {
    const { ends, indexes } = this.#values
    return Array.from(indexes.subarray(run === 0 ? 0 : ends[run - 1], ends[run]), (i) => this.#encoded[i])
  }

  /** Modules that must be loaded before the dependencies of a run can be read. */
  *modules(run: number): Iterable<string[]> {
    const { ends, indexes } = this.#values
    for (let i = run === 0 ? 0 : ends[run - 1]; i < ends[run]; i++) {
      const names = modulesOfValue(this.#encoded[indexes[i]].bytes)
      if (names.length > 0) yield names
    }
  }
}
