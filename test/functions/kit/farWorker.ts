// A worker that has nothing of the program's: another folder, another home, and (as root) another user who may not look.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Running, Workplace } from '../../endToEnd/runKit.ts'

const CLI = join(import.meta.dirname, '..', '..', '..', 'runtime', 'dist', 'cli.js')
const NOBODY = 65534
const asRoot = process.getuid?.() === 0

/** A scheduler without workers of its own in a workplace, and workers far from it. */
export class FarCluster implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), 'hd-far-'))
  readonly #place: Workplace
  readonly #scheduler: Running
  readonly #workers: ChildProcess[] = []

  private constructor(place: Workplace, scheduler: Running) {
    this.#place = place
    this.#scheduler = scheduler
    for (const folder of ['', 'run', 'tmp', 'work']) {
      mkdirSync(join(this.home, folder), { recursive: true, mode: 0o700 })
      if (asRoot) chownSync(join(this.home, folder), NOBODY, NOBODY)
    }
    // What follows is of no use to anybody but the program's own user.
    if (asRoot) chmodSync(place.folder, 0o700)
  }

  static async start(place: Workplace): Promise<FarCluster> {
    const scheduler = place.start('scheduler', '--port', '0')
    await scheduler.said('dashboard')
    return new FarCluster(place, scheduler)
  }

  /** Where the scheduler listens, with its token: how a worker or a program elsewhere would be told. */
  get address(): string {
    const { dashboardUrl, token } = JSON.parse(readFileSync(this.#place.clusterFile(), 'utf8')) as {
      dashboardUrl: string
      token: string
    }
    return `ws://${new URL(dashboardUrl).host}?token=${token}`
  }

  /** Starts a worker, and waits until it has joined. */
  async join(env: Record<string, string> = {}): Promise<void> {
    const args = [
      CLI,
      'worker',
      '--connect',
      this.address,
      '--threads',
      '1',
      '--name',
      `far${this.#workers.length}`,
    ]
    if (!asRoot) args.push('--no-shared-files')
    const child = spawn(process.execPath, args, {
      cwd: join(this.home, 'work'),
      ...(asRoot && { uid: NOBODY, gid: NOBODY }),
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        XDG_RUNTIME_DIR: join(this.home, 'run'),
        TMPDIR: join(this.home, 'tmp'),
        NO_COLOR: '1',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#workers.push(child)
    let text = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr!.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (text.includes('for cluster')) resolve()
      })
      child.once('exit', (code) => reject(new Error(`the far worker ended with ${code}: ${text}`)))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.#workers, this.#scheduler.child])
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        await ended
      }
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Runs a program of the workplace on a far cluster; what it wrote. */
export async function run(
  place: Workplace,
  far: FarCluster,
  program = 'main.ts',
): Promise<{ text: string; stderr: string }> {
  const { code, stdout, stderr } = await place.heddle('run', program, '--connect', far.address, '--quiet')
  assert.equal(code, 0, stderr)
  return { text: stdout, stderr }
}
