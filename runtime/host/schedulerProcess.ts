// The scheduler as a process: the core, its connections, its workers, its runs, its dashboard and its files, joined.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AdaptOptions } from '../cluster/adapt.ts'
import type { SchedulerOptions } from '../cluster/schedulerOptions.ts'
import { WORKERS_MAX } from '../cluster/workerCounts.ts'
import {
  type ClusterAddress,
  type ClusterInfo,
  type ClusterNetwork,
  notWanted,
  RESTARTED_BY_USER,
  type WorkerInfo,
} from '../protocol/cluster.ts'
import type { LoadLimits } from '../protocol/feed.ts'
import { HEDDLE_VERSION, PROTOCOL_VERSION } from '../protocol/version.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { Auth } from './auth.ts'
import { epochMs } from './clock.ts'
import { ControlPlane } from './controlPlane.ts'
import { Dashboard } from './dashboard.ts'
import { entryPath } from './entries.ts'
import { type EventFileHeader, EventFileWriter } from './eventFile.ts'
import { FeedHub } from './feedHub.ts'
import { FollowLoad } from './followLoad.ts'
import type { LocalWorkers } from './localWorkers.ts'
import { Logs } from './logs.ts'
import { clusterFileOf, newClusterId, writeClusterFile } from './runFolder.ts'
import { Runs } from './runs.ts'
import { SchedulerGround } from './schedulerGround.ts'
import { SchedulerServer } from './schedulerServer.ts'
import { Requests } from './shellRequests.ts'
import type { SlurmJobs } from './slurmJobs.ts'

export interface SchedulerEvents {
  /** A line of the log. */
  log(level: string, text: string): void
  /** Everything has ended, and every file is gone. */
  ended(reason: string): void
}

/** How long workers and sessions may take to end by themselves. */
const STOP_MS_MAX = 2000
/** How long they may take once their lifelines are cut. */
const ABANDON_MS_MAX = 2000

export class SchedulerProcess {
  readonly id: string
  readonly #options: SchedulerOptions
  readonly #events: SchedulerEvents
  readonly #folder: string
  readonly #startedMs = epochMs()
  readonly #ground: SchedulerGround
  readonly #token: string
  readonly #signIn = randomBytes(24).toString('base64url')
  readonly #core: Scheduler
  readonly #record: EventFileWriter | undefined
  readonly #plane: ControlPlane
  readonly #hub: FeedHub
  readonly #runs: Runs
  readonly #server: SchedulerServer
  readonly #workers: SchedulerGround['workers']
  readonly #log: (level: string, text: string) => void
  #dashboardUrl = ''
  #network: ClusterNetwork | undefined
  #stopping: Promise<void> | undefined
  #jobs: SlurmJobs | undefined
  #follows: FollowLoad | undefined

