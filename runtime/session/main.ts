// The session process: loads the user's file, or what one of its expressions needs, and reports what happens.
//
// It ends by itself when the user's module is done and nothing is owed to it: no client keeps the process alive.

import { readFileSync } from 'node:fs'
import { open as openInspector } from 'node:inspector'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { textOverrides } from '../functions/loaderHooks.ts'
import '../functions/register.ts'
import { mirrorOf } from '../functions/stackPlaces.ts'
import { virtualCell, virtualModule } from '../functions/virtualModule.ts'
import { observeCurves } from '../graph/curve.ts'
import { watchLifeline } from '../host/lifeline.ts'
import { HANDLES_SIGNAL } from '../host/sessionProcess.ts'
import * as heddle from '../index.ts'
import type { RunEvent, RunSpec } from '../protocol/runs.ts'
import { closeClients } from './ambient.ts'
import { observeSites } from './computeSites.ts'
import { countLines, lineFigures, sampleLines } from './lineFigures.ts'
import { missingExportOf } from './missingExport.ts'
import { hearNotices } from './notice.ts'
import type { PageSource } from './rowsQueue.ts'
import { RunReporter, runFailureOf } from './runReporter.ts'
import { saveRows } from './saveRows.ts'
import { servePages } from './servePages.ts'
import { shownResult } from './shownValue.ts'
import { becomeRun, isSpare, spareOrder } from './spare.ts'

/** The program never comes to its end: an `await` outside of functions waits for a promise that nobody settles. */
class UnsettledAwaitError extends Error {
  override name = 'UnsettledAwaitError'
  constructor(file: string) {
    super(
      `${file} waits in a top-level await for a promise that stays pending: nothing is left to run that could settle it`,
    )
  }
}

