// Datasets: results that the scheduler holds by a name, whoever published them, until they are unpublished.

import type { DatasetAnswer, DatasetSummary, PublishAnswer, PublishRequest } from '../protocol/datasets.ts'
import { DIGEST_BYTES } from '../protocol/ids.ts'
import type { Client } from './client.ts'
import { CUSTOM, ERRED, STORED } from './phases.ts'
import { dropWant } from './release.ts'
import { dirtyClient, type State } from './state.ts'

/** In the pool of wants: not a client, but the dataset whose number is the handle. */
export const PUBLISHED = -1

export interface Dataset {
  /** Names are used again, numbers are not. */
  readonly number: number
  readonly name: string
  readonly kind: string
  readonly by: string
  readonly publishedMs: number
  readonly description: Uint8Array
  /** Of the pool of wants, in the order of the publisher's handles. */
  readonly entries: readonly number[]
}

/** Holds the results behind a client's handles by a name. What stood there goes only once the new is held: they may share. */
export function publish(
  state: State,
  client: Client,
  { name, kind, handles, description, overwrite }: PublishRequest,
): PublishAnswer {
  const { datasets, wants } = state
  const before = datasets.get(name)
  if (before && !overwrite) return { taken: summaryOf(state, before) }
  const held = handles.map((handle) => client.handles.get(handle))
  const unheld = held.findIndex((entry) => entry < 0)
  if (unheld >= 0) return { unheld }
  const number = state.nextDataset++
  const entries = held.map((entry) => want(state, PUBLISHED, number, wants.task[entry]))
  datasets.set(name, {
    number,
    name,
    kind,
    by: client.name,
    publishedMs: state.nowMs,
    description: description.slice(),
    entries,
  })
  if (before) drop(state, before)
  return { published: number }
}

/** Says whether there was something by that name. */
export function unpublish(state: State, name: string): boolean {
  const dataset = state.datasets.get(name)
  if (!dataset) return false
  state.datasets.delete(name)
  drop(state, dataset)
  return true
}

function drop(state: State, { entries }: Dataset): void {
  for (const entry of entries) dropWant(state, entry)
}

export function findDataset(state: State, name: string): DatasetAnswer {
  const { tasks, wants, groups } = state
  const dataset = state.datasets.get(name)
  if (!dataset) return { names: [...state.datasets.keys()] }
  const rows = dataset.entries.map((entry) => wants.task[entry])
  const known = new Uint8Array(tasks.digests.buffer)
  const digests = new Uint8Array(rows.length * DIGEST_BYTES)
  rows.forEach((row, i) => {
    digests.set(known.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES), i * DIGEST_BYTES)
  })
  return {
    number: dataset.number,
    description: dataset.description,
    digests,
    taskNames: rows.map((row) => groups.infos[tasks.group[row]].name),
    customKeys: rows.map((row) => ((tasks.flags[row] & CUSTOM) === 0 ? null : state.customNames.get(row)!)),
  }
}

/**
 * A client holds what is published too, by handles in a row from `first` on, and is told what is there already. False when
 * it is not published any more: another may stand there by that name.
 * @returns a text when the handles cannot be had
 */
export function holdDataset(
  state: State,
  client: Client,
  { name, number, first }: { name: string; number: number; first: number },
): boolean | string {
  const { tasks, wants } = state
  const dataset = state.datasets.get(name)
  if (dataset?.number !== number) return false
  for (let handle = first; handle < first + dataset.entries.length; handle++)
    if (client.handles.get(handle) >= 0) return `handle ${handle} is in use: a client must not use one twice`
  dataset.entries.forEach((entry, i) => {
    const task = wants.task[entry]
    const handle = first + i
    client.handles.add(handle, want(state, client.id, handle, task))
    if (tasks.phase[task] === STORED) client.outbox.finished(handle, tasks.weight[task], NOTHING, 0, 0)
    else if (tasks.phase[task] === ERRED) client.outbox.erred(handle, state.failures.get(task)!)
  })
  dirtyClient(state, client)
  return true
}

const NOTHING = new Uint8Array(0)

/** Somebody more wants a task that others want already. */
function want({ wants, tasks }: State, holder: number, handle: number, task: number): number {
  tasks.keepers[task]++
  tasks.waiters[task]++
  return wants.add(holder, handle, task, tasks.wants)
}

/** What is published, by name. */
export function listDatasets(state: State): DatasetSummary[] {
  return [...state.datasets.values()]
    .map((dataset) => summaryOf(state, dataset))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function summaryOf({ tasks, wants }: State, dataset: Dataset): DatasetSummary {
  const { name, kind, by, publishedMs, entries } = dataset
  let done = 0
  let bytes = 0
  for (const entry of entries) {
    const task = wants.task[entry]
    if (tasks.phase[task] !== STORED) continue
    done++
    bytes += tasks.weight[task]
  }
  return { name, kind, by, publishedMs, tasks: entries.length, done, bytes }
}
