// Runs programs with the built `heddle` in folders of their own, and counts what they leave behind.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const RUNTIME = join(import.meta.dirname, '..', '..', 'runtime')
const CLI = join(RUNTIME, 'dist', 'cli.js')

/** What of a cluster still stays after this stays for ever. */
const LEAVE_MS_MAX = 60_000
/** What was started by a test that has ended is killed after this. */
const KILLED_MS_MAX = 10_000

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves when the output so far holds `text`; rejects when the program ends without it. */
  said(text: string): Promise<void>
  /** What it has written to standard error so far. */
  stderr(): string
}

/** A folder with programs, and every place where heddle could leave something. */
export class Workplace implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'hd-'))
  readonly #mark = randomUUID()
  readonly #runFolders = join(this.folder, 'r')
  readonly #temporary = join(this.folder, 't')
  readonly #running = new Set<ChildProcess>()

  constructor(programs: Record<string, string> = {}) {
    for (const folder of [this.#runFolders, this.#temporary, join(this.folder, 'node_modules')])
      mkdirSync(folder)
    symlinkSync(RUNTIME, join(this.folder, 'node_modules', 'heddle'))
    for (const [name, text] of Object.entries(programs)) this.write(name, text)
  }

  /** Writes a file below the folder. */
  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), content)
  }

  /** Starts `heddle` with these arguments. */
  start(...args: string[]): Running {
    return this.startNode([], ...args)
  }

  /** The same with options of Node. */
  startNode(options: readonly string[], ...args: string[]): Running {
    const child = spawn(process.execPath, [...options, CLI, ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        XDG_RUNTIME_DIR: this.#runFolders,
        TMPDIR: this.#temporary,
        HEDDLE_TEST_MARK: this.#mark,
        NO_COLOR: '1',
        NODE_OPTIONS: '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    const output = { stdout: '', stderr: '' }
    const waiting = new Set<() => void>()
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
        for (const look of waiting) look()
      })
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        this.#running.delete(child)
        resolve({ code, signal, ...output })
      })
    })
    const said = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.stdout.includes(text) && !output.stderr.includes(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        ended.then(({ code, stderr }) =>
          reject(new Error(`ended with ${code} before it said ${text}:\n${stderr}`)),
        )
      })
    return { child, ended, said, stderr: () => output.stderr }
  }

  heddle(...args: string[]): Promise<Ended> {
    return this.start(...args).ended
  }

  /** Every process that was started from here, however far down. */
  processes(): { pid: number; title: string }[] {
    return process.platform === 'linux' ? this.#processesOfProc() : this.#processesOfPs()
  }

  /** Files, sockets and folders of clusters, and temporary files. */
  files(): string[] {
    for (;;) {
      try {
        return [this.#runFolders, this.#temporary].flatMap((folder) =>
          readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
            join(folder.slice(-1), name),
          ),
        )
      } catch (error) {
        // A folder was removed while we looked into it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(this.folder)) throw error
      }
    }
  }

  /** What is left when the end has come; polled, since processes that were cut off need a moment to notice. */
  async leftovers(msMax = LEAVE_MS_MAX): Promise<string[]> {
    const deadline = performance.now() + msMax
    for (;;) {
      const left = [...this.processes().map(({ pid, title }) => `process ${pid} ${title}`), ...this.files()]
      if (left.length === 0 || performance.now() > deadline) return left
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** The run folder of the one cluster that runs. */
  clusterFile(): string {
    const found = this.files().find((name) => name.endsWith('cluster.json'))
    if (!found) throw new Error('no cluster runs here')
    return join(this.folder, found)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
    await this.leftovers(KILLED_MS_MAX)
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  #processesOfProc(): { pid: number; title: string }[] {
    const found: { pid: number; title: string }[] = []
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(this.#mark)) continue
        found.push({
          pid: Number(name),
          title: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '),
        })
      } catch {
        // It ended while we looked.
      }
    }
    return found
  }

  #processesOfPs(): { pid: number; title: string }[] {
    const lines = execFileSync('ps', ['-E', '-Ao', 'pid=,command='], { encoding: 'utf8' }).split('\n')
    return lines
      .filter((line) => line.includes(this.#mark))
      .map((line) => ({ pid: Number.parseInt(line, 10), title: line.trim().slice(0, 80) }))
  }
}

if (!existsSync(CLI)) throw new Error('the runtime is not built: run `npm run build` first')
