// Real worker processes under a scheduler double, with tasks lifted from `programs/work.ts`; and a count of what they leave behind.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '../../runtime/functions/register.ts'
import { ArgumentWriter } from '../../runtime/functions/argumentList.ts'
import { type LiftedCallable, Lifter } from '../../runtime/functions/lifter.ts'
import { decodeValue } from '../../runtime/functions/valueCodec.ts'
import { type EntryName, entryPath } from '../../runtime/host/entries.ts'
import { spawnWithLifeline } from '../../runtime/host/lifeline.ts'
import { type WorkerRequest, workerConfig, workerEnvironment } from '../../runtime/host/workerConfig.ts'
import { kernelNames } from '../../runtime/kernels/kernel.ts'
import type { WorkerInstruction } from '../../runtime/protocol/messages.ts'
import { execute, FakeScheduler, type JoinedWorker, type TaskSpec } from './fakeScheduler.ts'

/** The tasks' functions, instrumented as a user's module is. */
export const work = await import('./programs/work.ts')
type Work = typeof work
export type WorkName = keyof Work

/** A worker's process under a supervisor's. */
const SUPERVISED = join(import.meta.dirname, 'programs', 'supervised.ts')

const NAMES = Object.keys(work) as WorkName[]
const lifter = new Lifter({ root: import.meta.dirname, kernels: kernelNames })
const lifted = NAMES.map((name) => lifter.liftCallable(work[name]))

/** One call as a task for `execute`. */
export function call(
  task: number,
  name: WorkName,
  args: unknown[] = [],
  more: Partial<TaskSpec> = {},
): TaskSpec {
  return { task, callable: NAMES.indexOf(name), args: argumentsOf(...args), ...more }
}

/** Stands in an argument list for dependency number `index`. */
export class Dependency {
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

export function argumentsOf(...args: unknown[]): Uint8Array {
  const writer = new ArgumentWriter({
    kernels: kernelNames,
    reference: (value) => (value instanceof Dependency ? value.index : -1),
  })
  writer.write(args)
  return writer.view()
}

/** What an inline result of a `finished` message stands for. */
export function inlineOf(message: { inline: Uint8Array; inlineOffsets: Uint32Array }, at = 0): unknown {
  const { inline, inlineOffsets } = message
  return decodeValue({ bytes: inline.slice(inlineOffsets[at], inlineOffsets[at + 1]), buffers: [] })
}

/** A cluster of one test: its folder, its scheduler double, its worker processes. */
export class TestCluster {
  readonly folder: string
  readonly scheduler: FakeScheduler
  readonly children: ChildProcess[] = []
  readonly #programOf: (name: EntryName) => string
  /** What the processes wrote to standard error. */
  errors = ''

  private constructor(folder: string, scheduler: FakeScheduler, programOf: (name: EntryName) => string) {
    this.#programOf = programOf
    this.folder = folder
    this.scheduler = scheduler
  }

  /**
   * @param test whose failure must not leave processes behind
   * @param programOf where programs are: the sources, or for benches the built bundles
   */
  static async start(
    test?: { after(clean: () => void): void },
    programOf: (name: EntryName) => string = entryPath,
  ): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-test-'))
    const cluster = new TestCluster(folder, await FakeScheduler.listen(folder), programOf)
    test?.after(() => cluster.#abandon())
    return cluster
  }

  /** Kills what a failed test left running. */
  #abandon(): void {
    for (const child of this.children)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    void this.scheduler.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Starts a process of ours; `supervised` starts the worker's process itself. */
  spawn(
    name: string,
    request: Partial<WorkerRequest> = {},
    entry: EntryName | 'supervised' = 'worker',
  ): ChildProcess {
    const { control, token } = this.scheduler
    const config = workerConfig({
      name,
      control,
      token,
      runFolder: this.folder,
      threads: 1,
      memoryLimitBytes: 4e9,
      ...request,
    })
    const child = spawnWithLifeline(
      process.execPath,
      [entry === 'supervised' ? SUPERVISED : this.#programOf(entry)],
      {
        env: workerEnvironment(config),
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    child.stderr!.on('data', (data) => {
      this.errors += String(data)
    })
    this.children.push(child)
    return child
  }

  /** Starts a worker and sends it the tasks' functions. */
  async worker(
    name = 'w0',
    request: Partial<WorkerRequest> = {},
    entry: EntryName | 'supervised' = 'worker',
  ): Promise<JoinedWorker> {
    this.spawn(name, request, entry)
    return this.ready(await this.scheduler.joins())
  }

  /** Sends a worker that has joined the tasks' functions. */
  ready(worker: JoinedWorker): JoinedWorker {
    worker.send({ type: 'modules', ...this.modules() })
    worker.send(this.callables())
    return worker
  }

  /** The worker modules that the tasks' functions need. */
  modules(): { names: string[]; contents: Uint8Array; contentOffsets: Uint32Array } {
    const names = [...new Set(lifted.flatMap((one) => one.modules))]
    return { names, ...joined(names.map((name) => lifter.moduleContent(name))) }
  }

  /** The tasks' functions, numbered as `call` does, or in another order. */
  callables(order: (list: LiftedCallable[]) => LiftedCallable[] = (list) => list): WorkerInstruction {
    const list = order(lifted)
    return {
      type: 'callables',
      numbers: Uint32Array.from(list, (_, i) => i),
      ...joined(list.map(({ bytes }) => bytes)),
      modules: list.map((one) => one.modules),
      labels: list.map(({ label }) => label),
    }
  }

  /** Runs one task to its end and gives its inline result. */
  async result(worker: JoinedWorker, spec: TaskSpec): Promise<unknown> {
    worker.send(execute([{ ...spec, inline: true }]))
    return inlineOf(await worker.next('finished', ({ tasks }) => tasks[0] === spec.task))
  }

  /** Ends everything, and fails if a process, a socket or a file is left. */
  async end(workers: readonly JoinedWorker[] = []): Promise<void> {
    for (const worker of workers) worker.send({ type: 'close', reason: 'the test is over' })
    await Promise.all(this.children.map((child) => exitOf(child)))
    await this.scheduler.close()
    assert.deepEqual(readdirSync(this.folder, { recursive: true }), [], 'files are left')
    rmSync(this.folder, { recursive: true })
  }
}

/** How a process ended, once it has and all that it and its children wrote to standard error is here. */
export function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const { exitCode, signalCode, stderr } = child
  const isOver = (exitCode !== null || signalCode !== null) && (stderr?.closed ?? true)
  if (isOver) return Promise.resolve({ code: exitCode, signal: signalCode })
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
}

/** Whether a process exists and is not just waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits until something holds, looking once per turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function joined(parts: readonly Uint8Array[]): { contents: Uint8Array; contentOffsets: Uint32Array } {
  const contentOffsets = new Uint32Array(parts.length + 1)
  parts.forEach((part, i) => {
    contentOffsets[i + 1] = contentOffsets[i] + part.length
  })
  return { contents: new Uint8Array(Buffer.concat(parts)), contentOffsets }
}
