// The clusters of this window: started on demand or connected to, one of them current, found again after a reload.

import * as vscode from 'vscode'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import type { RunSpec } from '../../runtime/protocol/runs.ts'
import { FeedConnection } from '../connection/feedConnection.ts'
import type { SchedulerConnection } from '../connection/schedulerConnection.ts'
import type { RunEventMessage } from '../runs/runsModel.ts'
import { readSettings } from '../settings/settings.ts'
import { findByFile } from './addressCluster.ts'
import { Attachment } from './attachment.ts'
import { applyFeed, type ClusterPhase, enterPhase, noClusterModel } from './clusterModel.ts'
import type { AttachNote, FoundCluster } from './foundCluster.ts'
import { findLocalCluster } from './localCluster.ts'
import { foundLocal, LocalStart } from './localStart.ts'
import { NothingFound, NotStarted } from './notAttached.ts'
import { WindowNotes } from './windowNotes.ts'

/** A cluster that ended without being asked to. */
export interface LostCluster {
  reason: string
  /** Whether it was the one that this window shows. */
  wasCurrent: boolean
  owns(run: string): boolean
}

/** Finds a cluster that is elsewhere again by what was noted of it; nothing when it is gone. */
export type FindAgain = (
  note: Extract<AttachNote, { kind: 'slurm' | 'ssh' }>,
) => Promise<FoundCluster | undefined>

export class WindowCluster implements vscode.Disposable {
  readonly model = noClusterModel()
  /** The runtime inside the extension. */
  readonly bundledRuntime: vscode.Uri
  readonly #notes: WindowNotes
  readonly #log: vscode.LogOutputChannel
  readonly #version: string
  readonly #local: LocalStart
  readonly #phase = new vscode.EventEmitter<ClusterPhase>()
  readonly #readings = new vscode.EventEmitter<void>()
  readonly #runEvents = new vscode.EventEmitter<RunEventMessage>()
  readonly #lost = new vscode.EventEmitter<LostCluster>()
  readonly #all = new Map<string, Attachment>()
  #current: Attachment | undefined
  #feed: FeedConnection | undefined
  #opening: Promise<Attachment> | undefined
  /** Asked before a local cluster starts; false keeps it from starting. */
  beforeLocal: () => Promise<boolean> = async () => true

