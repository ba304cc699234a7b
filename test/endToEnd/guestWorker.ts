// A worker of a test's own beside those of a local cluster, with a connection that the test can cut.

import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalCluster } from '../../runtime/cluster/localCluster.ts'
import { spawnWithLifeline } from '../../runtime/host/lifeline.ts'
import { type WorkerRequest, workerConfig, workerEnvironment } from '../../runtime/host/workerConfig.ts'
import type { Client } from '../../runtime/index.ts'
import type { WorkerInfo } from '../../runtime/protocol/cluster.ts'

const SUPERVISED = join(import.meta.dirname, '..', 'host', 'programs', 'supervised.ts')

export class GuestWorker implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hd-guest-'))
  readonly #proxy: Server
  readonly #pairs = new Set<Socket>()
  #child: ChildProcess | undefined
  #open = true

  /** A worker `name` under its supervisor; joined when {@link joined} says so. */
  constructor(cluster: LocalCluster, request: Partial<WorkerRequest> & { name: string }) {
    const { control, token } = cluster.address
    const socketPath = join(this.#folder, 'p.sock')
    this.#proxy = createServer((near) => this.#relay(near, control.slice('unix:'.length)))
    this.#proxy.listen(socketPath, () => {
      const config = workerConfig({
        control: `unix:${socketPath}`,
        token,
        runFolder: this.#folder,
        threads: 1,
        memoryLimitBytes: 2e9,
        ...request,
      })
      this.#child = spawnWithLifeline(process.execPath, [SUPERVISED], {
        env: workerEnvironment(config),
        stdio: ['ignore', 'ignore', 'ignore'],
      })
    })
  }

  /** Breaks the connection to the scheduler; the process lives, and cannot come back before {@link mend}. */
  cut(): void {
    this.#open = false
    for (const socket of this.#pairs) socket.destroy()
  }

  mend(): void {
    this.#open = true
  }

  #relay(near: Socket, control: string): void {
    near.on('error', () => {})
    if (!this.#open) {
      near.destroy()
      return
    }
    const far = connect(control)
    far.on('error', () => {})
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#pairs.add(one)
      one.pipe(other)
      one.once('close', () => {
        this.#pairs.delete(one)
        other.destroy()
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    for (const socket of this.#pairs) socket.destroy()
    await new Promise((resolve) => this.#proxy.close(resolve))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Resolves when the cluster has exactly these workers, asking as fast as it answers. */
export async function workersAre(client: Client, ...names: string[]): Promise<WorkerInfo[]> {
  for (;;) {
    const { workers } = await client.info()
    if (
      workers.length === names.length &&
      names.every((name) => workers.some((worker) => worker.name === name))
    )
      return names.map((name) => workers.find((worker) => worker.name === name)!)
  }
}

/** Asks again and again, as fast as it is answered, until the answer holds `pattern`. */
export async function untilSaid(ask: () => Promise<string[]>, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = (await ask()).join('\n')
    if (pattern.test(text)) return text
  }
}
