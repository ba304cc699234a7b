// At which of the user's lines a worker's threads are seen: asks its lanes, and tells the scheduler in sum.

import { LineTimes } from '../functions/profileLines.ts'
import type { WorkerMessage } from '../protocol/messages.ts'
import type { LineTime } from '../protocol/runs.ts'

/** So often everything is told unasked: what dies with a worker is no more than this, and no profile grows for long. */
const EVERY_MS = 60_000
/** A thread that is busy cannot answer: the others' samples do not wait for it. */
const PATIENCE_MS = 1000
/** Lanes are asked under this number when nobody asked the worker. */
const UNASKED = -1

/** The lanes as far as they are asked. */
export interface SampledLanes {
  readonly count: number
  /** Whether threads are sampled from now on, and the number to tell under, or 0. */
  sample(on: boolean, tell: number): void
}

interface Asked {
  left: Set<number>
  sums: LineTimes
  timer: NodeJS.Timeout
}

export class LineWatch {
  readonly #lanes: SampledLanes
  readonly #send: (message: Extract<WorkerMessage, { type: 'line-times' }>) => void
  readonly #asked = new Map<number, Asked>()
  #every: NodeJS.Timeout | undefined

  constructor(lanes: SampledLanes, send: (message: Extract<WorkerMessage, { type: 'line-times' }>) => void) {
    this.#lanes = lanes
    this.#send = send
  }

  watch(on: boolean, tell: number): void {
    clearInterval(this.#every)
    this.#every = on ? setInterval(() => this.#lanes.sample(true, UNASKED), EVERY_MS) : undefined
    if (tell > 0)
      this.#asked.set(tell, {
        left: new Set(Array.from({ length: this.#lanes.count }, (_, lane) => lane)),
        sums: new LineTimes(),
        timer: setTimeout(() => this.#answer(tell), PATIENCE_MS),
      })
    this.#lanes.sample(on, tell)
  }

  heard(lane: number, lines: readonly LineTime[], told: number): void {
    const asked = this.#asked.get(told)
    if (!asked) {
      // Nobody asked, or the answer is late: it still counts for those who go on watching.
      if (told !== 0 && lines.length > 0) this.#send({ type: 'line-times', lines: [...lines], told: 0 })
      return
    }
    asked.sums.addAll(lines)
    asked.left.delete(lane)
    if (asked.left.size === 0) this.#answer(told)
  }

  /** A lane's thread is gone, and what it was seen at with it. */
  laneEnded(lane: number): void {
    for (const [tell, asked] of this.#asked)
      if (asked.left.delete(lane) && asked.left.size === 0) this.#answer(tell)
  }

  close(): void {
    clearInterval(this.#every)
    for (const { timer } of this.#asked.values()) clearTimeout(timer)
  }

  #answer(tell: number): void {
    const asked = this.#asked.get(tell)
    if (!asked) return
    clearTimeout(asked.timer)
    this.#asked.delete(tell)
    this.#send({ type: 'line-times', lines: asked.sums.lines(), told: tell })
  }
}
