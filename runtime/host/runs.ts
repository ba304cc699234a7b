// Runs beside the scheduler: starts a session process for each, keeps its events for whoever watches, and ends it.

import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, isAbsolute } from 'node:path'
import type { Region, RegionQuery } from '../protocol/regions.ts'
import type { RowsPage, RowsQuery } from '../protocol/rows.ts'
import type { RunEvent, RunSpec, RunSummary } from '../protocol/runs.ts'
import { epochMs } from './clock.ts'
import { overThere, placedSpec } from './mirroredRun.ts'
import { type KeptEvent, RunEvents } from './runEvents.ts'
import { isRunEvent, startSession } from './sessionProcess.ts'
import { SpareSession } from './spareSession.ts'
import { StayingSessions, saysItStays } from './stayingSessions.ts'

/** A run that cannot be started: the text says why. */
export class RunRefusedError extends Error {
  override name = 'RunRefusedError'
}

/** An event as watchers get it. */
export interface RunNews extends KeptEvent {
  run: string
  summary?: RunSummary
}

interface Run {
  id: string
  spec: RunSpec
  startedMs: number
  events: RunEvents
  child: ChildProcess | undefined
  cancelled: boolean
  /** Its own last word, kept until its output is complete. */
  said: Extract<RunEvent, { kind: 'ended' }> | undefined
  ended: boolean
  killing: NodeJS.Timeout[]
  /** Its process was kept ready, and has not said anything yet. */
  wasReady: boolean
  /** Resolves when its process is gone and its last event is out. */
  over: Promise<void>
  gone: () => void
}

/** Runs that have ended and are still told to those who come later. */
const ENDED_KEPT_MAX = 20
/** How long a cancelled session may take to let go of what it holds. */
const CANCEL_MS = 2000
const TERMINATE_MS = 3000

export class Runs {
  readonly #clusterFile: string
  readonly #entry: string | undefined
  readonly #spare: SpareSession | undefined
  readonly #runs = new Map<string, Run>()
  readonly #staying = new StayingSessions()
  readonly #watchers = new Set<(news: RunNews) => void>()
  #next = 1

  /** @param entry the session's program, where it is not heddle's own */
  constructor(clusterFile: string, entry?: string) {
    this.#clusterFile = clusterFile
    this.#entry = entry
    if (entry === undefined) this.#spare = new SpareSession(clusterFile)
  }

  /** Says whether runs are likely to come: then a session is kept ready for the next one. */
  expect(likely: boolean): void {
    this.#spare?.keep(likely)
  }

  /**
   * Starts a session; returns the run's id.
   * @throws {RunRefusedError} when its file is not there or cannot be read
   */
  start(spec: RunSpec): string {
    const placed = placedSpec(spec)
    requireRunnable(placed)
    const id = `run-${this.#next++}`
    const ready = this.#spare?.take(placed, id)
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const run: Run = {
      id,
      spec,
      startedMs: epochMs(),
      events: new RunEvents(),
      child: undefined,
      wasReady: ready !== undefined,
      cancelled: false,
      said: undefined,
      ended: false,
      killing: [],
      over,
      gone: resolve,
    }
    this.#runs.set(id, run)
    this.#follow(run, ready ?? this.#started(run))
    this.#forgetOld()
    return id
  }

