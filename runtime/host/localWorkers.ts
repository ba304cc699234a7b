// The workers that a scheduler keeps on its own machine: one supervisor process each, as many as were asked for.

import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { WorkerMemory } from '../cluster/workerMemory.ts'
import { entryPath } from './entries.ts'
import { spawnWithLifeline } from './lifeline.ts'
import { memoryConfig, workerConfig, workerEnvironment } from './workerConfig.ts'

export interface LocalWorkersOptions {
  control: string
  token: string
  runFolder: string
  /** Where values go that memory cannot hold; inside the run folder when absent. */
  spillFolder?: string
  threads: number
  /** Of each worker. */
  memoryLimitBytes: number
  memory?: WorkerMemory
  resources?: Record<string, number>
  /** A supervisor that was not asked to leave has ended, and with it its worker. */
  gaveUp: (name: string, code: number | null) => void
}

export class LocalWorkers {
  readonly #options: LocalWorkersOptions
  readonly #supervisors = new Map<string, { child: ChildProcess; leaving: boolean; gone: Promise<void> }>()
  #next = 0

  constructor(options: LocalWorkersOptions) {
    this.#options = options
  }

  get count(): number {
    let count = 0
    for (const { leaving } of this.#supervisors.values()) if (!leaving) count++
    return count
  }

  /** Starts workers, or lets those leave that came last, until there are `count`. */
  scale(count: number): void {
    while (this.count < count) this.#start()
    const staying = [...this.#supervisors].filter(([, { leaving }]) => !leaving)
    for (const [, supervisor] of staying.slice(count)) {
      supervisor.leaving = true
      supervisor.child.kill('SIGTERM')
    }
  }

  /** Asks all to leave; resolves when they are gone, by force after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.scale(0)
    const force = setTimeout(() => this.abandon(), patienceMs)
    await Promise.all([...this.#supervisors.values()].map(({ gone }) => gone))
    clearTimeout(force)
  }

  /** Lets go of their lifelines: supervisors end their workers, remove their files and end. */
  abandon(): void {
    for (const supervisor of this.#supervisors.values()) {
      supervisor.leaving = true
      const pipe = supervisor.child.stdio[3]
      if (pipe && 'destroy' in pipe) pipe.destroy()
    }
  }

  /** Resolves when all are gone, or after `patienceMs`. */
  async gone(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const patience = setTimeout(resolve, patienceMs)
    await Promise.race([promise, Promise.all([...this.#supervisors.values()].map(({ gone }) => gone))])
    clearTimeout(patience)
  }

  #start(): void {
    const { control, token, runFolder, spillFolder, threads, memoryLimitBytes, memory, resources } =
      this.#options
    const name = `w${this.#next++}`
    const config = workerConfig({
      name,
      control,
      token,
      runFolder,
      threads,
      memoryLimitBytes,
      ...(resources && { resources }),
      ...memoryConfig(memory ?? {}, undefined),
      ...(spillFolder && { spillFolder: join(spillFolder, name) }),
    })
    const child = spawnWithLifeline(process.execPath, [entryPath('supervisor')], {
      env: workerEnvironment(config),
      // The scheduler's own output: who reads it knows by its end that the last of these is gone.
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const supervisor = { child, leaving: false, gone }
    this.#supervisors.set(name, supervisor)
    const ended = (code: number | null): void => {
      if (!this.#supervisors.delete(name)) return
      resolve()
      if (!supervisor.leaving) this.#options.gaveUp(name, code)
    }
    child.once('error', () => ended(null))
    child.once('exit', (code) => ended(code))
  }
}
