// What is held on the cluster, by the line that asked for it or the name it is published by, and how others let go of it.

import type { HeldData } from '../protocol/runs.ts'
import { cancel } from './cancel.ts'
import { listDatasets, PUBLISHED, unpublish } from './datasets.ts'
import { STORED } from './phases.ts'
import type { State } from './state.ts'

/** Results that are there and wanted, the largest first: one entry for each client and group, and for each dataset. */
export function heldData(state: State): HeldData[] {
  const { wants } = state
  const found = new Map<string, HeldData>()
  eachHeld(state, (task, entry) => {
    const client = wants.client[entry]
    if (client === PUBLISHED) return
    const group = state.tasks.group[task]
    const id = `${client}/${group}`
    const { name, file, line, column } = state.groups.infos[group]
    const held = found.get(id) ?? {
      client,
      clientName: state.clients.get(client)?.name ?? '',
      group,
      name,
      ...(file !== undefined && line !== undefined && { place: { file, line, column: column ?? 1 } }),
      results: 0,
      bytes: 0,
    }
    held.results++
    held.bytes += state.tasks.weight[task]
    found.set(id, held)
  })
  for (const { name, by, tasks, done, bytes } of listDatasets(state))
    if (done > 0 || tasks === 0)
      found.set(`dataset ${name}`, {
        client: PUBLISHED,
        clientName: by,
        group: -1,
        name,
        dataset: name,
        results: done,
        bytes,
      })
  return [...found.values()].sort((a, b) => b.bytes - a.bytes)
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
