// What clients ask of the scheduler's process rather than of its core: runs, the number of workers, the end.

import type { AdaptOptions } from '../cluster/adapt.ts'
import type { JobsQuestion, JobsReport } from '../protocol/jobs.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import type { RegionQuery } from '../protocol/regions.ts'
import type { RowsQuery } from '../protocol/rows.ts'
import type { RunEvent } from '../protocol/runs.ts'
import { epochMs } from './clock.ts'
import type { ControlPlane, ShellRequests } from './controlPlane.ts'
import { freeBytesHere, refusalForRoom } from './graphRoom.ts'
import type { Logs } from './logs.ts'
import { RunRefusedError, type Runs } from './runs.ts'
import type { SlurmJobs } from './slurmJobs.ts'

/** The rest of the process, as far as clients may steer it. */
export interface Steering {
  runs: Runs
  logs: Logs
  /** Changes the number of local workers, for a reason; says why it cannot. */
  scale(workers: number, reason: string | undefined): string | undefined
  /** Has the number of local workers follow the load; says why it cannot. */
  adapt(options: AdaptOptions): string | undefined
  /** The jobs that the cluster's workers run in, where they do. */
  jobs(): SlurmJobs | undefined
  shutdown(reason: string): void
  /** How many bytes the process may still take, where it is not the system that says so. */
  freeBytes?(): number
}

export class Requests implements ShellRequests {
  readonly #plane: ControlPlane
  readonly #steering: Steering
  readonly #watching = new Map<number, () => void>()

  constructor(plane: ControlPlane, steering: Steering) {
    this.#plane = plane
    this.#steering = steering
  }

  clientMessage(client: number, message: ClientMessage): boolean {
    switch (message.type) {
      case 'graph':
        return this.#hasNoRoomFor(client, message)
      case 'run':
        this.#run(client, message)
        return true
      case 'cancel-run':
        this.#steering.runs.cancel(message.run)
        return true
      case 'report-run':
        this.#steering.runs.report(message.run, message.event as RunEvent)
        return true
      case 'watch-runs':
        this.#watch(client, message)
        return true
      case 'scale': {
        this.#scale(client, message)
        return true
      }
      case 'shutdown':
        this.#steering.shutdown(message.reason)
        return true
      case 'query':
        if (message.what === 'jobs') {
          void this.#askJobs(client, message)
          return true
        }
        if (message.what === 'rows' || message.what === 'region') {
          const { runs } = this.#steering
          const page =
            message.what === 'rows'
              ? runs.rows(message.details as RowsQuery, client)
              : runs.region(message.details as RegionQuery, client)
          page
            .then((page) => this.#answer(client, message.request, page))
            .catch((error: Error) => this.#refuse(client, message, error.message))
          return true
        }
        if (message.what !== 'logs') return false
        this.#answer(client, message.request, this.#steering.logs.lines())
        return true
      default:
        return false
    }
  }

  clientLeft(client: number): void {
    this.#steering.runs.viewerLeft(client)
    this.#watching.get(client)?.()
    this.#watching.delete(client)
    if (this.#watching.size === 0) this.#steering.runs.expect(false)
  }

  /** Refuses a graph that memory would not do for. */
  #hasNoRoomFor(client: number, graph: Extract<ClientMessage, { type: 'graph' }>): boolean {
    const reason = refusalForRoom(graph, this.#steering.freeBytes ?? freeBytesHere)
    if (reason === undefined) return false
    this.#plane.reply(client, { type: 'graph-refused', graph: graph.graph, reason, keys: [] })
    return true
  }

  #scale(client: number, message: Extract<ClientMessage, { type: 'scale' }>): void {
    const { workers, reason, request } = message
    const refusal = this.#steering.scale(workers, reason)
    if (refusal) {
      this.#refuse(client, message, refusal)
      return
    }
    const asked = `${workers} ${workers === 1 ? 'worker is' : 'workers are'} asked for`
    this.#steering.logs.keep('info', reason === undefined ? asked : `${asked}: ${reason}`, epochMs())
    this.#answer(client, request, { workers })
  }

  #run(client: number, message: Extract<ClientMessage, { type: 'run' }>): void {
    try {
      this.#answer(client, message.request, { run: this.#steering.runs.start(message.spec) })
    } catch (error) {
      if (!(error instanceof RunRefusedError)) throw error
      this.#refuse(client, message, error.message)
    }
  }

  async #askJobs(client: number, message: Extract<ClientMessage, { type: 'query' }>): Promise<void> {
    const jobs = this.#steering.jobs()
    const { adapt } = (message.details ?? {}) as JobsQuestion
    if (!jobs && adapt) {
      this.#adapt(client, message, adapt)
      return
    }
    const answer = await jobs
      ?.answer(message.details)
      .catch((error: unknown) => ({ refused: (error as Error).message }))
    if (!answer) this.#refuse(client, message, 'the workers of this cluster are no jobs of a batch system')
    else if ('refused' in answer) this.#refuse(client, message, answer.refused)
    else this.#answer(client, message.request, answer)
  }

  /** Of workers that are no jobs. */
  #adapt(client: number, message: Extract<ClientMessage, { type: 'query' }>, options: AdaptOptions): void {
    const refusal = this.#steering.adapt(options)
    if (refusal) {
      this.#refuse(client, message, refusal)
      return
    }
    const { minimum = 0, maximum } = options
    this.#steering.logs.keep('info', `workers follow the load, from ${minimum} to ${maximum}`, epochMs())
    const report: JobsReport = { jobs: [], wanted: {}, adapting: true }
    this.#answer(client, message.request, report)
  }

  #watch(client: number, message: Extract<ClientMessage, { type: 'watch-runs' }>): void {
    this.#steering.runs.viewerLeft(client)
    this.#watching.get(client)?.()
    this.#answer(client, message.request, true)
    const stop = this.#steering.runs.watch(
      (news) => this.#plane.reply(client, { type: 'run-event', ...news }),
      message.since,
    )
    this.#watching.set(client, stop)
    // Who watches runs is an editor: its user is about to ask for one.
    this.#steering.runs.expect(true)
  }

  #answer(client: number, request: number, value: unknown): void {
    this.#plane.reply(client, { type: 'answer', request, value })
  }

  #refuse(client: number, { request, type }: { request: number; type: string }, reason: string): void {
    this.#plane.reply(client, { type: 'refused', request, reason, message: type })
  }
}
