// What a scheduler stands on: its id, folder, token and own workers. They are under way before the rest of it is loaded.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { SchedulerOptions } from '../cluster/schedulerOptions.ts'
import { handOnSmallPages } from './largePages.ts'
import { LocalWorkers } from './localWorkers.ts'
import { createRunFolder, newClusterId, removeRunFolder, spillFolderOf } from './runFolder.ts'

/** How long workers may take to end once their lifelines are cut. */
const GONE_MS_MAX = 2000

export class SchedulerGround {
  readonly id: string
  readonly folder: string
  readonly token: string
  readonly workers: LocalWorkers | undefined
  /** Hears of a supervisor that has ended without being asked. */
  gaveUp: (name: string, code: number | null) => void = () => {}

  /** @throws {RunFolderError} when its folder cannot be made */
  constructor({ id = newClusterId(), local }: SchedulerOptions) {
    this.id = id
    this.folder = createRunFolder(id)
    this.token = process.env.HEDDLE_TOKEN || randomBytes(32).toString('base64url')
    // The token is handed on where it is needed: a program that a task starts should not find it.
    delete process.env.HEDDLE_TOKEN
    handOnSmallPages()
    const spillFolder = spillFolderOf(id)
    this.workers =
      local &&
      new LocalWorkers({
        control: this.control,
        token: this.token,
        runFolder: this.folder,
        ...(spillFolder && { spillFolder }),
        threads: local.threads,
        memoryLimitBytes: local.memoryLimitBytes,
        gaveUp: (name, code) => this.gaveUp(name, code),
      })
    // Workers take longer to start than a scheduler to listen.
    this.workers?.scale(local?.workers ?? 0)
  }

  get socketPath(): string {
    return join(this.folder, 'control.sock')
  }

  get control(): string {
    return `unix:${this.socketPath}`
  }

  /** Ends everything, since there will be no scheduler. */
  async abandon(): Promise<void> {
    this.workers?.abandon()
    // Their files are inside the folder: it goes when they are gone.
    await this.workers?.gone(GONE_MS_MAX)
    removeRunFolder(this.id)
  }
}
