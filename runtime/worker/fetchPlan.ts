// Which values to ask of which worker: many small ones in one request, few bytes in flight at a time.

import { WHOLE } from './taskRunTable.ts'

/** Values asked of one worker at once. */
export interface FetchRequest {
  request: number
  holder: number
  tasks: Int32Array
  runs: Int32Array
  /** Which part of each value, `WHOLE` for all of it. */
  parts: Int32Array
  /** Expected bytes, as the scheduler told them. */
  bytes: number
}

interface Wanted {
  task: number
  run: number
  bytes: number
  part: number
}

type IsWanted = (task: number, run: number, part: number) => boolean

/** One request gathers small values up to this many bytes, so that no answer is very long. */
export const REQUEST_BYTES_MAX = 32e6
export const REQUEST_VALUES_MAX = 4096
/** Requests to one worker at a time: the second travels while the first is answered. */
export const REQUESTS_PER_HOLDER = 2

export class FetchPlan {
  readonly #bytesMax: number
  readonly #queues = new Map<number, Wanted[]>()
  readonly #requests = new Map<number, FetchRequest>()
  readonly #inFlight = new Map<number, number>()
  #bytesInFlight = 0
  #serial = 0

  /** @param bytesMax at most this many bytes are asked for at a time; a larger value travels alone */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytesInFlight(): number {
    return this.#bytesInFlight
  }

  /** Requests that were made and not answered. */
  get open(): number {
    return this.#requests.size
  }

  /** The values that were asked for and have not come; parts are not among them. */
  *moving(): Generator<number> {
    for (const { tasks, parts } of this.#requests.values())
      for (let i = 0; i < tasks.length; i++) if (parts[i] === WHOLE) yield tasks[i]
  }

  want(holder: number, task: number, run: number, bytes: number, part = WHOLE): void {
    const queue = this.#queues.get(holder)
    if (queue) queue.push({ task, run, bytes, part })
    else this.#queues.set(holder, [{ task, run, bytes, part }])
  }

  /**
   * The next request to make now, or nothing. `isWanted` leaves out what nobody waits for any more.
   * @param mayTravel whether there is room now for a value that is larger than what may be in flight
   */
  next(isWanted: IsWanted, mayTravel: (bytes: number) => boolean = () => true): FetchRequest | undefined {
    for (const [holder, queue] of this.#queues) {
      if ((this.#inFlight.get(holder) ?? 0) >= REQUESTS_PER_HOLDER) continue
      const request = this.#gather(holder, queue, isWanted, mayTravel)
      if (queue.length === 0) this.#queues.delete(holder)
      if (request) return request
    }
    return undefined
  }

  /** A request was answered or failed. */
  done(request: number): FetchRequest | undefined {
    const done = this.#requests.get(request)
    if (!done) return undefined
    this.#requests.delete(request)
    this.#bytesInFlight -= done.bytes
    const left = (this.#inFlight.get(done.holder) ?? 1) - 1
    if (left > 0) this.#inFlight.set(done.holder, left)
    else this.#inFlight.delete(done.holder)
    return done
  }

  /** Forgets what was not asked for yet. */
  clear(): void {
    this.#queues.clear()
  }

  #gather(
    holder: number,
    queue: Wanted[],
    isWanted: IsWanted,
    mayTravel: (bytes: number) => boolean,
  ): FetchRequest | undefined {
    const tasks: number[] = []
    const runs: number[] = []
    const parts: number[] = []
    let bytes = 0
    let taken = 0
    for (const wanted of queue) {
      if (!isWanted(wanted.task, wanted.run, wanted.part)) {
        taken++
        continue
      }
      if (this.#bytesInFlight + bytes > 0 && this.#bytesInFlight + bytes + wanted.bytes > this.#bytesMax)
        break
      if (wanted.bytes > this.#bytesMax && !mayTravel(wanted.bytes)) break
      if (tasks.length > 0 && bytes + wanted.bytes > REQUEST_BYTES_MAX) break
      if (tasks.length === REQUEST_VALUES_MAX) break
      tasks.push(wanted.task)
      runs.push(wanted.run)
      parts.push(wanted.part)
      bytes += wanted.bytes
      taken++
    }
    queue.splice(0, taken)
    if (tasks.length === 0) return undefined
    const request: FetchRequest = {
      request: this.#serial++,
      holder,
      tasks: Int32Array.from(tasks),
      runs: Int32Array.from(runs),
      parts: Int32Array.from(parts),
      bytes,
    }
    this.#requests.set(request.request, request)
    this.#inFlight.set(holder, (this.#inFlight.get(holder) ?? 0) + 1)
    this.#bytesInFlight += bytes
    return request
  }
}
