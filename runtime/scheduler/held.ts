// What is held on the cluster, by the line that asked for it or the name it is published by, and how others let go of it.

import type { HeldData } from '../protocol/runs.ts'
import { cancel } from './cancel.ts'
import { listDatasets, PUBLISHED, unpublish } from './datasets.ts'
import { STORED } from './phases.ts'
import type { State } from './state.ts'

/**
 * Results that are there and wanted, the largest first: one entry for each client and group, and for each dataset. What is
 * published is not told of once more for the clients that hold it: they are named beside it.
 */
export function heldData(state: State): HeldData[] {
  const { wants, tasks } = state
  const found = new Map<string, HeldData>()
  const datasetOf = publishedTasks(state)
  const holders = new Map<string, Map<string, Holder>>()
  eachHeld(state, (task, entry) => {
    const client = wants.client[entry]
    if (client === PUBLISHED) return
    const group = tasks.group[task]
    const id = `${client}/${group}`
    const clientName = state.clients.get(client)?.name ?? ''
    const dataset = datasetOf.get(task)
    if (dataset !== undefined) {
      const known = holders.get(dataset) ?? new Map<string, Holder>()
      holders.set(dataset, known.set(id, { clientName, ...placeOf(state, group) }))
      return
    }
    const held = found.get(id) ?? {
      client,
      clientName,
      group,
      name: state.groups.infos[group].name,
      ...placeOf(state, group),
      results: 0,
      bytes: 0,
    }
    held.results++
    held.bytes += tasks.weight[task]
    found.set(id, held)
  })
  for (const { name, by, tasks: parts, done, bytes } of listDatasets(state)) {
    if (done === 0 && parts > 0) continue
    const [first] = state.datasets.get(name)?.entries ?? []
    const too = holders.get(name)
    found.set(`dataset ${name}`, {
      client: PUBLISHED,
      clientName: by,
      group: -1,
      name,
      dataset: name,
      ...(too && { alsoHeldBy: [...too.values()] }),
      ...(first !== undefined && placeOf(state, tasks.group[wants.task[first]])),
      results: done,
      bytes,
    })
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes)
}

type Holder = NonNullable<HeldData['alsoHeldBy']>[number]

/** By task, the dataset that it is of; of several the last one that was published. */
function publishedTasks({ datasets, wants }: State): Map<number, string> {
  const found = new Map<number, string>()
  for (const { name, entries } of datasets.values())
    for (const entry of entries) found.set(wants.task[entry], name)
  return found
}

/** The line that asked for a group's tasks, where it is known. */
function placeOf({ groups }: State, group: number): Pick<HeldData, 'place'> {
  const { file, line, column } = groups.infos[group]
  return file !== undefined && line !== undefined ? { place: { file, line, column: column ?? 1 } } : {}
}

/** Lets go of them in the client's place, which is told so. Returns how many results it held. */
export function letGo(state: State, clientId: number, group: number): number {
  const client = state.clients.get(clientId)
  if (!client) return 0
  const handles: number[] = []
  eachHeld(state, (task, entry) => {
    if (state.wants.client[entry] === clientId && state.tasks.group[task] === group)
      handles.push(state.wants.handle[entry])
  })
  cancel(state, client, Uint32Array.from(handles), 'its data was released by hand')
  return handles.length
}

/** Unpublishes it. Returns how many results were held by that name. */
export function letGoOfDataset(state: State, name: string): number {
  const results = state.datasets.get(name)?.entries.length ?? 0
  unpublish(state, name)
  return results
}

function eachHeld({ tasks, wants }: State, tell: (task: number, entry: number) => void): void {
  for (let task = 0; task < tasks.top; task++) {
    if (tasks.phase[task] !== STORED) continue
    for (let entry = tasks.wants[task]; entry >= 0; entry = wants.next[entry]) tell(task, entry)
  }
}
