// What happened to one task, and why it is not done yet: in sentences for people.

import { digestOfKeyText } from '../protocol/ids.ts'
import {
  ASSIGNED,
  COPIED,
  CREATED,
  DIED,
  DROPPED,
  FAILED,
  FINISHED,
  type JournalEntry,
  LET_GO,
  LOST,
  MISSED,
  NEEDED_AGAIN,
  QUEUED,
  RECALLED_STEP,
  RETURNED,
  THREW,
} from './journal.ts'
import { PHASE_NAMES } from './phases.ts'
import { keyOf, type State } from './state.ts'

/** The row of a key as people write it, or −1. */
export function rowOfKey(state: State, key: string): number {
  for (const [row, name] of state.customNames) if (name === key) return row
  const digest = digestOfKeyText(key)
  if (!digest) return -1
  return state.keys.find(state.tasks.digests, new Int32Array(digest.buffer), 0)
}

export function story(state: State, key: string): string[] {
  const row = rowOfKey(state, key)
  if (row < 0) return [`${key} is not known here: it was never submitted, or everybody has let go of it.`]
  const lines = historyOf(state, row)
  const failure = state.failures.get(row)
  if (failure) lines.push(`failed: ${failure.key} ${failure.name}: ${failure.message}`)
  lines.push(`is now ${PHASE_NAMES[state.tasks.phase[row]]}`)
  return lines
}

/** What is still known of a task's way until now, a line a step. */
export function historyOf(state: State, row: number): string[] {
  const { tasks } = state
  const segment = state.segments[tasks.segment[row]]!
  const lines = [
    `${timeOf(segment.createdMs)} came with graph ${segment.serial}, in the group ${state.groups.infos[tasks.group[row]].name}`,
  ]
  for (const entry of state.journal.of(row)) {
    const line = sentence(state, entry)
    // The ring may still hold lines of a task that had the row before.
    if (line && entry.atMs >= segment.createdMs - 1) lines.push(`${timeOf(entry.atMs)} ${line}`)
  }
  for (const line of state.troubles.get(row)?.lines ?? []) lines.push(line)
  return lines
}

/** Whoever reads it makes it a time of their own clock (`protocol/localTime.ts`): this machine may stand elsewhere. */
const timeOf = (ms: number): string => new Date(ms).toISOString()

/** A worker that has left is named too; a name may have been given again since. */
function nameOf(state: State, worker: number): string {
  if (worker < 0) return ''
  const name = state.workerNames[worker]
  return state.workers[worker] ? name : `${name}, which has left`
}

function sentence(state: State, { step, run, worker }: JournalEntry): string {
  const name = nameOf(state, worker)
  switch (step) {
    case CREATED:
      return ''
    case QUEUED:
      return 'could run; waited for a worker with room'
    case ASSIGNED:
      return `run ${run} was given to ${name}`
    case FINISHED:
      return `run ${run} finished on ${name}`
    case THREW:
      return `run ${run} failed on ${name}`
    case LOST:
      return `the value of run ${run} was lost: no worker holds it any more`
    case RETURNED:
      return `run ${run} was given back by ${name} before it began`
    case DROPPED:
      return `run ${run} ended on ${name} without a result`
    case MISSED:
      return `run ${run} could not start on ${name}: a dependency could not be fetched`
    case FAILED:
      return 'failed for good'
    case NEEDED_AGAIN:
      return 'was needed again'
    case LET_GO:
      return 'nobody needed it any more'
    case RECALLED_STEP:
      return `run ${run} was asked back from ${name} for an idle worker`
    case COPIED:
      return `${name} holds the value of run ${run}`
    case DIED:
      return `run ${run} ended with its worker, ${name}`
    default:
      throw new RangeError(`no sentence for step ${step} of ${keyOf(state, run)}`)
  }
}
