// Runs batches of tasks in a thread: reads arguments, calls, encodes results, and reports them in columns.

import type { MessagePort } from 'node:worker_threads'
import { readArguments } from '../functions/argumentList.ts'
import { CallableLoader } from '../functions/callableLoader.ts'
import { CannotTravelError } from '../functions/cannotTravel.ts'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { namesNoCapture } from '../functions/encodeFunction.ts'
import { failureOf } from '../functions/failureOf.ts'
import { withFrozenHint } from '../functions/frozenHint.ts'
import { decodeValue, type EncodeOptions, encodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import '../kernels/all.ts'
import { providePacking } from '../kernels/bag/parcel.ts'
import { kernelNames, takeKeptNothing } from '../kernels/kernel.ts'
import { provideFitter } from '../kernels/ml/fitTask.ts'
import { Parts } from '../kernels/parts.ts'
import { provideResultMemory } from '../kernels/resultMemory.ts'
import { provideCollection } from '../kernels/table/polars/release.ts'
import type { TaskFailure } from '../protocol/failure.ts'
import { SHARE_FROM_BYTES } from './dataFrames.ts'
import { FailedTasks } from './failedTask.ts'
import { collectGarbage } from './garbage.ts'
import { type Callable, LaneCallables } from './laneCallables.ts'
import { laneCarried } from './laneCarried.ts'
import { watchConsole } from './laneConsole.ts'
import { Dependencies } from './laneDependencies.ts'
import { LaneMemory } from './laneMemory.ts'
import { type BatchMessage, LaneProgress, type LaneSetup, type ToLane } from './laneMessages.ts'
import { LaneProfiler } from './laneProfiler.ts'
import { type LaneRun, LaneRuns } from './laneRuns.ts'
import { ReportWriter } from './reportWriter.ts'
import { becomeTaskThread, type TaskContext } from './taskContext.ts'

/** A result, or its parts. */
type Encoded = EncodedValue | readonly EncodedValue[]
/** What a run ended with. */
type Outcome = { encoded: Encoded; failure?: undefined } | { encoded?: undefined; failure: TaskFailure }

/** What a function was called with, as it came and as it was read. */
interface Call {
  /** The callable's number. */
  number: number
  bytes: Uint8Array
  values: Dependencies | undefined
  given: readonly unknown[]
}

/** A development run, which `heddle run` is on a cluster of its own: see `frozenHint.ts`. */
const FREEZE = process.env.HEDDLE_FREEZE === '1'
/** Finished results are sent at least this often while a batch goes on. */
const REPORT_MS = 2

export class LaneRunner {
  readonly #port: MessagePort
  readonly #progress: LaneProgress
  readonly #loader: CallableLoader
  readonly #runs: LaneRuns
  readonly #memory: LaneMemory
  readonly #encoding: EncodeOptions
  readonly #callables: LaneCallables
  readonly #failed: FailedTasks
  readonly #profiler = new LaneProfiler()
  readonly #setup: LaneSetup
  readonly #queue: BatchMessage[] = []
  #busy = false
  /** When the last run ended. */
  #now = 0

  constructor(setup: LaneSetup) {
    this.#port = setup.port
    this.#setup = setup
    this.#failed = new FailedTasks(setup.moduleFolder, setup.lane)
    this.#progress = new LaneProgress(setup.progress)
    this.#memory = new LaneMemory(setup.port, setup.firstBufferId, setup.collectBytes)
    provideResultMemory(this.#memory)
    // Estimators are loaded by the first task that fits a whole model.
    provideFitter(async () => (await import('../ml/worker.ts')).fitter)
    this.#encoding = {
      rootName: 'result',
      kernels: kernelNames,
      shareFromBytes: SHARE_FROM_BYTES,
      allocate: (byteLength) => this.#memory.allocate(byteLength),
    }
    this.#loader = new CallableLoader({
      moduleFolder: setup.moduleFolder,
      kernels: kernelNames,
      carried: laneCarried(setup),
      freeze: FREEZE,
    })
    this.#callables = new LaneCallables(this.#loader)
    // Kernels that shuffle pack the parts of a result: whoever passes one on then need not read the others.
    providePacking({
      pack: (value) => encodeValue(value, { rootName: 'result', kernels: kernelNames }).bytes,
      unpack: async (bytes) => {
        const modules = modulesOfValue(bytes)
        if (modules.length > 0) await this.#loader.loadModules(modules)
        return decodeValue({ bytes, buffers: [] }, this.#loader.decodeOptions())
      },
    })
    provideCollection(collectGarbage)
    this.#runs = new LaneRuns(({ batch, index, told }) =>
      this.#port.postMessage({ kind: 'waits', batch, index, waits: told }),
    )
    const report = (level: string, text: string, stack?: string): void => {
      const { batch, index } = this.#runs.current() ?? this.#progress
      this.#port.postMessage({ kind: 'log', level, text, batch, index, stack })
    }
    const contextOf = (run: LaneRun): TaskContext => ({
      task: run.task,
      worker: setup.worker,
      thread: setup.lane,
      log: (text) => {
        process.stdout.write(`${text}\n`)
        report('info', text)
      },
      progress: (text) => report('progress', text),
    })
    becomeTaskThread({
      worker: setup.worker,
      current: () => {
        const run = this.#runs.current()
        if (run) run.context ??= contextOf(run)
        return run?.context
      },
      scheduler: setup.scheduler,
      waits: this.#runs.waits,
    })
    watchConsole(report, setup.quietTasks)
    guardThread((error, what) => report('error', `${what}: ${textOf(error)}`, stackOf(error)))
  }

  receive(message: ToLane): void {
    switch (message.kind) {
      case 'callables':
        message.numbers.forEach((number, i) => {
          this.#callables.add(number, message.contents[i], message.modules[i])
        })
        break
      case 'grant':
        this.#memory.grant(message.buffers)
        break
      case 'collect':
        this.#memory.collect(message.wave)
        break
      case 'sample':
        this.#sample(message.on, message.tell)
        break
      case 'forget':
        this.#callables.forget(message.numbers)
        if (!this.#busy) this.#callables.rest()
        break
      case 'batch':
        this.#queue.push(message)
        if (!this.#busy) void this.#work()
        break
      default:
        message satisfies never
    }
  }

  #sample(on: boolean, told: number): void {
    if (told !== 0 || !on)
      this.#port.postMessage({ kind: 'line-times', lines: this.#profiler.take(on), told })
    else this.#profiler.start()
  }

  /** In the middle of a batch messages wait, but no task after this one need go unseen. */
  #sampleFromHere(): void {
    if (this.#profiler.isOn) return
    this.#profiler.start()
    this.#now = epochMs()
  }

  async #work(): Promise<void> {
    this.#busy = true
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) await this.#run(batch)
    this.#busy = false
    this.#callables.rest()
    this.#failed.rest()
  }

  async #run(batch: BatchMessage): Promise<void> {
    const report = new ReportWriter(batch.batch, batch.callables.length, this.#memory)
    const values = batch.values ? new Dependencies(batch.values, this.#memory) : undefined
    this.#now = epochMs()
    let sentAt = this.#now
    for (let index = 0; index < batch.callables.length; index++) {
      if (this.#progress.sampled) this.#sampleFromHere()
      const start = this.#now
      this.#progress.begin(batch.batch, index, start)
      try {
        const number = batch.callables[index]
        const callable = this.#callables.get(number) ?? (await this.#callables.load(number))
        const bytes = batch.args.subarray(index === 0 ? 0 : batch.argEnds[index - 1], batch.argEnds[index])
        if (modulesOfValue(bytes).length > 0) await this.#loader.loadModules(modulesOfValue(bytes))
        if (values) for (const names of values.modules(index)) await this.#loader.loadModules(names)
        const run = this.#runs.begin(batch.batch, index, batch.tasks[index], start)
        takeKeptNothing()
        const following = this.#call(run, number, callable, bytes, values, report)
        const keepsNothing = this.#loader.keepsNothing(callable)
        if (!takeKeptNothing() && !keepsNothing) report.made = undefined
        if (following) {
          const outcome = await following
          // What was set aside goes on with its arguments.
          if (!outcome || !keepsNothing) report.made = undefined
          this.#now = epochMs()
          if (outcome) enter(report, start, this.#now - start, outcome)
        }
      } catch (error) {
        report.made = undefined
        this.#now = epochMs()
        report.failed(start, this.#now - start, failureOf(error, { key: '', kernels: kernelNames }))
      }
      if (!report.made) this.#memory.rest()
      if (this.#now - sentAt > REPORT_MS || report.isFull) {
        report.send(this.#port)
        sentAt = this.#now
      }
    }
    this.#runs.rest()
    this.#progress.rest()
    report.send(this.#port)
    if (!report.made) return
    this.#memory.forget(new Set([...(values?.buffers() ?? []), ...report.made]))
    this.#memory.rest()
  }

  /**
   * Calls a function and enters its result, or follows it. In a frame of its own: what it held is garbage once it has
   * returned, while V8 keeps whatever a frame that goes on has ever held.
   */
  #call(
    run: LaneRun,
    number: number,
    callable: Callable,
    bytes: Uint8Array,
    values: Dependencies | undefined,
    report: ReportWriter,
  ): Promise<Outcome | undefined> | undefined {
    const { index, start } = run
    const options = this.#loader.argumentOptions(callable)
    const reference = values && ((n: number): unknown => decodeValue(values.value(index, n), options))
    const given = readArguments(bytes, { ...options, reference })
    let result: unknown
    let encoded: Encoded
    try {
      result = callable(...given)
      if (isThenable(result) || isStream(result)) {
        // Others need not wait for what this one waits for.
        report.send(this.#port)
        return this.#follow(run, result, { number, bytes, values, given }, report)
      }
      encoded = this.#encode(result)
    } catch (error) {
      return this.#failure(run.index, error, result, { number, bytes, values, given }).then((failure) => ({
        failure,
      }))
    }
    this.#now = epochMs()
    enter(report, start, this.#now - start, { encoded })
    return undefined
  }

  /** What becomes of a run that goes on asynchronously; nothing when it was set aside, since it waits for other tasks. */
  async #follow(
    run: LaneRun,
    result: unknown,
    call: Call,
    report: ReportWriter,
  ): Promise<Outcome | undefined> {
    this.#runs.keep()
    const ended = this.#outcomeOf(run.index, result, call)
    if (run.waits === 0) {
      const waiting = new Promise<undefined>((resolve) => {
        run.onWait = () => resolve(undefined)
      })
      const outcome = await Promise.race([ended, waiting])
      run.onWait = undefined
      if (outcome) return outcome
    }
    report.setAside(run.start, epochMs() - run.start)
    report.send(this.#port)
    // Should it have gone on meanwhile, the main thread is told so right behind.
    run.told = true
    setImmediate(() => this.#runs.look(run))
    void ended.then((outcome) => {
      const own = new ReportWriter(run.batch, 1, this.#memory, run.index)
      enter(own, run.start, epochMs() - run.start, outcome)
      own.send(this.#port)
      run.told = undefined
    })
    return undefined
  }

  async #outcomeOf(index: number, result: unknown, call: Call): Promise<Outcome> {
    let value: unknown
    try {
      value = await result
      if (isStream(value)) value = await collect(value)
      return { encoded: this.#encode(value) }
    } catch (error) {
      return { failure: await this.#failure(index, error, value, call) }
    }
  }

  #encode(result: unknown): Encoded {
    return result instanceof Parts
      ? result.all.map((part) => encodeValue(part, this.#encoding))
      : encodeValue(result, this.#encoding)
  }

  /** Why a run has no result. What a function among it captured is told by name, where the source says so. */
  async #failure(index: number, error: unknown, result: unknown, call: Call): Promise<TaskFailure> {
    const { given } = call
    if (error instanceof CannotTravelError && namesNoCapture(error) && !this.#encoding.captureNames)
      try {
        this.#encoding.captureNames = await this.#loader.captureNames()
        this.#encode(result)
      } catch (named) {
        return failureOf(named, { key: '', given, kernels: kernelNames })
      }
    const failure = failureOf(FREEZE ? withFrozenHint(error) : error, {
      key: '',
      given,
      kernels: kernelNames,
    })
    const inputsFile = this.#keepInputs(index, call)
    return inputsFile === undefined ? failure : { ...failure, inputsFile }
  }

  /** Keeps what the run was given, so that it can be run again alone. */
  #keepInputs(index: number, { number, bytes, values }: Call): string | undefined {
    const encoded = this.#callables.encoded(number)
    if (!encoded) return undefined
    const { worker, moduleFolder, sharedFiles } = this.#setup
    return this.#failed.keep({
      worker,
      moduleFolder,
      sharedFiles,
      freeze: FREEZE,
      callable: encoded.bytes,
      modules: encoded.modules,
      args: bytes,
      dependencies: values?.all(index) ?? [],
    })
  }
}

function enter(report: ReportWriter, start: number, durationMs: number, outcome: Outcome): void {
  const { encoded } = outcome
  if (encoded && 'bytes' in encoded) report.result(start, durationMs, encoded)
  else if (encoded) report.resultInParts(start, durationMs, encoded)
  else report.failed(start, durationMs, outcome.failure)
}

const epochMs = (): number => performance.timeOrigin + performance.now()

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  )
}

/** Generators and asynchronous streams: what they yield is collected into a list. */
function isStream(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  if (typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function') return true
  return (
    typeof (value as Iterator<unknown>).next === 'function' &&
    typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function'
  )
}

async function collect(stream: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> {
  if (Symbol.iterator in stream) return [...stream]
  const items: unknown[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** A task must not end its thread by accident: stray errors are reported, `process.exit` is refused. */
function guardThread(report: (error: unknown, what: string) => void): void {
  process.on('unhandledRejection', (error) =>
    report(error, 'a promise was rejected in a task and never awaited'),
  )
  process.on('uncaughtException', (error) =>
    report(error, 'an error in a task was thrown where nothing could catch it'),
  )
  process.exit = (): never => {
    throw new Error('a task called process.exit, which would end its worker: throw an error instead')
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined)