/** The text of a file as it runs; nothing where it cannot be read. */
function sourceOf(file: string): string | undefined {
  try {
    return textOverrides.get(file) ?? readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

type Ended = Extract<RunEvent, { kind: 'ended' }>

class Session {
  readonly #spec: RunSpec
  readonly #reporter: RunReporter
  readonly #beganMs = performance.now()
  #ending = false
  #isLoaded = false

  constructor(spec: RunSpec, reporter: RunReporter) {
    this.#spec = spec
    this.#reporter = reporter
  }

  async run(): Promise<void> {
    const { file, expression, cell, inspect } = this.#spec
    const label = expression?.label ?? cell?.label ?? basename(file)
    this.#reporter.report({ kind: 'started', pid: process.pid, atMs: Date.now(), label, file })
    if (inspect) openInspector(0, '127.0.0.1')
    try {
      const module = await this.#load()
      // Inside a function or a loop the whole file runs, and there is no one value.
      const holder = resultHolder(module)
      if (holder) await this.#showResult(holder[EXPRESSION_RESULT])
      this.#isLoaded = true
    } catch (error) {
      this.fail(error)
    }
  }

  /** Loads the user's file, or in its place what the expression needs of it. */
  async #load(): Promise<Record<string, unknown>> {
    const { file, text, expression, cell } = this.#spec
    if (text !== undefined) textOverrides.set(file, text)
    const source = (): string => text ?? readFileSync(file, 'utf8')
    if (expression) textOverrides.set(file, virtualModule(source(), expression, file).text)
    else if (cell) textOverrides.set(file, virtualCell(source(), cell, file).text)
    return import(pathToFileURL(file).href)
  }

  async #showResult(given: unknown): Promise<void> {
    const { save, pages: wantsPages } = this.#spec
    const { line, display, pages, value } = await shownResult(given, wantsPages === true)
    const durationMs = performance.now() - this.#beganMs
    this.#reporter.report({ kind: 'result', line, display, durationMs })
    if (save) {
      const rows = await saveRows(value, save)
      const text = `${rows.toLocaleString('en')} rows are saved in ${save.path}`
      this.#reporter.report({ kind: 'notice', text })
    }
    if (pages) await this.#stayFor(pages)
  }

  /** The run is over, and its process stays to give pages of its value, until the scheduler ends it. */
  async #stayFor(pages: PageSource): Promise<void> {
    await this.#reportLines()
    if (!pages.isOnCluster) await closeClients()
    this.#reporter.report(this.#ended(0, 'finished'))
    servePages(pages)
  }

  /** The user's program threw where nobody caught it: the run is over. */
  fail(error: unknown): void {
    if (this.#ending) return
    const failure = { ...runFailureOf(error), ...missingExportOf(error, sourceOf, Object.keys(heddle)) }
    this.#reporter.report({ kind: 'failed', failure })
    if (!this.#reporter.isHeard) process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`)
    this.end(1, 'failed')
  }

  /** Nothing is left to do: the end, unless the program still waits for what nobody can bring about. */
  idle(exitCode: number): void {
    if (this.#isLoaded) this.end(exitCode, exitCode === 0 ? 'finished' : 'failed')
    else this.fail(new UnsettledAwaitError(this.#spec.file))
  }

  /** Closes what is open, reports the end, and leaves. */
  end(exitCode: number, reason: Ended['reason']): void {
    if (this.#ending) return
    this.#ending = true
    const leave = async (): Promise<void> => {
      await this.#reportLines()
      await closeClients()
      this.#reporter.report(this.#ended(exitCode, reason))
      await this.#reporter.flushed()
      process.exit(exitCode)
    }
    leave().catch(() => process.exit(1))
  }

  async #reportLines(): Promise<void> {
    if (!this.#reporter.isHeard) return
    const { lines, times } = await lineFigures()
    if (lines.length + times.length > 0)
      this.#reporter.report({ kind: 'lines', lines, ...(this.#spec.profile && { times }) })
  }

  /** `process.exit` was called: there is no time to close anything, the operating system does. */
  exiting(exitCode: number): void {
    if (!this.#ending) this.#reporter.report(this.#ended(exitCode, exitCode === 0 ? 'finished' : 'failed'))
  }

  #ended(exitCode: number, reason: Ended['reason']): Ended {
    return { kind: 'ended', exitCode, reason, durationMs: performance.now() - this.#beganMs }
  }
}

/** What a virtual module calls the value of its expression. */
const EXPRESSION_RESULT = '__heddleResult'

/** The module itself, or what a module of CommonJS exports. */
function resultHolder(module: Record<string, unknown>): Record<string, unknown> | undefined {
  return [module, module.default].find(
    (each): each is Record<string, unknown> => Object(each) === each && EXPRESSION_RESULT in (each as object),
  )
}

async function start(): Promise<void> {
  watchLifeline(() => process.exit(1))
  if (isSpare()) becomeRun(await spareOrder())
  const given = process.env.HEDDLE_RUN
  if (given === undefined) {
    process.stderr.write(
      "this program runs a file for 'heddle run' and for editors: HEDDLE_RUN must say which\n",
    )
    process.exit(2)
  }
  const spec = JSON.parse(given) as RunSpec
  const reporter = new RunReporter(process.env.HEDDLE_RUN_ID, process.env.HEDDLE_CLUSTER)
  // The run is this process alone: programs that it starts are none.
  delete process.env.HEDDLE_RUN
  delete process.env.HEDDLE_RUN_ID
  process.argv[1] = spec.file
  if (spec.mirror !== undefined) mirrorOf(spec.mirror)
  const session = new Session(spec, reporter)
  process.on('uncaughtException', (error) => session.fail(error))
  onSignal('SIGINT', () => session.end(130, 'cancelled'))
  onSignal('SIGTERM', () => session.end(143, 'cancelled'))
  process.on('beforeExit', (exitCode) => session.idle(exitCode))
  process.on('exit', (exitCode) => session.exiting(exitCode))
  observeSites(reporter)
  if (reporter.isHeard) observeCurves(reporter)
  if (reporter.isHeard) countLines()
  if (reporter.isHeard && spec.profile) sampleLines(spec.profile)
  if (reporter.isHeard) hearNotices((text) => reporter.report({ kind: 'notice', text }))
  await session.run()
}

/** Ends the run at a signal, unless the program itself handles it: then the program says when it is done, as under Node. */
function onSignal(signal: 'SIGINT' | 'SIGTERM', end: () => void): void {
  const handle = (): void => {
    if (process.listenerCount(signal) === 1) {
      end()
      return
    }
    // Packages that count the handlers are to find those of the program alone.
    process.removeListener(signal, handle)
    process.send?.(HANDLES_SIGNAL)
  }
  process.on(signal, handle)
}

void start()
