// What a client's tasks have cost so far, by lines of its user's files.

import type { WorkerMessage } from '../protocol/messages.ts'
import type { LineFigures } from '../protocol/runs.ts'
import type { Client } from './client.ts'
import { STORED } from './phases.ts'
import type { State } from './state.ts'

/** What a group had done at some time. */
export interface GroupWork {
  runs: number
  failed: number
  skipped: number
  ms: number
  bytes: number
  spilledBytes: number
}

/** A client's graph has this group: what others made of it before is none of the client's. */
export function countFrom(state: State, client: Client, group: number): void {
  if (!client.groups.has(group)) client.groups.set(group, workOf(state, group))
}

/** One entry a line that has a place, in the order in which they were first asked for. */
export function lineFigures(state: State, client: Client): LineFigures[] {
  const lines = new Map<string, LineFigures & { names: Set<string> }>()
  for (const [group, before] of client.groups) {
    const { file, line, column, name } = state.groups.infos[group]
    if (file === undefined || line === undefined) continue
    const now = workOf(state, group)
    const id = `${line}:${file}`
    const known = lines.get(id)
    const at = known ?? {
      file,
      line,
      column: column ?? 1,
      name,
      names: new Set(),
      tasks: 0,
      failed: 0,
      skipped: 0,
      workMs: 0,
      bytes: 0,
      spilledBytes: 0,
    }
    if (!known) lines.set(id, at)
    at.names.add(name)
    at.tasks += now.runs - before.runs
    at.failed += now.failed - before.failed
    at.skipped += now.skipped - before.skipped
    at.workMs += now.ms - before.ms
    at.bytes += now.bytes - before.bytes
    at.spilledBytes += now.spilledBytes - before.spilledBytes
  }
  return [...lines.values()].map(({ names, ...figures }) => ({ ...figures, name: [...names].join(', ') }))
}

/** Values of these tasks were written to disk; of what is another task by now nothing is counted. */
export function spilled(
  { tasks, groups }: State,
  message: Extract<WorkerMessage, { type: 'spilled' }>,
): void {
  message.tasks.forEach((task, i) => {
    if (task >= 0 && task < tasks.top && tasks.run[task] === message.runs[i] && tasks.phase[task] === STORED)
      groups.spilledBytes[tasks.group[task]] += tasks.weight[task]
  })
}

function workOf({ groups }: State, group: number): GroupWork {
  return {
    runs: groups.runs[group],
    failed: groups.failed[group],
    skipped: groups.skipped[group],
    ms: groups.runMs[group],
    bytes: groups.runBytes[group],
    spilledBytes: groups.spilledBytes[group],
  }
}
