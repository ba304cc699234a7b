// Scatter: values of this process become results that workers hold, written to them over the data plane.

import type { EncodedValue } from '../functions/encodedValue.ts'
import type { OfTask } from '../functions/failureOf.ts'
import { encodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import { hash128, seedOf } from '../graph/hash128.ts'
import { DataConnectionError } from '../host/dataClient.ts'
import { DIGEST_BYTES, type Handle } from '../protocol/ids.ts'
import type { Core } from './core.ts'
import { Future } from './future.ts'
import { requireKind, requireSignal, requireWorkers } from './optionKinds.ts'

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

/** One frame brings small values up to this size in sum: a worker makes room for a whole frame at once. */
const FRAME_BYTES_MAX = 32e6
/** So often a value is brought anew when the worker that should hold it is lost meanwhile. */
const ATTEMPTS_MAX = 5

/** Values that this client brings: what each is, and the handle and key that it gets. */
interface Brought {
  handle: Handle
  value: EncodedValue
}

/**
 * Gives each value a key of its content, asks the scheduler for room, and writes the values there. Large typed arrays are
 * sent from where they lie: they must not be written to before the promise resolves.
 * @throws {CannotTravelError} when a value cannot travel
 * @throws {RefusedError} when no worker has room
 */
export async function scatterValues(
  core: Core,
  values: readonly unknown[],
  options: ScatterOptions,
): Promise<Future[]> {
  core.requireOpen()
  requireKind('scatter: broadcast', options.broadcast, 'boolean', 'true or false')
  requireWorkers(options.workers, 'scatter')
  requireSignal(options.signal, 'scatter')
  options.signal?.throwIfAborted()
  if (values.length === 0) return []
  const encoded = values.map((value) =>
    encodeValue(value, {
      rootName: 'value',
      context: 'scatter: ',
      lifter: core.lifter,
      kernels: core.kernels,
      shareFromBytes: SHARE_FROM_BYTES,
      borrow: true,
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
  const brought = encoded.map((value, i) => ({ handle: first + i, value }))
  await core.using(futures, () => bringAll(core, brought, digests, options))
  return futures
}

/** Brings values, and those again whose worker was lost on the way. */
async function bringAll(
  core: Core,
  brought: readonly Brought[],
  digests: Uint8Array,
  options: ScatterOptions,
): Promise<void> {
  const first = brought[0].handle
  for (let left = brought, attempt = 1; ; attempt++) {
    const handles = left.map(({ handle }) => handle)
    const own = Buffer.concat(
      handles.map((handle) => digests.subarray((handle - first) * DIGEST_BYTES).subarray(0, DIGEST_BYTES)),
    )
    const isLast = attempt === ATTEMPTS_MAX
    await orAborted(bring(core, left, own, options), options.signal).catch((error: unknown) => {
      // The scheduler hears of it too, and says that the values are lost.
      if (isLast || !(error instanceof DataConnectionError)) throw error
    })
    await core.waits.many(handles, 'scatter', 'all-or-error', { signal: options.signal })
    const lost = left.filter(({ handle }) => core.results.errorOf(handle) !== undefined)
    if (lost.length === 0) return
    for (const { handle } of lost) {
      const error = core.results.errorOf(handle)!
      if (isLast || (error as Partial<OfTask>).failure?.kind !== 'data-lost') throw error
    }
    // Under handles that are new to the scheduler.
    const again = Uint32Array.from(lost, ({ handle }) => handle)
    core.connection.send({ type: 'release', handles: again })
    core.table.pendingAgain(again)
    left = lost
  }
}

/** The outcome of `work`, or the signal's reason as soon as it fires; the work goes on then, unheard. */
async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function bring(
  core: Core,
  brought: readonly Brought[],
  digests: Uint8Array,
  options: ScatterOptions,
): Promise<void> {
  const placed = await core.connection.request('scatter', (request) => ({
    type: 'scatter',
    request,
    digests,
    group: 'scatter',
    sizes: Float64Array.from(brought, ({ value }) => sizeOf(value)),
    handles: Uint32Array.from(brought, ({ handle }) => handle),
    broadcast: options.broadcast ?? false,
    workers: options.workers,
  }))
  if (placed.type !== 'placed') throw new Error(`scatter was answered by ${placed.type}`)
  const byHolder = new Map<number, { task: number; run: number; value: EncodedValue }[]>()
  placed.tasks.forEach((task, i) => {
    const holder = placed.holders[i]
    // The same content was scattered before, or its worker has just left: then its failure follows.
    if (holder < 0) return
    const entry = { task, run: placed.runs[i], value: brought[i].value }
    const list = byHolder.get(holder)
    if (list) list.push(entry)
    else byHolder.set(holder, [entry])
  })
  const letGo = core.connection.hold()
  try {
    await Promise.all(
      Array.from(byHolder, async ([holder, list]) => {
        for (const frame of framesOf(list)) await core.data.put(placed.addresses[holder], frame)
      }),
    )
  } finally {
    letGo()
  }
}

/** Cuts values into what travels in one frame. */
function framesOf<Entry extends { value: EncodedValue }>(list: readonly Entry[]): Entry[][] {
  const frames: Entry[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const entry of list) {
    const size = sizeOf(entry.value)
    if (bytes + size > FRAME_BYTES_MAX) {
      frames.push([])
      bytes = 0
    }
    frames[frames.length - 1].push(entry)
    bytes += size
  }
  return frames
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
