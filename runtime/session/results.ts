// Results of handles: those that came inside a message are decoded here, the others are fetched from their holders.

import type { EncodedValue } from '../functions/encodedValue.ts'
import { errorOf } from '../functions/failureOf.ts'
import type { Lifter } from '../functions/lifter.ts'
import { decodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import type { DataClient } from '../host/dataClient.ts'
import type { Handle } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import { CancelledError, LostError, RefusedError } from './errors.ts'
import { ERRED, FINISHED, type FutureTable, LOST, PENDING } from './futureTable.ts'
import type { Waits } from './waits.ts'

/** How long holders of a result may stay unreachable before its reader is told. */
const UNREACHABLE_MS_MAX = 60_000

export interface ResultsSurroundings {
  table: FutureTable
  waits: Waits
  connection: Connection
  data: DataClient
  lifter: Lifter
}

export class Results {
  readonly #around: ResultsSurroundings
  readonly #nothingShared: SharedArrayBuffer[] = []

  constructor(around: ResultsSurroundings) {
    this.#around = around
  }

  /** The error that a handle ended with; nothing while it is pending or when it has a result. */
  errorOf(handle: Handle): Error | undefined {
    const { table, lifter } = this.#around
    const status = table.status(handle)
    if (status === PENDING || status === FINISHED) return undefined
    const reason = table.reason(handle)
    if (status === ERRED)
      return typeof reason === 'object' ? errorOf(reason, lifter) : new RefusedError('submit', String(reason))
    const text = typeof reason === 'string' ? reason : 'it was released'
    return status === LOST
      ? new LostError(table.key(handle), text)
      : new CancelledError(table.key(handle), text)
  }

  /**
   * Waits for all results and gives them in the order of `handles`.
   * @throws the first failure among them, as soon as it is known
   */
  async values(handles: readonly Handle[], signal?: AbortSignal): Promise<unknown[]> {
    const { waits } = this.#around
    const values: unknown[] = new Array(handles.length)
    let missing: number[] | undefined
    let unreachableSince: number | undefined
    while (true) {
      await waits.many(handles, 'gather', 'all-or-error', { signal })
      missing = await this.#takeInline(handles, values, missing)
      if (missing.length === 0) return values
      const before = missing.length
      missing = await this.#takeRemote(handles, values, missing)
      if (missing.length === 0) return values
      // Their holders have gone: the scheduler finds that out too, and has them computed again.
      if (missing.length < before) unreachableSince = undefined
      unreachableSince ??= performance.now()
      if (performance.now() - unreachableSince > UNREACHABLE_MS_MAX)
        throw new LostError(this.#around.table.key(handles[missing[0]]), 'none of its holders can be reached')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Decodes what is here; gives the places of what workers hold. Those in `places` alone are looked at. */
  async #takeInline(
    handles: readonly Handle[],
    values: unknown[],
    places: readonly number[] | undefined,
  ): Promise<number[]> {
    const { table, lifter } = this.#around
    const decodeOptions = lifter.decodeOptions()
    const remote: number[] = []
    const value: EncodedValue = { bytes: new Uint8Array(0), buffers: this.#nothingShared }
    const count = places?.length ?? handles.length
    for (let i = 0; i < count; i++) {
      const place = places ? places[i] : i
      const handle = handles[place]
      const bytes = table.inline(handle)
      if (bytes) {
        value.bytes = bytes
        const modules = modulesOfValue(bytes)
        if (modules.length > 0) await lifter.loadModules(modules)
        values[place] = decodeValue(value, decodeOptions)
        continue
      }
      const error = this.errorOf(handle)
      if (error) throw error
      remote.push(place)
    }
    return remote
  }

  /** Asks where values are and fetches them, all of one holder at once; gives the places of those it could not have. */
  async #takeRemote(handles: readonly Handle[], values: unknown[], places: number[]): Promise<number[]> {
    const { connection, data, lifter } = this.#around
    const located = await connection.request('gather', (request) => ({
      type: 'locate',
      request,
      handles: Uint32Array.from(places, (place) => handles[place]),
    }))
    if (located.type !== 'located') throw new Error(`locate was answered by ${located.type}`)
    const unreachable: number[] = []
    const byHolder = new Map<number, { place: number; task: number; run: number }[]>()
    places.forEach((place, i) => {
      const holder = located.holders[i]
      if (holder < 0) {
        unreachable.push(place)
        return
      }
      const wanted = { place, task: located.tasks[i], run: located.runs[i] }
      const list = byHolder.get(holder)
      if (list) list.push(wanted)
      else byHolder.set(holder, [wanted])
    })
    const letGo = connection.hold()
    try {
      await Promise.all(
        Array.from(byHolder, async ([holder, wanted]) => {
          const found = await data.get(located.addresses[holder], wanted).catch(() => [])
          for (let i = 0; i < wanted.length; i++) {
            const value = found[i]
            if (!value) {
              unreachable.push(wanted[i].place)
              continue
            }
            const modules = modulesOfValue(value.bytes)
            if (modules.length > 0) await lifter.loadModules(modules)
            values[wanted[i].place] = decodeValue(value, lifter.decodeOptions())
          }
        }),
      )
    } finally {
      letGo()
    }
    return unreachable.sort((a, b) => a - b)
  }
}
