// Scatter: values of this process become results that workers hold, written to them over the data plane.

import type { EncodedValue } from '../functions/encodedValue.ts'
import { encodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import { hash128, seedOf } from '../graph/hash128.ts'
import { DIGEST_BYTES, type Handle } from '../protocol/ids.ts'
import type { Core } from './core.ts'
import { Future } from './future.ts'

/** Where scattered values go. */
export interface ScatterOptions {
  /** Puts a copy on every worker. */
  broadcast?: boolean
  /** Names or hosts of the workers that may hold them. */
  workers?: string[]
  signal?: AbortSignal
}

/** Typed arrays at least this large travel, and are kept, as shared memory of their own. */
const SHARE_FROM_BYTES = 64 * 1024

/**
 * Gives each value a key of its content, asks the scheduler for room, and writes the values there.
 * @throws {CannotTravelError} when a value cannot travel
 * @throws {RefusedError} when no worker has room
 */
export async function scatterValues(
  core: Core,
  values: readonly unknown[],
  options: ScatterOptions,
): Promise<Future[]> {
  core.requireOpen()
  if (values.length === 0) return []
  const encoded = values.map((value) =>
    encodeValue(value, {
      rootName: 'value',
      context: 'scatter',
      lifter: core.lifter,
      kernels: core.kernels,
      shareFromBytes: SHARE_FROM_BYTES,
    }),
  )
  const modules = core.unsentModules(new Set(encoded.flatMap(({ bytes }) => modulesOfValue(bytes))))
  if (modules.length > 0) core.connection.send(core.modulesMessage(modules))
  const first = core.table.allocate(values.length, 'scatter')
  const digests = new Uint8Array(values.length * DIGEST_BYTES)
  encoded.forEach((value, i) => {
    digestValue(value, digests, i * DIGEST_BYTES)
    core.table.setDigest(first + i, digests, i * DIGEST_BYTES)
  })
  const futures = core.futures((batch, handle) => new Future(batch, handle), first, values.length)
  const handles = futures.map((_, i) => first + i)
  await core.using(futures, () => place(core, handles, encoded, digests, options))
  return futures
}

async function place(
  core: Core,
  handles: Handle[],
  encoded: readonly EncodedValue[],
  digests: Uint8Array,
  options: ScatterOptions,
): Promise<void> {
  const placed = await core.connection.request('scatter', (request) => ({
    type: 'scatter',
    request,
    digests,
    group: 'scatter',
    sizes: Float64Array.from(encoded, sizeOf),
    handles: Uint32Array.from(handles),
    broadcast: options.broadcast ?? false,
    workers: options.workers,
  }))
  if (placed.type !== 'placed') throw new Error(`scatter was answered by ${placed.type}`)
  const byHolder = new Map<number, { task: number; run: number; value: EncodedValue }[]>()
  placed.tasks.forEach((task, i) => {
    const holder = placed.holders[i]
    // The same content was scattered before, or its worker has just left: then its failure follows.
    if (holder < 0) return
    const entry = { task, run: placed.runs[i], value: encoded[i] }
    const list = byHolder.get(holder)
    if (list) list.push(entry)
    else byHolder.set(holder, [entry])
  })
  const letGo = core.connection.hold()
  try {
    await Promise.all(Array.from(byHolder, ([holder, list]) => core.data.put(placed.addresses[holder], list)))
  } finally {
    letGo()
  }
  await core.waits.many(handles, 'scatter', 'all-or-error', { signal: options.signal })
  for (const handle of handles) {
    const error = core.results.errorOf(handle)
    if (error) throw error
  }
}

const sizeOf = ({ bytes, buffers }: EncodedValue): number =>
  buffers.reduce((sum, buffer) => sum + buffer.byteLength, bytes.byteLength)

/** The digest of a value: of its bytes, and then of each buffer, each hash starting from the one before. */
function digestValue(value: EncodedValue, out: Uint8Array, at: number): void {
  hash128(value.bytes, 0, value.bytes.length, SCATTERED, out, at)
  for (const buffer of value.buffers) {
    const bytes = new Uint8Array(buffer)
    hash128(bytes, 0, bytes.length, seedOf(out, at), out, at)
  }
}

/** Keeps scattered values apart from tasks whose function would hash to nothing. */
const SCATTERED = 0x5ca77e2d
