// Values between this worker and others: fetched from peers, put here by clients, lent to whoever asks.

import type { EncodedValue } from '../functions/encodedValue.ts'
import type { FetchRequest } from '../worker/fetchPlan.ts'
import { fetchBytesMax } from '../worker/memory.ts'
import { holdForSending, onFetchEnded, onFetched, onPut } from '../worker/onValue.ts'
import { mayBeSent } from '../worker/room.ts'
import { AWAITED } from '../worker/values.ts'
import { unpin } from '../worker/workerState.ts'
import type { DataClient } from './dataClient.ts'
import type { ValueName } from './dataFrames.ts'
import type { DataSource, LentValue } from './dataServer.ts'
import { Inflow } from './inflow.ts'
import { Outflow } from './outflow.ts'
import type { SpillFiles } from './spillFiles.ts'
import type { WorkerCore } from './workerCore.ts'

/** Transfers at least this long or large are worth showing. */
const SHOWN_MS = 2
const SHOWN_BYTES = 1e6
/** An answer holds values up to this size in sum, or a single one. */
const ANSWER_BYTES_MAX = 64e6

export class ValueTransfers implements DataSource {
  readonly #core: WorkerCore
  readonly #spill: SpillFiles
  readonly #peers: DataClient
  readonly #inflow: Inflow
  readonly #outflow: Outflow
  readonly answerBytesMax: number
  readonly #addresses = new Map<number, string>()
  /** Since the last heartbeat. */
  receivedBytes = 0

  constructor(core: WorkerCore, spill: SpillFiles, peers: DataClient) {
    this.#core = core
    this.#spill = spill
    this.#peers = peers
    this.#inflow = new Inflow(core.state)
    const bytesMax = fetchBytesMax(core.state.limits)
    this.answerBytesMax = Math.min(ANSWER_BYTES_MAX, bytesMax)
    this.#outflow = new Outflow(bytesMax, undefined, (bytes) =>
      // The books count it already, as what waits.
      mayBeSent(core.state, bytes - core.state.lentBytes),
    )
  }

  /** Values that are read to be sent, or wait for it. */
  get lentBytes(): number {
    return this.#outflow.movingBytes
  }

  sizeOf(task: number, run: number, part?: number): number {
    const { values } = this.#core.state
    const row = values.rowOf(task, run, part)
    return row === -1 ? 0 : values.bytes(row)
  }

  room(): Promise<void> | undefined {
    return this.#inflow.wait()
  }

  turn(names: readonly ValueName[]): Promise<() => void> | undefined {
    const { values } = this.#core.state
    let bytes = 0
    for (const { task, run, part } of names) {
      const row = values.rowOf(task, run, part)
      if (row !== -1 && values.phase(row) !== AWAITED && !values.inMemory(row)) bytes += values.bytes(row)
    }
    return bytes === 0 ? undefined : this.#outflow.turn(bytes)
  }

  /** To be called after every event: who waits for room may have it. */
  look(): void {
    this.#inflow.look()
    this.#outflow.look()
  }

  /** Where another worker serves data; an empty address says that it has left. */
  setAddress(worker: number, address: string): void {
    const before = this.#addresses.get(worker)
    if (before !== undefined && before !== address) this.#peers.forget(before)
    if (address === '') this.#addresses.delete(worker)
    else this.#addresses.set(worker, address)
  }

  /** Numbers of workers are a connection's own. */
  forgetAddresses(): void {
    this.#addresses.clear()
  }

  async fetch({ request, holder, tasks, runs, parts }: FetchRequest): Promise<void> {
    const { state, store } = this.#core
    const names = Array.from(tasks, (task, i) => ({ task, run: runs[i], part: parts[i] }))
    const address = this.#addresses.get(holder)
    const start = performance.timeOrigin + performance.now()
    let values: (EncodedValue | undefined)[] = []
    try {
      if (address !== undefined) values = await this.#peers.get(address, names)
    } catch {
      // A broken transfer is an absent value: the scheduler names another holder, or computes it again.
    }
    let fetchedBytes = 0
    this.#core.on(() => {
      let bytes = 0
      names.forEach(({ task, run, part }, i) => {
        const value = values[i]
        if (!value) return
        const size = sizeOf(value)
        bytes += size
        const row = onFetched(state, task, run, size, part)
        if (row !== -1) store.keep(row, value)
      })
      this.receivedBytes += bytes
      const durationMs = performance.timeOrigin + performance.now() - start
      if (durationMs >= SHOWN_MS || bytes >= SHOWN_BYTES)
        state.reports.transferred(holder, start, durationMs, bytes)
      const absent = names.filter((_, i) => !values[i])
      onFetchEnded(state, request, absent)
      fetchedBytes = bytes
    })
    this.#core.moved(fetchedBytes, fetchedBytes)
  }

  put(task: number, run: number, value: EncodedValue): void {
    this.#core.on(() => {
      const row = onPut(this.#core.state, task, run, sizeOf(value))
      if (row !== -1) this.#core.store.keep(row, value)
    })
    this.#core.moved(sizeOf(value), sizeOf(value))
  }

  lend(task: number, run: number, part?: number): LentValue | Promise<LentValue | undefined> | undefined {
    const { state, store } = this.#core
    const row = state.values.rowOf(task, run, part)
    if (row === -1 || state.values.phase(row) === AWAITED) return undefined
    holdForSending(state, row)
    const giveBack = (): void => this.#core.on(() => unpin(state, [row]))
    if (state.values.inMemory(row)) return { value: store.get(row), giveBack }
    return this.#spill.read(row).then(
      (value) => {
        const sent = store.pass(value)
        this.#core.moved(state.values.bytes(row), 0)
        const passed = (): void => {
          sent()
          giveBack()
        }
        return { value, giveBack: passed }
      },
      () => {
        giveBack()
        return undefined
      },
    )
  }
}

const sizeOf = (value: EncodedValue): number =>
  value.buffers.reduce((sum, { byteLength }) => sum + byteLength, value.bytes.length)
