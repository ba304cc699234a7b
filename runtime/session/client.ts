// The client: what a program holds of a cluster. It sends functions and collections there, and gets futures and values.

import type { AdaptOptions } from '../cluster/adapt.ts'
import type { Collection, ComputeCall, Executor } from '../graph/collection.ts'
import { kindOf } from '../graph/taskOptionChecks.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import type { ClusterAddress, ClusterInfo } from '../protocol/cluster.ts'
import type { SourcePlace } from '../protocol/failure.ts'
import { withLocalTime } from '../protocol/localTime.ts'
import type { JobsReport } from '../slurm/jobsReport.ts'
import type { SlurmProfile } from '../slurm/slurmProfile.ts'
import type { ScaleTarget } from '../slurm/wishes.ts'
import { forgetClient, rememberClient, startAmbientWith } from './ambient.ts'
import { annotatedIdentity, withAnnotations } from './annotate.ts'
import {
  type CallOptions,
  mergedOptions,
  type SplitOptions,
  splitOptions,
  withOptions,
} from './callOptions.ts'
import { callPlace, notedPlace } from './callPlace.ts'
import { computeCollections, persistCollections, sendCollections } from './computeCollections.ts'
import { OpenSite } from './computeSites.ts'
import type { Call, Core } from './core.ts'
import { coreOf, handlesOf } from './core.ts'
import { UsageError } from './errors.ts'
import { type Argument, type Arguments, Future, FutureBatch } from './future.ts'
import { type GatherOptions, gatherValues, valuesOf } from './gather.ts'
import { askJobs } from './jobs.ts'
import { mapTasks } from './mapTasks.ts'
import { type Computed, Pending } from './nested.ts'
import { ambientCore, connectCore, type LocalOptions, localCore, type OpenCluster } from './openCluster.ts'
import { requireKind, requireSignal } from './optionKinds.ts'
import { futuresOf } from './progress.ts'
import {
  type DatasetInfo,
  listPublished,
  openPublished,
  publishPersisted,
  unpublishByName,
} from './publish.ts'
import { askAbout } from './questions.ts'
import { replicateFutures } from './replicate.ts'
import { type ScatterOptions, scatterValues } from './scatter.ts'
import { type SlurmClientOptions, slurmCore } from './slurmClient.ts'
import { type SshClientOptions, sshCore } from './sshClient.ts'

/** What a `scatter` gives: a list of futures for a list, a record for a record, else one future. */
export type Scattered<T> = T extends readonly unknown[]
  ? { -readonly [K in keyof T]: Future<T[K]> }
  : T extends Record<string, unknown>
    ? { [K in keyof T]: Future<T[K]> }
    : Future<T>

/** `submit` and `map` with options: what `client.with({...})` gives. */
export class BoundOptions {
  readonly #core: Core
  readonly #options: SplitOptions

  /** Made by `client.with`. */
  constructor(core: Core, options: SplitOptions) {
    this.#core = core
    this.#options = options
  }

