// A user of the lab's Slurm: a home of their own, programs and `heddle`, and what is left of their clusters.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { SlurmLab } from './slurmController.ts'

const RUNTIME = join(import.meta.dirname, '..', '..', 'runtime')

/** A program that takes longer hangs. */
const PROGRAM_MS_MAX = 180_000
/** Processes that find that their cluster is gone end sooner. */
const GOING_MS_MAX = 60_000

export interface Ended {
  stdout: string
  stderr: string
  exitCode: number | null
}

/** A program that runs. */
export interface Going {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves when a line of what it printed so far fits, with that line. */
  said(line: RegExp): Promise<string>
}

export class SlurmUser {
  readonly lab: SlurmLab
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** Where clusters have their folders. */
  readonly shared: string
  /** What every profile here has. */
  readonly profile: { cores: number; memory: string; folder: string }
  #programs = 0

  constructor(lab: SlurmLab) {
    this.lab = lab
    this.folder = join(lab.folder, 'user')
    this.shared = join(this.folder, 'shared')
    for (const name of ['run', 'tmp', 'node_modules', 'shared'])
      mkdirSync(join(this.folder, name), { recursive: true })
    symlinkSync(RUNTIME, join(this.folder, 'node_modules', 'heddle'))
    writeFileSync(join(this.folder, 'package.json'), '{"type":"module"}')
    this.env = {
      ...{ ...process.env, ...lab.env, HOME: this.folder },
      ...{ XDG_RUNTIME_DIR: join(this.folder, 'run'), TMPDIR: join(this.folder, 'tmp') },
    }
    this.profile = { cores: 1, memory: '400MB', folder: this.shared }
  }

  /** A program that imports heddle. */
  program(source: string): Going {
    const file = `program${this.#programs++}.ts`
    writeFileSync(join(this.folder, file), source)
    return this.#start(['--import', 'heddle/register', file])
  }

  /**
   * A program with a client of jobs, that waits for files of ours (`file`) and for jobs (`patiently`, `working`, `jobs`).
   * The scheduler is on the login node unless the profile says otherwise.
   */
  clientProgram(profile: object, options: object, body: string): Going {
    return this.program(`
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'heddle'
const client = await Client.slurm(${JSON.stringify({ ...this.profile, scheduler: 'login', ...profile })}, {
  ...${JSON.stringify(options)},
  notice: (text) => console.error(text),
})
const jobs = async () => (await client.jobs()).jobs
const patiently = async (holds) => {
  const deadline = performance.now() + 120_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('never so: ' + JSON.stringify(await client.jobs()))
    await setTimeout(50)
  }
}
const working = async () => (await jobs()).filter(({ workers, state }) => workers.length > 0 && state === 'running')
const file = (name) => patiently(() => existsSync(${JSON.stringify(this.folder)} + '/' + name))
${body}
await client.close()
`)
  }

  /** Makes a file that a program waits for. */
  give(name: string): void {
    writeFileSync(join(this.folder, name), '')
  }

  heddle(...args: string[]): Going {
    return this.#start([join(RUNTIME, 'dist', 'cli.js'), ...args])
  }

  /** `heddle slurm WHAT` with a profile. */
  slurm(what: string, profile: object, ...args: string[]): Going {
    const file = join(this.folder, `profile${this.#programs++}.json`)
    writeFileSync(file, JSON.stringify({ ...this.profile, ...profile }))
    return this.heddle('slurm', what, '--profile', file, ...args)
  }

  /** Jobs, processes and files of clusters; empty when nothing is left. */
  async leftovers(): Promise<string[]> {
    const folders = ['shared', 'run', 'tmp'].flatMap((name) =>
      entriesBelow(join(this.folder, name))
        // Node's own cache of compiled programs is no cluster's.
        .filter((path) => !/node-compile-cache|heddle-compile/.test(path))
        .map((path) => `file ${path.slice(this.folder.length + 1)}`),
    )
    const processes = this.lab.jobProcesses().map((pid) => `process ${commandOf(pid)}`)
    const jobs = (await this.lab.jobs()).map((job) => `job ${job}`)
    return [...jobs, ...processes, ...folders]
  }

  /** Resolves when nothing of clusters is left. @throws {Error} naming what stays */
  async nothingLeft(): Promise<void> {
    const deadline = performance.now() + GOING_MS_MAX
    for (;;) {
      const left = await this.leftovers()
      if (left.length === 0) return
      if (performance.now() > deadline) throw new Error(`what is left stays: ${left.join('; ')}`)
      await setTimeout(100)
    }
  }

  #start(args: string[]): Going {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      ...{ cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] },
    })
    const patience = globalThis.setTimeout(() => child.kill('SIGKILL'), PROGRAM_MS_MAX)
    child.once('close', () => clearTimeout(patience))
    let printed = ''
    const waiting = new Set<() => void>()
    const heard = (chunk: Buffer): void => {
      printed += chunk
      for (const look of [...waiting]) look()
    }
    child.stdout!.on('data', heard)
    child.stderr!.on('data', heard)
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
    const ended = Promise.all([text(child.stdout!), text(child.stderr!), exit]).then(
      ([stdout, stderr, exitCode]) => ({ stdout, stderr, exitCode }),
    )
    const said = (line: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = printed.split('\n').find((each) => line.test(each))
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
        ended.then(
          () => reject(new Error(`${line} was never said:\n${printed}`)),
          () => {},
        )
      })
    return { child, ended, said }
  }
}

/** The paths of all that is in a folder, however deep. */
function entriesBelow(folder: string): string[] {
  for (;;) {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
    } catch (error) {
      // A folder was removed while we looked into it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(folder)) throw error
    }
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return `${pid}`
  }
}
