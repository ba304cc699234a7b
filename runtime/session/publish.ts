// Datasets: what a program publishes by a name, and what another makes of it.

import { CannotTravelError } from '../functions/cannotTravel.ts'
import { decodeValue, encodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import { buildTogether, type Collection } from '../graph/collection.ts'
import { heldAs, isTellable, remadeHeld, type TellableCollection } from '../graph/heldCollection.ts'
import { TaskGraph } from '../graph/taskGraph.ts'
import { nearest } from '../kernels/nearestNames.ts'
import type { DatasetAnswer, DatasetSummary, FoundDataset, PublishAnswer } from '../protocol/datasets.ts'
import { DIGEST_BYTES, type Handle } from '../protocol/ids.ts'
import type { Core } from './core.ts'
import { DatasetError, UsageError } from './errors.ts'
import { Future, handleOf, holderOf } from './future.ts'
import { Pending } from './nested.ts'

/** What the list of datasets says of one. */
export interface DatasetInfo {
  name: string
  /** `array`, `bag`, `dataframe`, `delayed`, `future`, or `data` for plain data with such inside. */
  kind: string
  /** The name of the client that published it. */
  by: string
  publishedAt: Date
  /** Partitions, blocks and futures, and how many of them are there by now. */
  tasks: number
  done: number
  /** Of those that are there, in memory or spilled. */
  bytes: number
}

/** A future or collection of a dataset. References to them stand in the data by number, futures first. */
interface Part {
  /** Absent for a future. */
  collectionKind?: string
  description?: unknown
  /** How many tasks it stands on. */
  count: number
}

/** The scheduler keeps what describes a dataset: data belongs on workers. */
const DESCRIPTION_BYTES_MAX = 1e6

/**
 * Publishes what `persist` makes of a value: its collections stand on futures then. What can be refused is refused before.
 * @throws {DatasetError} when the name is taken, or something in the value cannot be published
 */
export async function publishPersisted(
  core: Core,
  name: string,
  given: unknown,
  persist: (value: unknown) => Promise<unknown>,
  overwrite: boolean,
): Promise<unknown> {
  requireName('publish', name)
  core.requireOpen()
  for (const collection of new Pending(given).collections) requireTellable(name, collection)
  if (!overwrite) {
    const taken = (await ask<DatasetSummary[]>(core, 'datasets')).find((each) => each.name === name)
    if (taken) throw takenError(taken)
  }
  const value = await persist(given)
  const { futures, collections } = new Pending(value)
  const held: Future[] = [...futures]
  const parts: Part[] = futures.map(() => ({ count: 1 }))
  for (const collection of collections) {
    const standsOn = futuresOf(name, collection)
    held.push(...standsOn)
    parts.push(partOf(name, collection, standsOn.length))
  }
  for (const future of held)
    if (holderOf(future) !== core)
      throw new DatasetError(name, `${name} cannot be published: ${future.key} belongs to another client`)
  const numbers = new Map<object, number>([...futures, ...collections].map((part, i) => [part, i]))
  const answer = await core.using(held, () => {
    core.seal()
    return ask<PublishAnswer>(core, 'publish', {
      name,
      kind: kindOf(value, futures, collections),
      handles: held.map(handleOf),
      description: describe(core, name, value, parts, numbers),
      overwrite,
    })
  })
  if ('taken' in answer) throw takenError(answer.taken)
  if ('unheld' in answer)
    throw new DatasetError(
      name,
      `${name} cannot be published: ${held[answer.unheld].key} was released or cancelled. Compute it again, and publish that.`,
    )
  return value
}

/** What a persisted collection stands on. */
function futuresOf(name: string, collection: Collection): Future[] {
  const [references] = buildTogether(new TaskGraph(), [collection])
  return references.map((reference) => {
    if (reference instanceof Future) return reference
    throw new DatasetError(
      name,
      `${name} cannot be published: its ${collection.collectionKind} does not stand on what is held. Persist it first, and publish that.`,
    )
  })
}

function partOf(name: string, collection: Collection, count: number): Part {
  const { collectionKind } = collection
  return { collectionKind, description: requireTellable(name, collection)[heldAs](), count }
}

function requireTellable(name: string, collection: Collection): TellableCollection {
  if (isTellable(collection)) return collection
  throw new DatasetError(
    name,
    `${name} cannot be published: another program cannot make a collection of the kind ${collection.collectionKind} again. ` +
      'Publish a bag, an array, a data frame or a delayed value of it.',
  )
}

function kindOf(value: unknown, futures: readonly Future[], collections: readonly Collection[]): string {
  if (value === futures[0]) return 'future'
  return value === collections[0] && collections.length > 0 ? collections[0].collectionKind : 'data'
}

function describe(
  core: Core,
  name: string,
  value: unknown,
  parts: readonly Part[],
  numbers: ReadonlyMap<object, number>,
): Uint8Array {
  const data = plainBytes(core, name, value, (part) => numbers.get(part) ?? -1)
  if (data.length > DESCRIPTION_BYTES_MAX)
    throw new DatasetError(
      name,
      `${name} cannot be published: ${(data.length / 1e6).toFixed(1)} MB of plain data stand beside its futures and ` +
        'collections, which the scheduler would keep. Scatter them first: await client.scatter(value)',
    )
  return plainBytes(core, name, { parts, data })
}

/** @throws {DatasetError} when something in the data means nothing in another program */
function plainBytes(
  core: Core,
  name: string,
  value: unknown,
  reference?: (part: object) => number,
): Uint8Array {
  const refused = (what: string, cause?: unknown): DatasetError =>
    new DatasetError(
      name,
      `${name} cannot be published: ${what}, which another program does not have. Publish plain data, or a future of it: await client.scatter(value)`,
      cause,
    )
  try {
    const { bytes } = encodeValue(value, { rootName: 'value', kernels: core.kernels, reference })
    if (modulesOfValue(bytes).length > 0) throw refused('functions or instances of classes stand in its data')
    return bytes
  } catch (error) {
    if (!(error instanceof CannotTravelError)) throw error
    throw refused(error.path && error.type ? `\`${error.path}\` is ${error.type}` : error.message, error)
  }
}

/**
 * What is published by a name, held by this client too.
 * @throws {DatasetError} when nothing is
 */
export async function openPublished(core: Core, name: string): Promise<unknown> {
  requireName('dataset', name)
  while (true) {
    const found = await ask<DatasetAnswer>(core, 'dataset', { name })
    if ('names' in found) throw unknownError(name, found.names)
    const futures = await holdAll(core, name, found)
    // Between the two questions it was published anew.
    if (!futures) continue
    return remade(core, found, futures)
  }
}

/** Futures of what is published; nothing when it is not any more. */
async function holdAll(core: Core, name: string, found: FoundDataset): Promise<Future[] | undefined> {
  const count = found.taskNames.length
  const first: Handle = core.table.next
  found.taskNames.forEach((taskName, i) => {
    const handle = core.table.allocate(1, taskName)
    core.table.setDigest(handle, found.digests, i * DIGEST_BYTES)
    const key = found.customKeys[i]
    if (key !== null) core.table.setCustomKey(handle, key)
  })
  let isHeld = false
  try {
    isHeld = await ask<boolean>(core, 'hold-dataset', { name, number: found.number, first })
  } finally {
    if (!isHeld) core.releaseRange(first, count)
  }
  return isHeld ? core.futures((batch, handle) => new Future(batch, handle), first, count) : undefined
}

function remade(core: Core, { description }: FoundDataset, futures: readonly Future[]): unknown {
  const { kernels } = core
  const { parts, data } = decodeValue({ bytes: description, buffers: [] }, { kernels }) as {
    parts: Part[]
    data: Uint8Array
  }
  let at = 0
  const made = parts.map(({ collectionKind, description, count }) => {
    const own = futures.slice(at, at + count)
    at += count
    return collectionKind === undefined ? own[0] : remadeHeld(collectionKind, description, own)
  })
  return decodeValue({ bytes: data, buffers: [] }, { kernels, reference: (index) => made[index] })
}

export async function listPublished(core: Core): Promise<DatasetInfo[]> {
  const list = await ask<DatasetSummary[]>(core, 'datasets')
  return list.map(({ publishedMs, ...rest }) => ({ ...rest, publishedAt: new Date(publishedMs) }))
}

/** @throws {DatasetError} when nothing is published by that name */
export async function unpublishByName(core: Core, name: string): Promise<void> {
  requireName('unpublish', name)
  if (await ask<boolean>(core, 'unpublish', { name })) return
  const names = (await ask<DatasetSummary[]>(core, 'datasets')).map((each) => each.name)
  throw unknownError(name, names)
}

async function ask<R>(core: Core, what: string, details?: object): Promise<R> {
  core.requireOpen()
  const answer = await core.connection.request(what, (request) => ({ type: 'query', request, what, details }))
  if (answer.type !== 'answer') throw new Error(`${what} was answered by ${answer.type}`)
  return answer.value as R
}

function requireName(method: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw new UsageError(
      `${method} needs a name first, a text that is not empty, not ${JSON.stringify(name) ?? typeof name}`,
    )
}

function takenError({ name, kind, by, publishedMs }: DatasetSummary): DatasetError {
  return new DatasetError(
    name,
    `${JSON.stringify(name)} is published already: ${kind}, by ${by} at ${new Date(publishedMs).toISOString()}. ` +
      'Choose another name, or replace it with { overwrite: true }.',
  )
}

function unknownError(name: string, names: readonly string[]): DatasetError {
  const near = nearest(name, names)
  const quoted = (list: readonly string[]): string => list.map((each) => JSON.stringify(each)).join(', ')
  const wayOut =
    near.length > 0
      ? `Is ${near.map((each) => JSON.stringify(each)).join(' or ')} meant?`
      : names.length > 0
        ? `There are ${quoted(names.slice(0, NAMES_SHOWN))}${names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : ''}.`
        : 'Nothing is published on this cluster.'
  return new DatasetError(name, `nothing is published by the name ${JSON.stringify(name)}. ${wayOut}`)
}

const NAMES_SHOWN = 5
