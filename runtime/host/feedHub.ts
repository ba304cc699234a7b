// Feeds panels: one snapshot each, then what changed, at most five times a second and only while somebody listens.

import type { ClusterInfo } from '../protocol/cluster.ts'
import {
  FEED_MESSAGES,
  FEED_REQUESTS,
  type FeedMessage,
  type FeedRequest,
  type LoadLimits,
} from '../protocol/feed.ts'
import { encodeFrame } from '../protocol/frame.ts'
import type { JobsNews } from '../protocol/jobs.ts'
import { refusalOfVersion } from '../protocol/version.ts'
import { epochMs } from './clock.ts'
import { ControlSocket } from './controlSocket.ts'
import type { FrameCarrier } from './frameCarrier.ts'
import { CpuWatch } from './processReadings.ts'
import type { Runs } from './runs.ts'
import type { SchedulerCore } from './schedulerCore.ts'

const DELTA_MS = 200
const RATES_MS = 1000
const MEMORY_MS = 1000
/** Counting memory by prefixes takes at most this share of the scheduler's time. */
const MEMORY_TIME_SHARE = 0.01
/** A panel that takes in so little gets no more deltas, and a fresh snapshot when it has caught up. */
const BEHIND_BYTES = 8e6
/** Tasks that a panel may have unfolded at once. */
const UNFOLD_MAX = 10_000

/** Pages that show runs. */
const PANELS_OF_RUNS: ReadonlySet<string> = new Set(['results', 'dashboard'])
/** Pages that show what each thread did when: by far the most of what there is to tell. */
const PANELS_OF_STREAM: ReadonlySet<string> = new Set(['taskStream', 'dashboard'])

interface Panel {
  socket: ControlSocket<typeof FEED_REQUESTS, typeof FEED_MESSAGES>
  /** It has said hello and got its snapshot. */
  greeted: boolean
  behind: boolean
  showsStream: boolean
  /** It asked for the memory of key prefixes. */
  showsMemory: boolean
  stopRuns: (() => void) | undefined
}

/** What the hub asks of the process around it. */
export interface FeedSources {
  core: SchedulerCore
  runs: Runs
  clusterInfo: () => ClusterInfo
  /** Tasks ready to run that no worker has. */
  queued: () => number
  transferredBytes: () => number
  /** The core has decided something: it goes out soon. */
  decided: () => void
  /** All that is known of jobs; nothing where workers are none. */
  jobs: () => JobsNews | undefined
  /** Between which numbers workers follow the load, where they do. */
  follows: () => LoadLimits | undefined
}

export class FeedHub {
  readonly #sources: FeedSources
  readonly #panels = new Set<Panel>()
  #timer: NodeJS.Timeout | undefined
  #cpu = new CpuWatch()
  #ratesMs = 0
  #finished = 0
  #transferredBytes = 0
  #memoryWatched = false
  #memoryMs = 0
  /** Going through a million values takes a while: it is done the less often, the longer it takes. */
  #memoryEveryMs = MEMORY_MS

  constructor(sources: FeedSources) {
    this.#sources = sources
  }

  accept(carrier: FrameCarrier): void {
    const panel: Panel = {
      socket: new ControlSocket(
        carrier,
        { in: FEED_REQUESTS, out: FEED_MESSAGES },
        {
          received: (request) => this.#receive(panel, request),
          broken: (error) => panel.socket.send({ type: 'log', level: 'error', text: error.message }),
          closed: () => this.#leave(panel),
        },
      ),
      greeted: false,
      behind: false,
      showsStream: false,
      showsMemory: false,
      stopRuns: undefined,
    }
    this.#panels.add(panel)
  }