  /**
   * @param begun what is under way already; nothing where events are recorded, since the record may fail first
   * @throws {RunFolderError} {@link EventFileError} when its folder or its record cannot be made
   */
  constructor(options: SchedulerOptions, events: SchedulerEvents, begun?: SchedulerGround) {
    this.#options = options
    this.#events = events
    this.id = begun?.id ?? options.id ?? newClusterId()
    const { saturation, record, checkInvariants } = options.settings ?? {}
    this.#record = record === undefined ? undefined : this.#recordTo(record, saturation)
    const ground = begun ?? new SchedulerGround({ ...options, id: this.id })
    this.#ground = ground
    this.#token = ground.token
    this.#folder = ground.folder
    this.#core = new Scheduler({
      cluster: this.id,
      ...(saturation !== undefined && { saturation }),
      ...(checkInvariants !== undefined && { checkInvariants }),
      ...(this.#record && { sink: this.#record }),
    })
    const info = (): ClusterInfo => this.#info()
    const logs = new Logs(({ level, text }) => {
      events.log(level, text)
      this.#plane.replyToAll({ type: 'log', level, text })
      this.#hub.tellLog(level, text)
    })
    const log = (level: string, text: string): void => logs.add(level, text, epochMs())
    this.#log = log
    const keep = (level: string, text: string): void => logs.keep(level, text, epochMs())
    this.#plane = new ControlPlane(this.#core, info, { tell: log, keep })
    this.#runs = new Runs(clusterFileOf(this.#folder))
    this.#hub = new FeedHub({
      core: this.#core,
      runs: this.#runs,
      clusterInfo: info,
      queued: () => this.#core.pending.queued,
      transferredBytes: () => this.#plane.transferredBytes,
      decided: () => this.#plane.drainSoon(),
      jobs: () => this.#jobs?.keeper.news,
      follows: () => this.#follows?.limits,
    })
    this.#plane.serveRequestsBy(
      new Requests(this.#plane, {
        runs: this.#runs,
        logs,
        scale: (workers, reason) => this.#scale(workers, reason),
        adapt: (options) => this.#adapt(options),
        jobs: () => this.#jobs,
        shutdown: (reason) => void this.stop(reason),
      }),
    )
    const auth = new Auth(this.id, {
      token: this.#token,
      signIn: this.#signIn,
      cookie: randomBytes(24).toString('base64url'),
    })
    this.#server = new SchedulerServer({
      auth,
      dashboard: new Dashboard(auth, mediaFolder()),
      rooms: {
        client: (carrier) => this.#plane.acceptClient(carrier),
        worker: (carrier) => {
          this.#plane.acceptWorker(carrier)
          this.#workers?.firstJoined()
        },
        feed: (carrier) => this.#hub.accept(carrier),
      },
      clusterInfo: info,
    })
    this.#workers = ground.workers
    if (ground.workers) this.#plane.askAfterWorkers(ground.workers)
    ground.gaveUp = (name, code) => this.#workerGaveUp(name, code, log)
  }

  /**
   * Starts workers and listens; returns the path of `cluster.json`, which is then there.
   * @throws {ListenError} when the port is in use
   */
  async start(): Promise<string> {
    const socket = this.#server.listenOnSocket(this.#ground.socketPath)
    const port = this.#server.listenOnPort(this.#options.port)
    try {
      await socket
      if (this.#options.network) this.#network = await this.#listenOnNetwork()
      this.#dashboardUrl = `http://127.0.0.1:${await port}/?token=${this.#signIn}`
    } catch (error) {
      await Promise.allSettled([socket, port])
      await this.stop((error as Error).message)
      throw error
    }
    this.#core.clusterInfo = this.#info()
    const file = writeClusterFile(this.#folder, this.address)
    if (this.#options.slurm !== undefined) await this.#keepJobs(this.#options.slurm)
    return file
  }

  get address(): ClusterAddress {
    return {
      id: this.id,
      control: this.#ground.control,
      token: this.#token,
      dashboardUrl: this.#dashboardUrl,
      pid: process.pid,
      protocol: PROTOCOL_VERSION,
      version: HEDDLE_VERSION,
      ...(this.#network && { network: this.#network }),
    }
  }

  async #keepJobs(folder: string): Promise<void> {
    // Whoever has no jobs needs nothing of this.
    const { SlurmJobs } = await import('./slurmJobs.ts')
    this.#jobs = new SlurmJobs(folder, {
      ...{ core: this.#core, plane: this.#plane, log: this.#log },
      end: (reason) => void this.stop(reason),
      news: (news) => this.#hub.tellJobs(news),
    })
    this.#jobs.start(this.address)
  }

  async #listenOnNetwork(): Promise<ClusterNetwork> {
    // A file of its own: most schedulers never need its packages.
    const url = pathToFileURL(entryPath('certificate')).href
    const { interfaceAddresses, ownAddresses } = await import('../cluster/reachNetwork.ts')
    const { interface: chosen } = this.#options
    const { clusterCertificate } = (await import(url)) as typeof import('./clusterCertificate.ts')
    const tls = await clusterCertificate(this.id)
    const addresses = chosen === undefined ? ownAddresses() : interfaceAddresses(chosen)
    return { addresses, port: await this.#server.listenOnNetwork(tls), ...tls }
  }

  /** Ends everything in order: sessions, workers, connections, files. */
  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason)
    return this.#stopping
  }

  /** The owner is gone, or patience is: ends everything at once. */
  async abandon(reason: string): Promise<void> {
    this.#follows?.stop()
    void this.#jobs?.stop()
    this.#runs.kill()
    this.#workers?.abandon()
    this.#plane.terminate()
    this.#hub.terminate()
    this.#server.close()
    // Their files are inside the folder: it goes when they are gone.
    await this.#workers?.gone(ABANDON_MS_MAX)
    this.#record?.close()
    this.#ground.removeFolders()
    this.#events.ended(reason)
  }

  async #stop(reason: string): Promise<void> {
    this.#follows?.stop()
    const workers = this.#workers?.stop(STOP_MS_MAX)
    const sessions = this.#runs.stop()
    const jobs = this.#jobs?.stop()
    this.#plane.close(reason)
    this.#hub.close(reason)
    await Promise.all([workers, sessions, jobs])
    this.#server.close()
    this.#plane.terminate()
    this.#hub.terminate()
    this.#record?.close()
    this.#ground.removeFolders()
    this.#events.ended(reason)
  }

  #recordTo(path: string, saturation: number | undefined): EventFileWriter {
    const header: EventFileHeader = {
      heddle: 'events',
      version: HEDDLE_VERSION,
      cluster: this.id,
      // JSON has no word for it.
      ...(saturation !== undefined && {
        saturation: saturation === Infinity ? ('Infinity' as const) : saturation,
      }),
    }
    return new EventFileWriter(path, header, (reason) => this.#events.log('error', reason))
  }

  #info(): ClusterInfo {
    return {
      id: this.id,
      version: HEDDLE_VERSION,
      dashboardUrl: this.#dashboardUrl,
      startedMs: this.#startedMs,
      workers: this.#plane.workers(),
    }
  }

  #scale(count: number, reason: string | undefined): string | undefined {
    if (this.#jobs) return this.#jobs.keeper.scale({ workers: count })
    if (!this.#workers) return NO_WORKERS
    if (!Number.isInteger(count) || count < 0 || count > WORKERS_MAX)
      return `the number of workers must be a whole number from 0 to ${WORKERS_MAX}, not ${count}`
    // Others in their places are no other number.
    if (reason !== RESTARTED_BY_USER) this.#follow(undefined)
    this.#plane.members.ask(this.#workers.scale(count), reason ?? notWanted(count))
    return undefined
  }

  /** The number of workers follows the load from now on. @returns why it cannot, or nothing */
  #adapt(options: AdaptOptions): string | undefined {
    const workers = this.#workers
    if (!workers) return NO_WORKERS
    try {
      const follows = new FollowLoad(options, {
        demand: () => this.#core.demand,
        count: () => workers.count,
        size: workers.size,
        change: (count) => this.#change(workers, count),
      })
      this.#follow(follows)
      return undefined
    } catch (error) {
      if ((error as Error).name !== 'AdaptError') throw error
      return (error as Error).message
    }
  }

  #follow(follows: FollowLoad | undefined): void {
    if (!this.#follows && !follows) return
    this.#follows?.stop()
    this.#follows = follows
    this.#core.expectWorkers(follows ? [followsLine(follows.limits)] : [])
    this.#hub.tellFollows(follows?.limits)
  }

  /** As the load wants it: more at once, fewer when those that cost least to do without have ended their work. */
  #change(workers: LocalWorkers, count: number): void {
    if (count > workers.count) {
      workers.scale(count)
      return
    }
    const burden = ({ worker }: WorkerInfo): number => this.#core.burden(worker)
    const staying = workers.staying(this.#plane.workers()).sort((a, b) => burden(a) - burden(b))
    // Those that have not come yet are let go when they have.
    for (const { name, worker } of staying.slice(0, workers.count - count)) {
      workers.retire(name)
      this.#plane.members.ask([name], notWanted(count))
      this.#core.retireWorker(worker, epochMs())
    }
    this.#plane.drainSoon()
  }

  #workerGaveUp(name: string, code: number, log: (level: string, text: string) => void): void {
    if (this.#stopping) return
    log('error', `worker ${name} could not be kept running (exit code ${code}): see its messages above`)
    if (this.#workers?.count === 0) void this.stop('the last worker could not be kept running')
  }
}

const NO_WORKERS =
  'this scheduler keeps no workers of its own: start or stop some with `heddle worker --connect …`'

/** What `explain` says of tasks for which there is no worker. */
const followsLine = ({ minimum, maximum }: LoadLimits): string =>
  `the number of workers follows the load, from ${minimum} to ${maximum}: one is started about a second after there is work`

/** The panels as they were built: beside the programs, or in `dist` when running from sources. */
function mediaFolder(): string {
  const here = import.meta.dirname
  const candidates = [join(here, 'media'), join(here, '..', 'media'), join(here, '..', 'dist', 'media')]
  return candidates.find((folder) => existsSync(join(folder, 'page.js'))) ?? candidates[0]
}
