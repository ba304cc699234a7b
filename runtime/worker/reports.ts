// What the worker has to tell the scheduler, gathered as columns and turned into few messages once per turn.

import type { TaskFailure } from '../protocol/failure.ts'
import type { WorkerMessage } from '../protocol/messages.ts'
import { Column } from './column.ts'

const i32 = () => new Column(new Int32Array(0))
const f64 = () => new Column(new Float64Array(0))

/** A list of runs by task and run. */
class RunList {
  readonly tasks = i32()
  readonly runs = i32()

  push(task: number, run: number): void {
    this.tasks.push(task)
    this.runs.push(run)
  }

  take(): { tasks: Int32Array; runs: Int32Array } {
    return { tasks: this.tasks.take(), runs: this.runs.take() }
  }
}

export class Reports {
  readonly #finished = {
    list: new RunList(),
    sizes: f64(),
    starts: f64(),
    durationsMs: f64(),
    threads: new Column(new Uint8Array(0)),
    inline: new Column(new Uint8Array(0)),
    inlineOffsets: new Column(new Uint32Array(0)),
  }
  readonly #erred = {
    list: new RunList(),
    starts: f64(),
    durationsMs: f64(),
    threads: new Column(new Uint8Array(0)),
    failures: [] as TaskFailure[],
  }
  readonly #stored = { list: new RunList(), sizes: f64() }
  /** What was stored before values were discarded, which may have been among them. */
  #storedBefore: WorkerMessage[] = []
  #discards = 0
  readonly #missing = {
    list: new RunList(),
    offsets: new Column(new Uint32Array(0)),
    dependencies: i32(),
    holders: i32(),
  }
  readonly #spilled = new RunList()
  readonly #returned = new RunList()
  readonly #dropped = new RunList()
  readonly #waiting = { list: new RunList(), waits: new Column(new Uint8Array(0)) }
  readonly #transferred = { froms: i32(), starts: f64(), durationsMs: f64(), sizes: f64() }

  finished(
    task: number,
    run: number,
    sizeBytes: number,
    start: number,
    durationMs: number,
    thread: number,
  ): void {
    const f = this.#finished
    f.list.push(task, run)
    f.sizes.push(sizeBytes)
    f.starts.push(start)
    f.durationsMs.push(durationMs)
    f.threads.push(thread)
    f.inlineOffsets.push(f.inline.length)
  }

  /** Lets the result that `finished` was last called for ride along: `packed` from `from` to `to`. */
  inline(packed: Uint8Array, from: number, to: number): void {
    this.#finished.inline.append(packed, from, to)
  }

  erred(
    task: number,
    run: number,
    start: number,
    durationMs: number,
    thread: number,
    failure: TaskFailure,
  ): void {
    const e = this.#erred
    e.list.push(task, run)
    e.starts.push(start)
    e.durationsMs.push(durationMs)
    e.threads.push(thread)
    e.failures.push(failure)
  }

  stored(task: number, run: number, sizeBytes: number): void {
    this.#stored.list.push(task, run)
    this.#stored.sizes.push(sizeBytes)
  }

  /** Values were discarded: what was stored before is told as of before. */
  discarded(): void {
    this.#sealStored()
    this.#discards++
  }

  /** To a new connection, which counts from the beginning. */
  forget(): void {
    this.take()
    this.#discards = 0
  }

  #sealStored(): void {
    const { list, sizes } = this.#stored
    if (sizes.length === 0) return
    this.#storedBefore.push({ type: 'stored', ...list.take(), sizes: sizes.take(), discards: this.#discards })
  }

  missing(task: number, run: number, dependencies: readonly number[], holders: readonly number[]): void {
    const m = this.#missing
    m.list.push(task, run)
    m.offsets.push(m.dependencies.length)
    dependencies.forEach((dependency, i) => {
      m.dependencies.push(dependency)
      m.holders.push(holders[i])
    })
  }

  /** A value was written to disk. */
  spilled(task: number, run: number): void {
    this.#spilled.push(task, run)
  }

  returned(task: number, run: number): void {
    this.#returned.push(task, run)
  }

  dropped(task: number, run: number): void {
    this.#dropped.push(task, run)
  }

  /** A run waits for tasks of its own, or goes on. */
  waiting(task: number, run: number, waits: boolean): void {
    this.#waiting.list.push(task, run)
    this.#waiting.waits.push(waits ? 1 : 0)
  }

  transferred(from: number, start: number, durationMs: number, sizeBytes: number): void {
    const t = this.#transferred
    t.froms.push(from)
    t.starts.push(start)
    t.durationsMs.push(durationMs)
    t.sizes.push(sizeBytes)
  }

  /** Everything since the last call. Stored values come first: what finished may have been made from them. */
  take(): WorkerMessage[] {
    this.#sealStored()
    const messages = this.#storedBefore
    this.#storedBefore = []
    if (this.#finished.sizes.length > 0) messages.push(this.#takeFinished())
    if (this.#erred.starts.length > 0) messages.push(this.#takeErred())
    if (this.#missing.offsets.length > 0) {
      const m = this.#missing
      m.offsets.push(m.dependencies.length)
      messages.push({
        type: 'missing',
        ...m.list.take(),
        dependencyOffsets: m.offsets.take(),
        dependencies: m.dependencies.take(),
        holders: m.holders.take(),
      })
    }
    if (this.#spilled.tasks.length > 0) messages.push({ type: 'spilled', ...this.#spilled.take() })
    if (this.#returned.tasks.length > 0) messages.push({ type: 'returned', ...this.#returned.take() })
    if (this.#dropped.tasks.length > 0) messages.push({ type: 'dropped', ...this.#dropped.take() })
    if (this.#waiting.waits.length > 0)
      messages.push({ type: 'waiting', ...this.#waiting.list.take(), waits: this.#waiting.waits.take() })
    if (this.#transferred.froms.length > 0) {
      const t = this.#transferred
      messages.push({
        type: 'transferred',
        froms: t.froms.take(),
        starts: t.starts.take(),
        durationsMs: t.durationsMs.take(),
        sizes: t.sizes.take(),
      })
    }
    return messages
  }

  #takeFinished(): WorkerMessage {
    const f = this.#finished
    f.inlineOffsets.push(f.inline.length)
    return {
      type: 'finished',
      ...f.list.take(),
      sizes: f.sizes.take(),
      starts: f.starts.take(),
      durationsMs: f.durationsMs.take(),
      threads: f.threads.take(),
      inline: f.inline.take(),
      inlineOffsets: f.inlineOffsets.take(),
    }
  }

  /** Equal failures (a function that throws the same for every task) travel once. */
  #takeErred(): WorkerMessage {
    const e = this.#erred
    const failures: TaskFailure[] = []
    const indexOf = new Map<string, number>()
    const failure = new Uint32Array(e.failures.length)
    e.failures.forEach((one, i) => {
      const fields = one.error ? Buffer.from(one.error).toString('latin1') : ''
      const same = `${one.kind}\n${one.name}\n${one.stack}\n${one.message}\n${fields}`
      let index = indexOf.get(same)
      if (index === undefined) {
        index = failures.push(one) - 1
        indexOf.set(same, index)
      }
      failure[i] = index
    })
    e.failures = []
    return {
      type: 'erred',
      ...e.list.take(),
      starts: e.starts.take(),
      durationsMs: e.durationsMs.take(),
      threads: e.threads.take(),
      failures,
      failure,
    }
  }
}