  tellLog(level: string, text: string): void {
    for (const panel of this.#panels) if (panel.greeted) panel.socket.send({ type: 'log', level, text })
  }

  tellJobs(news: JobsNews): void {
    for (const panel of this.#panels) if (panel.greeted) panel.socket.send({ type: 'jobs', news })
  }

  tellFollows(limits: LoadLimits | undefined): void {
    for (const panel of this.#panels) if (panel.greeted) panel.socket.send({ type: 'follows', limits })
  }

  close(reason: string): void {
    for (const { socket } of this.#panels) {
      socket.send({ type: 'closing', reason })
      socket.close(1001, reason)
    }
    this.#rest()
  }

  terminate(): void {
    for (const { socket } of this.#panels) socket.terminate()
  }

  #receive(panel: Panel, request: FeedRequest): void {
    const { core } = this.#sources
    if (request.type === 'hello') {
      const refusal = refusalOfVersion(request.protocol)
      if (refusal) {
        panel.socket.send({ type: 'closing', reason: refusal })
        panel.socket.close(1002, 'another version')
      } else if (!panel.greeted) this.#greet(panel, request.panel)
      return
    }
    try {
      if (request.type === 'unfold')
        panel.socket.send(core.unfold(request.group, Math.min(UNFOLD_MAX, Math.max(0, request.limit))))
      else if (request.type === 'memory') this.#showMemory(panel, request.on)
      else
        panel.socket.send({
          type: 'story',
          key: request.key,
          lines: [...core.story(request.key), ...core.explain(request.key)],
        })
    } catch (error) {
      panel.socket.send({ type: 'log', level: 'error', text: (error as Error).message })
    }
  }

  #greet(panel: Panel, page: string): void {
    if (this.#timer === undefined) this.#begin()
    // Who is here already is told what came until now: the newcomer's snapshot holds it.
    this.#tellDeltas()
    panel.greeted = true
    panel.showsStream = PANELS_OF_STREAM.has(page)
    this.#sendSnapshot(panel)
    const news = this.#sources.jobs()
    if (news) panel.socket.send({ type: 'jobs', news })
    if (PANELS_OF_RUNS.has(page))
      panel.stopRuns = this.#sources.runs.watch((news) => panel.socket.send({ type: 'run-event', ...news }))
  }

  #leave(panel: Panel): void {
    panel.stopRuns?.()
    this.#panels.delete(panel)
    this.#watchMemory()
    if (![...this.#panels].some(({ greeted }) => greeted)) this.#rest()
  }

  #showMemory(panel: Panel, on: boolean): void {
    if (!panel.greeted) return
    panel.showsMemory = on
    this.#watchMemory()
    // What workers hold is known already; what of it is on disk comes with their next heartbeats.
    if (on) panel.socket.send(this.#sources.core.memoryByPrefix())
  }

  /** Workers are told to say more, or no more, when the first panel asks and the last one leaves. */
  #watchMemory(): void {
    const wanted = [...this.#panels].some(({ showsMemory }) => showsMemory)
    if (wanted === this.#memoryWatched) return
    this.#memoryWatched = wanted
    this.#sources.core.watchMemory(wanted, epochMs())
    this.#sources.decided()
  }

  #begin(): void {
    this.#sources.core.recordStream(true)
    this.#cpu = new CpuWatch()
    this.#ratesMs = epochMs()
    this.#finished = 0
    this.#transferredBytes = this.#sources.transferredBytes()
    this.#timer = setInterval(() => this.#tellDeltas(), DELTA_MS)
  }

  #rest(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#sources.core.recordStream(false)
  }

  #tellDeltas(): void {
    const nowMs = epochMs()
    const messages = this.#sources.core.feedDelta(nowMs)
    for (const message of messages) if (message.type === 'stream') this.#finished += computedIn(message)
    if (nowMs - this.#ratesMs >= RATES_MS) messages.push(this.#rates(nowMs))
    if (this.#memoryWatched && nowMs - this.#memoryMs >= this.#memoryEveryMs)
      messages.push(this.#memory(nowMs))
    const isStreamShown = [...this.#panels].some(({ greeted, showsStream }) => greeted && showsStream)
    const frames = messages
      .filter(({ type }) => type !== 'stream' || isStreamShown)
      .map((message) => ({ type: message.type, frame: encodeFrame(FEED_MESSAGES, message) }))
    for (const panel of this.#panels) {
      if (!panel.greeted) continue
      if (panel.socket.bufferedBytes > BEHIND_BYTES) panel.behind = true
      else if (panel.behind) {
        panel.behind = false
        this.#sendSnapshot(panel)
      } else
        for (const { type, frame } of frames)
          if ((type !== 'stream' || panel.showsStream) && (type !== 'memory' || panel.showsMemory))
            panel.socket.sendFrame(frame)
    }
  }

  #sendSnapshot({ socket }: Panel): void {
    socket.send(this.#snapshot())
    const limits = this.#sources.follows()
    if (limits) socket.send({ type: 'follows', limits })
  }

  #snapshot(): FeedMessage {
    const snapshot = this.#sources.core.feedSnapshot(epochMs())
    return snapshot.type === 'snapshot' ? { ...snapshot, cluster: this.#sources.clusterInfo() } : snapshot
  }

  #memory(nowMs: number): FeedMessage {
    const startMs = performance.now()
    const memory = this.#sources.core.memoryByPrefix()
    this.#memoryMs = nowMs
    this.#memoryEveryMs = Math.max(MEMORY_MS, (performance.now() - startMs) / MEMORY_TIME_SHARE)
    return memory
  }

  #rates(nowMs: number): FeedMessage {
    const seconds = (nowMs - this.#ratesMs) / 1000
    const transferred = this.#sources.transferredBytes()
    const rates: FeedMessage = {
      type: 'rates',
      atMs: nowMs,
      tasksPerSecond: this.#finished / seconds,
      bytesPerSecond: (transferred - this.#transferredBytes) / seconds,
      queued: this.#sources.queued(),
      schedulerCpuPercent: this.#cpu.percent(),
    }
    this.#ratesMs = nowMs
    this.#finished = 0
    this.#transferredBytes = transferred
    return rates
  }
}

/** How many tasks of a period were computed: where only a sample is told, its share of all. */
function computedIn({ what, total }: Extract<FeedMessage, { type: 'stream' }>): number {
  let computed = 0
  for (const kind of what) if (kind !== 2) computed++
  return what.length === 0 ? 0 : (computed / what.length) * total
}