  readonly onPhase = this.#phase.event
  readonly onReadings = this.#readings.event
  readonly onRunEvent = this.#runEvents.event
  readonly onLost = this.#lost.event

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#notes = new WindowNotes(context)
    this.#log = log
    this.#version = String((context.extension.packageJSON as { version?: unknown }).version)
    this.#local = new LocalStart(context, log)
    this.bundledRuntime = this.#local.bundledRuntime
  }

  /** How panels reach the current cluster; nothing while none runs. */
  get address(): ClusterAddress | undefined {
    return this.#current?.address
  }

  get connection(): SchedulerConnection | undefined {
    return this.#current?.connection
  }

  get current(): Attachment | undefined {
    return this.#current
  }

  /** Every cluster that this window is attached to, in the order in which it was. */
  get all(): readonly Attachment[] {
    return [...this.#all.values()]
  }

  /** Attaches to the clusters that this window had before it was reloaded, if they still run. The last is current. */
  async findAgain(find: FindAgain): Promise<void> {
    for (const note of this.#notes.read()) {
      if (this.#opening) return
      const name = note.kind === 'slurm' ? note.profile : note.kind === 'ssh' ? note.host : 'local'
      const opening = this.connect(name, async () => {
        if (note.kind === 'slurm' || note.kind === 'ssh') return find(note)
        if (note.kind === 'address') return findByFile(note.file)
        const local = await findLocalCluster(note)
        return local && foundLocal(local)
      })
      await opening.catch((error: unknown) => {
        if (error instanceof NothingFound) this.#log.info('a cluster of this window has ended')
        else this.#log.warn(`a cluster of this window cannot be attached to: ${(error as Error).message}`)
      })
    }
    this.#remember()
  }

  /**
   * The current cluster, started here if there is none.
   * @param file whose `heddle` is to run
   * @throws {NoNodeError} {@link ClusterStartError} {@link SchedulerConnectionError} {@link NotStarted}
   */
  ensure(file?: vscode.Uri): Promise<Attachment> {
    if (this.#current) return Promise.resolve(this.#current)
    return this.#opening ?? this.startLocal(file)
  }

  /** The window's local cluster, started if there is none; it becomes current. */
  startLocal(file?: vscode.Uri): Promise<Attachment> {
    const local = this.all.find(({ found }) => found.kind === 'local')
    if (local) return Promise.resolve(this.switchTo(local))
    return this.connect('local', async () => {
      if (!(await this.beforeLocal())) throw new NotStarted()
      return await this.#local.start(file)
    })
  }

  /** Attaches to what `find` finds, and makes it current. @throws {NothingFound} what `find` throws */
  connect(name: string, find: () => Promise<FoundCluster | undefined>): Promise<Attachment> {
    const before = this.#current
    if (!before) this.#enter({ kind: 'starting', name })
    const opening = this.#attach(find)
    this.#opening = opening
    opening
      .catch((error: unknown) => {
        if (!before) this.#enter({ kind: 'none' })
        if (!(error instanceof NothingFound || error instanceof NotStarted))
          this.#log.error((error as Error).message)
      })
      .finally(() => {
        this.#opening = undefined
      })
    return opening
  }

  /** Starts a run, on the current cluster or on the one that is named; returns its name in this window. */
  async run(file: vscode.Uri, spec: RunSpec, on?: string): Promise<string> {
    const named = on === undefined ? undefined : this.#all.get(on)
    if (named) this.switchTo(named)
    return await (named ?? (await this.ensure(file))).run(spec)
  }

  cancel(run: string): void {
    this.all.find((each) => each.owns(run))?.cancel(run)
  }

  /** Shows another cluster that this window is attached to: panels, tree and runs go there. */
  switchTo(attachment: Attachment): Attachment {
    if (attachment !== this.#current) {
      this.#show(attachment)
      this.#remember()
    }
    return attachment
  }

  /** Leaves a cluster, which goes on. */
  disconnect(attachment: Attachment): void {
    attachment.leave()
    this.#forget(attachment)
    if (attachment === this.#current) this.#showAnother({ kind: 'none' })
  }

  /** Ends a cluster, the current one unless another is meant. */
  async stop(attachment = this.#current): Promise<void> {
    await this.#opening?.catch(() => {})
    const ended = attachment ?? this.#current
    if (!ended) return
    this.#log.info(`stopping the cluster ${ended.found.name}`)
    const isCurrent = ended === this.#current
    if (isCurrent) this.#enter({ kind: 'stopping' })
    this.#forget(ended)
    try {
      ended.connection.shutdown('stopped from the editor')
      await ended.connection.closed
      await ended.found.down?.()
    } finally {
      ended.found.leave()
      if (isCurrent) this.#showAnother({ kind: 'none' })
    }
  }

  /** Leaves local clusters to their keeper: they end in a while, unless a window comes back or they were told to stay. */
  dispose(): void {
    this.#feed?.close()
    for (const each of this.#all.values()) each.leave()
    for (const each of [this.#phase, this.#readings, this.#runEvents, this.#lost]) each.dispose()
  }

  /** Tells the keeper anew what the settings say. */
  settingsChanged(): void {
    for (const { found } of this.#all.values()) found.keep?.(readSettings().keepAfterClose)
  }

  async #attach(find: () => Promise<FoundCluster | undefined>): Promise<Attachment> {
    const found = await find()
    if (!found) throw new NothingFound()
    const known = this.#all.get(found.address.id)
    if (known) {
      found.leave()
      return this.switchTo(known)
    }
    let attachment: Attachment
    try {
      attachment = await Attachment.open(found, this.#version, {
        runEvent: (message) => this.#runEvents.fire(message),
        log: (level, text) => this.#tell(level, text),
        lost: (which, reason) => this.#onLost(which, reason),
      })
    } catch (error) {
      found.leave()
      throw error
    }
    found.keep?.(readSettings().keepAfterClose)
    this.#all.set(attachment.id, attachment)
    const { id, version } = attachment.connection.cluster
    this.#log.info(`attached to cluster ${id} (heddle ${version}, process ${found.address.pid})`)
    this.#show(attachment)
    this.#remember()
    return attachment
  }

  #show(attachment: Attachment): void {
    this.#feed?.close()
    this.#current = attachment
    const { id, version, dashboardUrl, startedMs } = attachment.connection.cluster
    const { name, kind: from } = attachment.found
    // Nothing of another cluster stays in the model.
    enterPhase(this.model, { kind: 'none' })
    this.#enter({ kind: 'running', id, name, from, version, dashboardUrl, startedMs })
    this.#feed = new FeedConnection(attachment.address, 'workers', {
      frame: (frame) => {
        if (applyFeed(this.model, decodeFrame(FEED_MESSAGES, frame))) this.#readings.fire()
      },
      closed: () => this.#log.debug('the feed of the cluster closed'),
    })
  }

  /** After the current one has gone: the one before it, or none. */
  #showAnother(otherwise: ClusterPhase): void {
    const next = this.all.at(-1)
    if (next) {
      this.#show(next)
      return
    }
    this.#feed?.close()
    this.#feed = this.#current = undefined
    this.#enter(otherwise)
  }

  /**
   * The Node and the `heddle` that a file is run with.
   * @throws {NoNodeError}
   */
  async programs(file: vscode.Uri | undefined): Promise<{ node: string; runtime: string }> {
    const { node, runtime } = await this.#local.programs(file)
    return { node, runtime: runtime.folder }
  }

  #onLost(attachment: Attachment, reason: string): void {
    this.#forget(attachment)
    attachment.found.leave()
    this.#log.error(`cluster ${attachment.found.name} lost: ${reason}`)
    const wasCurrent = attachment === this.#current
    if (wasCurrent) this.#showAnother({ kind: 'lost', reason })
    this.#lost.fire({ reason, wasCurrent, owns: (run) => attachment.owns(run) })
  }

  #forget(attachment: Attachment): void {
    this.#all.delete(attachment.id)
    this.#remember()
  }

  #remember(): void {
    this.#notes.write(this.all, this.#current)
  }

  #enter(phase: ClusterPhase): void {
    enterPhase(this.model, phase)
    void vscode.commands.executeCommand('setContext', 'heddle.phase', phase.kind)
    void vscode.commands.executeCommand('setContext', 'heddle.clusterKind', this.#current?.found.kind)
    void vscode.commands.executeCommand('setContext', 'heddle.clusters', this.#all.size)
    this.#phase.fire(phase)
  }

  #tell(level: string, text: string): void {
    if (level === 'error') this.#log.error(text)
    else if (level === 'warn' || level === 'warning') this.#log.warn(text)
    else this.#log.info(text)
  }
}
