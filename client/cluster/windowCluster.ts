// The cluster of this window: started on demand, found again after a reload, watched, stopped.

import path from 'node:path'
import * as vscode from 'vscode'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import { FeedConnection } from '../connection/feedConnection.ts'
import { SchedulerConnection } from '../connection/schedulerConnection.ts'
import { chooseNode } from '../node/nodeChoice.ts'
import type { RunEventMessage } from '../runs/runsModel.ts'
import { readSettings } from '../settings/settings.ts'
import { applyFeed, type ClusterPhase, enterPhase, noClusterModel } from './clusterModel.ts'
import { type ClusterNote, findLocalCluster, type LocalCluster, startLocalCluster } from './localCluster.ts'
import { chooseRuntime } from './runtimeChoice.ts'

const NOTE = 'heddle.cluster'
/** A reload of a window takes a few seconds, on a very busy machine or over a slow network more than a minute. */
const GRACE_MS = 120_000

export class WindowCluster implements vscode.Disposable {
  readonly model = noClusterModel()
  /** The runtime inside the extension. */
  readonly bundledRuntime: vscode.Uri
  readonly #context: vscode.ExtensionContext
  readonly #log: vscode.LogOutputChannel
  readonly #version: string
  readonly #phase = new vscode.EventEmitter<ClusterPhase>()
  readonly #readings = new vscode.EventEmitter<void>()
  readonly #runEvents = new vscode.EventEmitter<RunEventMessage>()
  readonly #lost = new vscode.EventEmitter<string>()
  #local: LocalCluster | undefined
  #connection: SchedulerConnection | undefined
  #feed: FeedConnection | undefined
  #opening: Promise<SchedulerConnection> | undefined
  /** Up to where the events of each run have come, so that none is asked for twice. */
  readonly #known: Record<string, number> = {}

