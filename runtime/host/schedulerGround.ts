// What a scheduler stands on: its id, folder, token and own workers. They are under way before the rest of it is loaded.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { SchedulerOptions } from '../cluster/schedulerOptions.ts'
import { handOnSmallPages } from './largePages.ts'
import { LocalWorkers } from './localWorkers.ts'
import { createRunFolder, newClusterId, removeRunFolder, spillFolderOf } from './runFolder.ts'
import { closeScratch, openScratch } from './scratchFolder.ts'

/** How long workers may take to end once their lifelines are cut. */
const GONE_MS_MAX = 2000

export class SchedulerGround {
  readonly id: string
  readonly folder: string
  readonly token: string
  readonly workers: LocalWorkers | undefined
  /** Where workers spill, when the user chose a folder. */
  readonly #scratch: string | undefined
  /** Hears of a worker that cannot be kept running. */
  gaveUp: (name: string, code: number) => void = () => {}

  /** @throws {RunFolderError} {@link ScratchFolderError} when its folders cannot be made */
  constructor({ id = newClusterId(), local, quietTasks }: SchedulerOptions) {
    this.id = id
    this.folder = createRunFolder(id)
    this.token = process.env.HEDDLE_TOKEN || randomBytes(32).toString('base64url')
    // The token is handed on where it is needed: a program that a task starts should not find it.
    delete process.env.HEDDLE_TOKEN
    handOnSmallPages()
    const chosen = local?.memory?.spillFolder
    if (chosen !== undefined) this.#scratch = this.#openScratch(chosen)
    const spillFolder = this.#scratch ?? spillFolderOf(id)
    this.workers =
      local &&
      new LocalWorkers({
        control: this.control,
        token: this.token,
        runFolder: this.folder,
        ...(spillFolder && { spillFolder }),
        threads: local.threads,
        memoryLimitBytes: local.memoryLimitBytes,
        ...(local.memory && { memory: local.memory }),
        ...(quietTasks && { quietTasks }),
        gaveUp: (name, code) => this.gaveUp(name, code),
      })
    // Workers take longer to start than a scheduler to listen.
    this.workers?.begin(local?.workers ?? 0)
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
    this.removeFolders()
  }

  /** Of a cluster that has ended. */
  removeFolders(): void {
    removeRunFolder(this.id)
    if (this.#scratch !== undefined) closeScratch(this.#scratch)
  }

  #openScratch(chosen: string): string {
    try {
      return openScratch(chosen)
    } catch (error) {
      removeRunFolder(this.id)
      throw error
    }
  }
}
