// One cluster that this window is attached to: its connection, and where the events of its runs have come. No `vscode`.

import { dirname } from 'node:path'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import type { RunSpec } from '../../runtime/protocol/runs.ts'
import { SchedulerConnection } from '../connection/schedulerConnection.ts'
import type { RunEventMessage } from '../runs/runsModel.ts'
import type { FoundCluster } from './foundCluster.ts'

export interface AttachmentEvents {
  /** The run's name is told from those of other clusters. */
  runEvent(message: RunEventMessage): void
  log(level: string, text: string): void
  lost(attachment: Attachment, reason: string): void
}

export class Attachment {
  readonly found: FoundCluster
  readonly connection: SchedulerConnection

  private constructor(found: FoundCluster, connection: SchedulerConnection) {
    this.found = found
    this.connection = connection
  }

  /** @throws {SchedulerConnectionError} */
  static async open(found: FoundCluster, version: string, events: AttachmentEvents): Promise<Attachment> {
    // What a connection says before this object is there concerns no run: none is watched yet.
    let attachment: Attachment | undefined
    const { id } = found.address
    const connection = await SchedulerConnection.open(found.address, version, {
      runEvent: (message) =>
        events.runEvent({ ...message, run: qualifiedRun(found.kind === 'local', id, message.run) }),
      log: (level, text) => events.log(level, found.kind === 'local' ? text : `${found.name}: ${text}`),
      lost: (reason) => {
        if (attachment) events.lost(attachment, reason)
      },
    })
    attachment = new Attachment(found, connection)
    await connection.watchRuns({})
    return attachment
  }

  get id(): string {
    return this.found.address.id
  }

  get address(): ClusterAddress {
    return this.found.address
  }

  /** Whether a run is of this cluster. */
  owns(run: string): boolean {
    return this.found.kind === 'local' ? !run.includes(':') : run.startsWith(`${this.id}:`)
  }

  /** A run as this window names it, of the name that the cluster gave. */
  named(run: string): string {
    return qualifiedRun(this.found.kind === 'local', this.id, run)
  }

  async run(spec: RunSpec): Promise<string> {
    const { file, text, cwd = dirname(file) } = spec
    const mirrored = await this.found.mirror?.({ file, cwd, ...(text !== undefined && { text }) })
    return this.named(await this.connection.run({ ...spec, ...mirrored }))
  }

  cancel(run: string): void {
    this.connection.cancel(run.slice(run.indexOf(':') + 1))
  }

  /** Leaves it; it goes on. */
  leave(): void {
    this.connection.close()
    this.found.leave()
  }
}

/** Every cluster counts its runs from 1. */
const qualifiedRun = (isLocal: boolean, cluster: string, run: string): string =>
  isLocal ? run : `${cluster}:${run}`