  readonly onPhase = this.#phase.event
  readonly onReadings = this.#readings.event
  readonly onRunEvent = this.#runEvents.event
  /** The cluster ended without being asked to. */
  readonly onLost = this.#lost.event

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context
    this.#log = log
    this.#version = String((context.extension.packageJSON as { version?: unknown }).version)
    this.bundledRuntime = vscode.Uri.joinPath(context.extensionUri, 'dist', 'runtime')
  }

  /** How panels reach the cluster; nothing while none runs. */
  get address(): ClusterAddress | undefined {
    return this.#connection && this.#local?.address
  }

  get connection(): SchedulerConnection | undefined {
    return this.#connection
  }

  /** Attaches to the cluster that this window had before it was reloaded, if that still runs. */
  async findAgain(): Promise<void> {
    const note = this.#context.workspaceState.get<ClusterNote>(NOTE)
    if (!note || this.#opening || this.#connection) return
    const opening = this.#open(async () => await findLocalCluster(note))
    await opening.catch((error: unknown) => {
      if (error instanceof NothingFound) this.#log.info('the cluster of this window has ended')
      else this.#log.warn(`the cluster of this window cannot be attached to: ${(error as Error).message}`)
      void this.#context.workspaceState.update(NOTE, undefined)
    })
  }

  /**
   * The connection to the window's cluster, which is started if there is none.
   * @param file whose `heddle` is to run
   * @throws {NoNodeError} {@link ClusterStartError} {@link SchedulerConnectionError}
   */
  ensure(file?: vscode.Uri): Promise<SchedulerConnection> {
    if (this.#connection) return Promise.resolve(this.#connection)
    return this.#opening ?? this.#open(() => this.#start(file))
  }

  async stop(): Promise<void> {
    await this.#opening?.catch(() => {})
    const connection = this.#connection
    if (!connection) return
    this.#log.info('stopping the cluster')
    this.#letGo()
    this.#enter({ kind: 'stopping' })
    connection.shutdown('stopped from the editor')
    await connection.closed
    this.#enter({ kind: 'none' })
  }

  /** Leaves the cluster to its keeper: it ends in a while, unless a window comes back or it was told to stay. */
  dispose(): void {
    this.#feed?.close()
    this.#connection?.close()
    this.#local?.presence.leave()
    for (const each of [this.#phase, this.#readings, this.#runEvents, this.#lost]) each.dispose()
  }

  /** Tells the keeper anew what the settings say. */
  settingsChanged(): void {
    this.#local?.presence.say(readSettings().keepAfterClose)
  }

  #open(find: () => Promise<LocalCluster | undefined>): Promise<SchedulerConnection> {
    this.#enter({ kind: 'starting' })
    const opening = this.#attach(find)
    this.#opening = opening
    opening
      .catch((error: unknown) => {
        this.#letGo()
        this.#enter({ kind: 'none' })
        if (!(error instanceof NothingFound)) this.#log.error((error as Error).message)
      })
      .finally(() => {
        this.#opening = undefined
      })
    return opening
  }

  async #attach(find: () => Promise<LocalCluster | undefined>): Promise<SchedulerConnection> {
    const local = await find()
    if (!local) throw new NothingFound()
    this.#local = local
    const connection = await SchedulerConnection.open(local.address, this.#version, {
      runEvent: (message) => {
        this.#known[message.run] = Math.max(message.sequence, this.#known[message.run] ?? -1)
        this.#runEvents.fire(message)
      },
      log: (level, text) => this.#tell(level, text),
      lost: (reason) => this.#onLost(reason),
    })
    this.#connection = connection
    await connection.watchRuns(this.#known)
    local.presence.say(readSettings().keepAfterClose)
    await this.#context.workspaceState.update(NOTE, local.note)
    const { cluster } = connection
    const { id, version, dashboardUrl, startedMs } = cluster
    this.#log.info(`attached to cluster ${id} (heddle ${version}, process ${local.address.pid})`)
    this.#enter({ kind: 'running', id, version, dashboardUrl, startedMs })
    this.#openFeed(local.address)
    return connection
  }

  /**
   * The Node and the `heddle` that a file is run with.
   * @throws {NoNodeError}
   */
  async programs(file: vscode.Uri | undefined): Promise<{ node: string; runtime: string }> {
    const { node, runtime } = await this.#programs(file)
    return { node, runtime: runtime.folder }
  }

  async #programs(file: vscode.Uri | undefined) {
    const node = await chooseNode({
      setting: readSettings().nodePath,
      pathVariable: process.env.PATH ?? '',
      carried: vscode.Uri.joinPath(this.#context.extensionUri, 'dist', 'node').fsPath,
      cache: vscode.Uri.joinPath(this.#context.globalStorageUri, 'node').fsPath,
      platform: process.platform,
    })
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath
    const bundled = this.bundledRuntime.fsPath
    const runtime = await chooseRuntime(file?.fsPath ?? path.join(folder ?? bundled, 'any.ts'), bundled)
    return { node, runtime }
  }

  async #start(file: vscode.Uri | undefined): Promise<LocalCluster> {
    const settings = readSettings()
    const { node, runtime } = await this.#programs(file)
    this.#log.info(
      `starting a local cluster: ${runtime.own ? "the workspace's" : "the extension's"} heddle ${runtime.version} with ${node}`,
    )
    return await startLocalCluster({
      node,
      keeper: vscode.Uri.joinPath(this.#context.extensionUri, 'dist', 'keeper.mjs').fsPath,
      runtime: runtime.folder,
      workers: settings.workers,
      threadsPerWorker: settings.threadsPerWorker,
      memoryLimit: settings.memoryLimit,
      graceMs: GRACE_MS,
      keep: settings.keepAfterClose,
      logFile: vscode.Uri.joinPath(this.#context.logUri, 'cluster.log').fsPath,
    })
  }

  #openFeed(address: ClusterAddress): void {
    this.#feed = new FeedConnection(address, 'workers', {
      frame: (frame) => {
        if (applyFeed(this.model, decodeFrame(FEED_MESSAGES, frame))) this.#readings.fire()
      },
      closed: () => this.#log.debug('the feed of the cluster closed'),
    })
  }

  #onLost(reason: string): void {
    this.#letGo()
    this.#log.error(`cluster lost: ${reason}`)
    this.#enter({ kind: 'lost', reason })
    this.#lost.fire(reason)
  }

  #letGo(): void {
    this.#feed?.close()
    this.#local?.presence.leave()
    this.#feed = this.#connection = this.#local = undefined
    void this.#context.workspaceState.update(NOTE, undefined)
  }

  #enter(phase: ClusterPhase): void {
    enterPhase(this.model, phase)
    void vscode.commands.executeCommand('setContext', 'heddle.cluster', phase.kind)
    this.#phase.fire(phase)
  }

  #tell(level: string, text: string): void {
    if (level === 'error') this.#log.error(text)
    else if (level === 'warn') this.#log.warn(text)
    else this.#log.info(text)
  }
}

/** There is no cluster to attach to. */
class NothingFound extends Error {
  override name = 'NothingFound'
}