  /** See {@link Client.submit}. */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Arguments<A>): Future<Awaited<R>> {
    return submitTask(
      this.#core,
      fn,
      args,
      this.#options,
      notedPlace(BoundOptions.prototype.submit, fn, args),
    )
  }

  /** See {@link Client.map}. */
  map<T, R>(fn: (item: T) => R, items: Iterable<Argument<T>>): Future<Awaited<R>>[]
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: { [K in keyof A]: Iterable<Arguments<A>[K]> }
  ): Future<Awaited<R>>[]
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: { [K in keyof A]: Iterable<Arguments<A>[K]> }
  ): Future<Awaited<R>>[] {
    return mapOver(this.#core, fn, iterables, this.#options, callPlace(BoundOptions.prototype.map))
  }

  /**
   * These options and more; where both name one, the later one holds.
   * @example client.with({ retries: 2 }).with({ priority: 1 }).submit(load, 'a.csv')
   */
  with(options: CallOptions): BoundOptions {
    return new BoundOptions(this.#core, mergedOptions(this.#options, withOptions(options)))
  }
}

/**
 * A connection to a cluster. `await using client = await Client.local()` closes it at the end of the block.
 * @example
 * await using client = await Client.local({ workers: 1, threadsPerWorker: 4 })
 * const squares = client.map((x: number) => x * x, [1, 2, 3])
 * await client.gather(squares) // [1, 4, 9]
 */
export class Client implements Executor {
  readonly #core: Core
  readonly #cluster: OpenCluster
  #closing: Promise<void> | undefined

  private constructor(cluster: OpenCluster) {
    this.#cluster = cluster
    this.#core = cluster.core
    rememberClient(this)
  }

  static {
    startAmbientWith(async () => new Client(await ambientCore()))
  }

  /**
   * Starts a cluster of processes on this machine and connects to it; `close()` ends it. In a run that has a cluster
   * already (`HEDDLE_CLUSTER` names it), connects to that one instead.
   * @throws {TypeError} when an option is of another kind than it should be
   */
  static async local(options: LocalOptions = {}): Promise<Client> {
    return new Client(await localCore(options))
  }

  /**
   * Starts a cluster on machines that the system's `ssh` reaches and connects to it; `close()` ends it. The scheduler runs
   * on the first host, workers on all. Heddle brings what is not there, but Node only when that is allowed.
   * @throws {HostError} naming the host that cannot be reached or used, and the way out
   * @example await using client = await Client.ssh({ hosts: ['me@big.example.org'], threadsPerWorker: 8 })
   */
  static async ssh(options: SshClientOptions): Promise<Client> {
    return new Client(await sshCore(options))
  }

  /**
   * Starts a cluster whose workers are jobs of Slurm and connects to it; `close()` ends it, and its jobs.
   * @param profile what jobs ask for: `cores` and `memory` of each at least
   * @throws {ProfileError} naming the part of the profile that cannot be
   * @throws {SlurmError} with Slurm's own reason, when it refuses what is asked
   * @throws {HostError} when the profile's `host` cannot be reached
   */
  static async slurm(profile: SlurmProfile, options: SlurmClientOptions = {}): Promise<Client> {
    return new Client(await slurmCore(profile, options))
  }

  /** The jobs that this cluster's workers run in. @throws {RefusedError} when they are none */
  jobs(): Promise<JobsReport> {
    return askJobs(this.#core)
  }

  /**
   * Has the number of jobs, or of this machine's workers, follow what there is to do, until `scale` asks for a number.
   * @throws {RefusedError} when it cannot
   * @example await client.adapt({ minimum: 1, maximum: 8 })
   */
  async adapt(options: AdaptOptions): Promise<void> {
    await askJobs(this.#core, { adapt: options })
  }

  /**
   * Connects to a running scheduler.
   * @param where `ws://host:port`, `unix:/path`, the path of a `cluster.json`, or what that file holds
   * @throws {ConnectError} when nobody answers, the token is wrong, or versions differ
   */
  static async connect(
    where: string | URL | ClusterAddress,
    options: { token?: string; name?: string } = {},
  ): Promise<Client> {
    return new Client(await connectCore(where, options))
  }

  /**
   * Calls `fn(...args)` on the cluster. An argument may be a future, or plain data with futures inside: the call then
   * waits for them there, and their values need not come here.
   * @throws {CannotTravelError} when the function or an argument cannot travel
   * @example client.submit(Math.max, 1, client.submit(Math.sqrt, 16))
   */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Arguments<A>): Future<Awaited<R>> {
    return submitTask(this.#core, fn, args, NO_OPTIONS, notedPlace(Client.prototype.submit, fn, args))
  }

  /**
   * Calls `fn` for each item, or with several iterables for each position as far as the shortest goes. Gives the futures
   * in the items' order.
   * @throws {CannotTravelError} when the function or an item cannot travel
   * @example client.map((path) => readFile(path, 'utf8'), ['a.csv', 'b.csv'])
   */
  map<T, R>(fn: (item: T) => R, items: Iterable<Argument<T>>): Future<Awaited<R>>[]
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: { [K in keyof A]: Iterable<Arguments<A>[K]> }
  ): Future<Awaited<R>>[]
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: { [K in keyof A]: Iterable<Arguments<A>[K]> }
  ): Future<Awaited<R>>[] {
    return mapOver(this.#core, fn, iterables, NO_OPTIONS, callPlace(Client.prototype.map))
  }

  /**
   * The same `submit` and `map` with options, which never mix with arguments.
   * @example client.with({ retries: 2, timeoutMs: 5000 }).submit(load, 'a.csv')
   */
  with(options: CallOptions): BoundOptions {
    return new BoundOptions(this.#core, withOptions(options))
  }

  /**
   * The results of futures, wherever they stand in lists, plain objects, maps and sets.
   * @throws the first failure among them, as soon as it is known
   * @example await client.gather({ low: futureOfLow, rest: [futureOfRest] })
   */
  gather<T>(futures: T, options: GatherOptions = {}): Promise<Computed<T>> {
    requireOptions('gather', options, { signal: true })
    return gatherValues(futures, 'gather', callPlace(Client.prototype.gather), options.signal) as Promise<
      Computed<T>
    >
  }

  /**
   * Puts values of this process on the cluster: a list gives a list of futures, a record a record of them.
   * @param options `broadcast` puts a copy on every worker; `workers` says which may hold it
   * @throws {CannotTravelError} when a value cannot travel
   */
  async scatter<T>(value: T, options: ScatterOptions = {}): Promise<Scattered<T>> {
    requireOptions('scatter', options, { broadcast: true, workers: true, signal: true })
    if (Array.isArray(value)) return (await scatterValues(this.#core, value, options)) as Scattered<T>
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      const names = Object.keys(value)
      const futures = await scatterValues(this.#core, Object.values(value), options)
      return Object.fromEntries(names.map((name, i) => [name, futures[i]])) as Scattered<T>
    }
    return (await scatterValues(this.#core, [value], options))[0] as Scattered<T>
  }

  // As an executor it gets a list and where it was called from; a user gives whatever holds collections.
  /**
   * The values of collections and futures, wherever they stand in lists, plain objects, maps and sets. What they share runs once.
   * @throws the first failure among them, as soon as it is known
   * @example const [mean, max] = await client.compute([x.mean(), x.max()])
   */
  compute(collections: readonly Collection[], call: ComputeCall): Promise<unknown[]>
  compute<T>(values: T, options?: GatherOptions): Promise<Computed<T>>
  compute(values: unknown, options: GatherOptions | ComputeCall = {}): Promise<unknown> {
    if (isCall(options)) return this.#compute(values, options)
    requireOptions('compute', options, { signal: true })
    requireSignal(options.signal, 'compute')
    return this.#compute(
      values,
      { method: 'compute', place: callPlace(Client.prototype.compute) },
      options.signal,
    )
  }

  async #compute(values: unknown, call: ComputeCall, signal?: AbortSignal): Promise<unknown> {
    const pending = new Pending(values)
    if (pending.isEmpty) return values
    const futures = valuesOf(pending.futures, call.method, call.place, signal)
    futures.catch(() => {}) // Awaited below; the collections may fail first.
    const computed =
      pending.collections.length > 0 ? await this.#collections(pending.collections, call, signal) : []
    return pending.replace(values, await futures, computed)
  }

  async #collections(
    collections: readonly Collection[],
    call: ComputeCall,
    signal?: AbortSignal,
  ): Promise<unknown[]> {
    await Promise.all(collections.map((collection) => collection.prepare?.()))
    const sent = sendCollections(this.#core, collections)
    const site = new OpenSite(call.method, call.place, sent.tasks)
    try {
      const values = await computeCollections(this.#core, collections, site, sent, signal)
      site.ended()
      return values
    } catch (error) {
      site.cutShort()
      // What failed has its own error: that something is left is the lesser trouble.
      for (const collection of collections) await collection.abandon?.().catch(() => {})
      throw error
    }
  }

  /**
   * Starts computing collections on the cluster and gives the same collections standing on the results, which stay
   * there for as long as those collections do.
   */
  persist(collections: readonly Collection[], call: ComputeCall): Promise<Collection[]>
  persist<T>(values: T): Promise<T>
  async persist(values: unknown): Promise<unknown> {
    const pending = new Pending(values)
    if (pending.collections.length === 0) return values
    await Promise.all(pending.collections.map((collection) => collection.prepare?.()))
    const sent = sendCollections(this.#core, pending.collections)
    return pending.replace(values, pending.futures, persistCollections(this.#core, pending.collections, sent))
  }

  /**
   * Holds collections and futures on the cluster by a name, wherever they stand in lists, plain objects, maps and sets, so
   * that other programs can use them: until `unpublish` or the end of the cluster, also after this program has ended. Collections
   * are persisted; what still runs goes on.
   * @param options.overwrite replaces what is published by that name
   * @returns the same, standing on what is held
   * @throws {DatasetError} when the name is taken, or something in the value cannot be published
   * @example
   * await client.publish('squares', bag.range(4).map((x) => x * x))
   * const squares = await client.dataset<Bag<number>>('squares')
   * await squares.sum().compute() // 14
   */
  async publish<T>(name: string, value: T, options: { overwrite?: boolean } = {}): Promise<T> {
    requireOptions('publish', options, { overwrite: true })
    requireKind('publish: overwrite', options.overwrite, 'boolean', 'true or false')
    const persist = (given: unknown): Promise<unknown> => this.persist(given)
    return (await publishPersisted(this.#core, name, value, persist, options.overwrite ?? false)) as T
  }

  /**
   * What is published by a name: the same collections and futures, in the same lists and objects.
   * @throws {DatasetError} when nothing is; its text says the nearest names
   * @example
   * await client.publish('limits', { low: client.submit(Math.min, 3, 1), unit: 'mm' })
   * await client.compute(await client.dataset('limits')) // { low: 1, unit: 'mm' }
   */
  async dataset<T = unknown>(name: string): Promise<T> {
    return (await openPublished(this.#core, name)) as T
  }

  /**
   * What is published on the cluster, by name.
   * @example
   * await client.publish('one', client.submit(Math.min, 1))
   * ;(await client.datasets()).map(({ name, kind }) => `${name}: ${kind}`) // ['one: future']
   */
  datasets(): Promise<DatasetInfo[]> {
    return listPublished(this.#core)
  }

  /**
   * Gives a name up: what nobody else holds is freed. Programs that have opened the dataset keep what they hold.
   * @throws {DatasetError} when nothing is published by that name
   * @example
   * await client.publish('old', [1, 2])
   * await client.unpublish('old')
   * await client.datasets() // []
   */
  async unpublish(name: string): Promise<void> {
    await unpublishByName(this.#core, name)
  }

  /** Stops the tasks of futures and of persisted collections, wherever they stand in plain data, and those that need them. */
  cancel(futures: unknown, options: { reason?: string } = {}): void {
    requireOptions('cancel', options, { reason: true })
    requireKind('cancel: reason', options.reason, 'string', 'a text')
    const list = futuresOf(futures)
    coreOf(list)?.cancel(handlesOf(list), options.reason ?? 'it was cancelled')
  }

  /** Runs tasks again that failed, those of persisted collections too. @throws {UsageError} when one was cancelled or released */
  retry(futures: unknown): void {
    const list = futuresOf(futures)
    coreOf(list)?.retry(handlesOf(list))
  }

  /**
   * Asks for another number of workers, and resolves when the request is taken. Where workers are jobs, the number may be one
   * of `jobs`, `workers`, `cores` or `memory`, of a pool.
   * @throws {RefusedError} when this cluster cannot be scaled
   * @example client.scale({ cores: 64, pool: 'gpu' })
   */
  async scale(workers: number | ScaleTarget): Promise<void> {
    if (isTarget(workers)) {
      await askJobs(this.#core, { scale: workers })
      return
    }
    if (!Number.isInteger(workers) || workers < 1)
      throw new UsageError(`scale needs a whole number of workers ≥ 1, not ${kindOf(workers)}`)
    this.#core.requireOpen()
    await this.#core.connection.request('scale', (request) => ({ type: 'scale', request, workers }))
  }

  /**
   * Moves results from the fullest workers to the emptiest, until all are about equally full.
   * @returns how many values are on their way, and their bytes
   */
  rebalance(): Promise<{ values: number; bytes: number }> {
    return askAbout(this.#core, 'rebalance') as Promise<{ values: number; bytes: number }>
  }

  /**
   * Has more workers hold the results of futures, wherever these stand in lists and plain objects, so that many can read
   * them at once and none is lost with one worker. Waits until the futures are done. The copies stay until fewer are asked
   * for, or the results are let go of.
   * @param options.copies how many workers shall hold each; all of them by default
   * @returns how many copies are on their way
   * @throws {UsageError} when `copies` is no whole number above 0
   * @example await client.replicate(client.submit(loadTable), { copies: 2 })
   */
  async replicate(futures: unknown, options: { copies?: number } = {}): Promise<{ copies: number }> {
    requireOptions('replicate', options, { copies: true })
    return replicateFutures(this.#core, futuresOf(futures), options.copies)
  }

  /** What the cluster is made of now: its workers, their threads and memory. */
  info(): Promise<ClusterInfo> {
    return askAbout(this.#core, 'info') as Promise<ClusterInfo>
  }

  /** What happened to a task so far, a line an event, each with its time by this machine's clock. */
  async story(task: Future | string): Promise<string[]> {
    const lines = (await askAbout(this.#core, 'story', task)) as string[]
    return lines.map((line) => withLocalTime(line))
  }

  /** Why a task is not running. */
  explain(task: Future | string): Promise<string[]> {
    return askAbout(this.#core, 'explain', task) as Promise<string[]>
  }

  /** All of the scheduler's state, for a report of a fault. */
  dumpState(): Promise<unknown> {
    return askAbout(this.#core, 'dump')
  }

  /** Where a browser finds the dashboard. */
  get dashboardUrl(): string {
    // Of a cluster elsewhere, the near end's.
    return this.#core.address.dashboardUrl ?? this.#core.connection.cluster.dashboardUrl
  }

  /** The cluster's id. */
  get clusterId(): string {
    return this.#core.connection.cluster.id
  }

  /** How to reach the cluster: the path of its `cluster.json`, or the address given to `connect`. */
  get address(): string {
    return this.#core.address.source
  }

  /** Whether it can still be used. */
  get closed(): boolean {
    return this.#core.connection.closedBecause !== undefined
  }

  /** Disconnects; a cluster that this client started ends. Futures that have no result are then lost. */
  close(): Promise<void> {
    forgetClient(this)
    this.#closing ??= this.#cluster.close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Begins to close; `await using` also waits for the end. */
  [Symbol.dispose](): void {
    this.close().catch(() => {})
  }
}

const isTarget = (workers: number | ScaleTarget): workers is ScaleTarget =>
  typeof workers === 'object' && workers !== null && !Array.isArray(workers)

/** Whether an executor is asked, which says who asked it, or a client by its user. */
const isCall = (options: GatherOptions | ComputeCall): options is ComputeCall =>
  typeof options === 'object' && options !== null && 'method' in options

const NO_OPTIONS = splitOptions(undefined)

function submitTask<R>(
  core: Core,
  fn: (...args: never) => R,
  args: readonly unknown[],
  options: SplitOptions,
  place: SourcePlace | undefined,
): Future<Awaited<R>> {
  options.signal?.throwIfAborted()
  const handle = core.submit(callOf(fn, 'submit', options, place), args)
  const future = new Future<Awaited<R>>(new FutureBatch(core, handle, 1), handle)
  if (options.signal) cancelOn(options.signal, [future])
  return future
}

function mapOver<R>(
  core: Core,
  fn: (...args: never) => R,
  iterables: readonly unknown[],
  options: SplitOptions,
  place: SourcePlace | undefined,
): Future<Awaited<R>>[] {
  options.signal?.throwIfAborted()
  const call = callOf(fn, 'map', options, place)
  const futures = mapTasks(core, call, iterables as readonly Iterable<unknown>[])
  if (options.signal) cancelOn(options.signal, futures)
  return futures as Future<Awaited<R>>[]
}

function callOf(
  fn: (...args: never) => unknown,
  kind: string,
  options: SplitOptions,
  place: SourcePlace | undefined,
): Call {
  if (typeof fn !== 'function')
    throw new UsageError(`${kind} needs a function first, not ${fn === null ? 'null' : typeof fn}`)
  const around = annotatedIdentity()
  return {
    fn,
    group: { name: options.name ?? (fn.name || 'anonymous'), kind, ...place },
    options: withAnnotations(options.task),
    pure: options.pure ?? around.pure ?? true,
    key: options.key ?? around.key,
  }
}

/** Cancels what is left of `futures` when `signal` fires. Only weakly held, so that a long-lived signal keeps no results. */
function cancelOn(signal: AbortSignal, futures: readonly Future[]): void {
  const weak = futures.map((future) => new WeakRef(future))
  const onAbort = (): void => {
    const reason = signal.reason instanceof Error ? signal.reason.message : String(signal.reason)
    for (const each of weak) each.deref()?.cancel(reason)
  }
  signal.addEventListener('abort', onAbort, { once: true })
}
