// The rows of the task stream: one a thread, and one a worker for transfers once there were any.

import type { Workers } from '../cluster/workers.ts'

export interface Row {
  worker: number
  /** The thread, or −1 for the row of transfers. */
  thread: number
  /** What stands left of it; empty where the row above says it already. */
  label: string
  y: number
  height: number
}

export interface Rows {
  list: Row[]
  height: number
  /** Places of the rows in `list`, by worker: `[transfers, thread 0, thread 1, …]`, −1 where there is none. */
  placesOf: Map<number, number[]>
}

/** Where workers that ran something stand that are not among those present: gone, with their threads seen so far. */
export interface SeenThreads {
  /** By worker: the highest thread seen, and whether a transfer was. */
  threads: Map<number, { threads: number; transfers: boolean; name: string }>
}

const TRANSFER_HEIGHT = 6
const WORKER_GAP = 6

/**
 * @param height what the rows should fill, CSS pixels; they are never thinner than 5 nor thicker than 32 each
 * @example rowsOf(seen, 200).list.map((row) => row.label) // ['loom-01', '', 'loom-02', '']
 */
export function rowsOf(seen: SeenThreads, height: number): Rows {
  let lanes = 0
  let fixed = 0
  for (const { threads, transfers } of seen.threads.values()) {
    lanes += threads
    fixed += WORKER_GAP + (transfers ? TRANSFER_HEIGHT + 1 : 0)
  }
  const lane = Math.max(5, Math.min(32, Math.floor((height - fixed) / Math.max(1, lanes))))
  const rows: Rows = { list: [], height: 0, placesOf: new Map() }
  let y = 0
  for (const [worker, { threads, transfers, name }] of seen.threads) {
    const places = [-1]
    for (let thread = 0; thread < threads; thread++) {
      places.push(rows.list.length)
      rows.list.push({ worker, thread, label: thread === 0 ? name : '', y, height: lane - 1 })
      y += lane
    }
    if (transfers) {
      places[0] = rows.list.length
      rows.list.push({ worker, thread: -1, label: '', y, height: TRANSFER_HEIGHT })
      y += TRANSFER_HEIGHT + 1
    }
    rows.placesOf.set(worker, places)
    y += WORKER_GAP
  }
  rows.height = Math.max(0, y - WORKER_GAP)
  return rows
}

/** Takes in who is there now. Workers that left keep their rows: what they ran is still shown. */
export function seeWorkers(seen: SeenThreads, workers: Workers): void {
  for (const [worker, { info }] of workers.byNumber) {
    const known = seen.threads.get(worker)
    seen.threads.set(worker, {
      threads: Math.max(known?.threads ?? 0, info.threads),
      transfers: known?.transfers ?? false,
      name: info.name,
    })
  }
}

/** Takes in one run's thread; says whether that needs a row that was not there. */
export function seeThread(seen: SeenThreads, worker: number, thread: number, transfer: boolean): boolean {
  let known = seen.threads.get(worker)
  const fresh = known === undefined
  if (!known) {
    known = { threads: 0, transfers: false, name: `worker ${worker}` }
    seen.threads.set(worker, known)
  }
  if (transfer && !known.transfers) {
    known.transfers = true
    return true
  }
  if (!transfer && thread >= known.threads) {
    known.threads = thread + 1
    return true
  }
  return fresh
}