  #started({ spec, id }: Run): ChildProcess {
    return startSession({
      spec: placedSpec(spec),
      run: id,
      cluster: this.#clusterFile,
      output: 'pipe',
      entry: this.#entry,
    })
  }

  /** Hears of the process that a run is. */
  #follow(run: Run, child: ChildProcess): void {
    run.child = child
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]!.setEncoding('utf8').on('data', (text: string) =>
        this.#tell(run, { kind: 'output', stream, text }),
      )
    child.on('message', (message) => {
      if (isRunEvent(message)) this.#reported(run, message)
      else if (saysItStays(message)) this.#stays(run, child)
    })
    child.once('error', (error) => {
      if (this.#replacedBySecond(run, child)) return
      this.#fail(run, `the session cannot be started: ${error.message}`)
      this.#end(run, 1, 'crashed')
      run.gone()
    })
    // 'close' comes after 'exit' and after the last of its output.
    child.once('close', (code, signal) => {
      if (this.#replacedBySecond(run, child)) return
      this.#onClosed(run, code, signal)
      run.gone()
    })
  }

  /**
   * Whether another session has taken the place of `child`: one that was kept ready, and died before it heard of the run. That says
   * nothing about the run. Its channel may tell so before its end does.
   */
  #replacedBySecond(run: Run, child: ChildProcess): boolean {
    if (run.child !== child) return true
    if (!run.wasReady || !run.events.isEmpty || run.cancelled) return false
    run.wasReady = false
    this.#follow(run, this.#started(run))
    return true
  }

  /** Its run is over, but not its process: pages of its value can be asked for. */
  #stays(run: Run, child: ChildProcess): void {
    if (!run.said || run.ended) return
    this.#staying.add(run.id, child)
    this.#end(run, run.said.exitCode, run.said.reason, run.said.durationMs)
  }

  /**
   * A page of a run's rows, for one of the windows that look at them.
   * @throws {NoPagesError}
   */
  async rows({ run, ...request }: RowsQuery, viewer = 0): Promise<RowsPage> {
    return (await this.#staying.page(run, request, viewer)) as RowsPage
  }

  /**
   * A part of a run's array.
   * @throws {NoPagesError}
   */
  async region({ run, ...request }: RegionQuery, viewer = 0): Promise<Region> {
    return (await this.#staying.page(run, request, viewer)) as Region
  }

  /** A window is gone: nobody waits for what is worked out for it. */
  viewerLeft(viewer: number): void {
    this.#staying.viewerLeft(viewer)
  }

  /** A session reports through its own connection to the scheduler. */
  report(id: string, event: RunEvent): void {
    const run = this.#runs.get(id)
    if (run) this.#reported(run, event)
  }

  /** Ends a run: asked first, then told, then by force. Of a run that is over or unknown there is nothing to end. */
  cancel(id: string): void {
    const run = this.#runs.get(id)
    if (!run?.child || run.cancelled) return
    run.cancelled = true
    const { child } = run
    child.kill('SIGINT')
    run.killing.push(
      setTimeout(() => child.kill('SIGTERM'), CANCEL_MS),
      setTimeout(() => child.kill('SIGKILL'), CANCEL_MS + TERMINATE_MS),
    )
  }

  /**
   * Tells events from now on, after all that are kept.
   * @param since the last sequence that the watcher knows, by run
   * @returns how to stop
   */
  watch(receive: (news: RunNews) => void, since: Record<string, number> = {}): () => void {
    for (const run of this.#runs.values()) {
      let first = true
      for (const kept of run.events.since(Object.hasOwn(since, run.id) ? since[run.id] : -1)) {
        receive({ run: run.id, ...kept, ...(first && { summary: summaryOf(run) }) })
        first = false
      }
    }
    this.#watchers.add(receive)
    return () => void this.#watchers.delete(receive)
  }

  /** Ends every session; resolves when all are gone. */
  async stop(): Promise<void> {
    this.#spare?.end()
    for (const run of this.#runs.values()) this.cancel(run.id)
    await Promise.all([...this.#runs.values()].map((run) => run.over))
  }

  /** Ends every session at once. */
  kill(): void {
    this.#spare?.end()
    for (const { child } of this.#runs.values()) child?.kill('SIGKILL')
  }

  get runningCount(): number {
    let count = 0
    for (const run of this.#runs.values()) if (!run.ended) count++
    return count
  }

  #reported(run: Run, event: RunEvent): void {
    if (run.ended) return
    // Its output may still be on the way: the end is told when the process is gone.
    if (event.kind === 'ended' && run.child) run.said = event
    else this.#tell(run, event)
  }

  #onClosed(run: Run, code: number | null, signal: NodeJS.Signals | null): void {
    run.child = undefined
    for (const timer of run.killing) clearTimeout(timer)
    if (run.ended) return
    if (run.cancelled) this.#end(run, run.said?.exitCode ?? 130, 'cancelled')
    else if (run.said) this.#end(run, run.said.exitCode, run.said.reason, run.said.durationMs)
    else {
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
      this.#fail(run, `the process of the run ${how} and did not say why`)
      this.#end(run, code ?? 1, 'crashed')
    }
  }

  #fail(run: Run, message: string): void {
    this.#tell(run, { kind: 'failed', failure: { name: 'SessionEnded', message, stack: '', frames: [] } })
  }

  #end(
    run: Run,
    exitCode: number,
    reason: Extract<RunEvent, { kind: 'ended' }>['reason'],
    durationMs = epochMs() - run.startedMs,
  ): void {
    if (run.ended) return
    run.ended = true
    this.#tell(run, { kind: 'ended', exitCode, reason, durationMs })
  }

  #tell(run: Run, event: RunEvent): void {
    const kept = run.events.add(overThere(event, run.spec.mirror))
    const edge = kept.sequence === 0 || event.kind === 'started' || event.kind === 'ended'
    const news = { run: run.id, ...kept, ...(edge && { summary: summaryOf(run) }) }
    for (const receive of this.#watchers) receive(news)
  }

  #forgetOld(): void {
    const ended = [...this.#runs.values()].filter((run) => run.ended && !run.child)
    for (const run of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT_MAX))) this.#runs.delete(run.id)
  }
}

const summaryOf = ({ id, spec, startedMs, ended }: Run): RunSummary => {
  // The text of an unsaved file may be long, and who asked for the run has it.
  const { text: _, ...rest } = spec
  return { run: id, spec: rest, startedMs, ended }
}

function requireRunnable({ file, text, cwd }: RunSpec): void {
  if (!isAbsolute(file))
    throw new RunRefusedError(`${file} is no absolute path: the cluster may run elsewhere`)
  try {
    // Of an unsaved text only the folder has to be there.
    accessSync(text === undefined ? file : dirname(file), constants.R_OK)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new RunRefusedError(missing ? notHere(file) : `${file} cannot be read`)
  }
  if (cwd !== undefined && !statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new RunRefusedError(`the run cannot start in ${cwd}: no such folder`)
}

/** A cluster that was reached from another machine knows nothing of the files there. */
const notHere = (file: string): string =>
  `${file} is not there: this cluster runs files of ${hostname()}. ` +
  'Where that is another machine, open the folder there (Remote-SSH), or run the file here with Client.ssh or Client.slurm in it.'
