// Reads what `squeue` prints of jobs. Job names may hold anything, so that the name stands last.

import { parseLimit, parseMoment } from './slurmTime.ts'

/** A job, or one element of an array, as `squeue` tells of it. */
export interface QueueRow {
  /** `'12'`, or `'11_2'` for an element of an array. */
  id: string
  /** Slurm's own number of it, which elements of arrays get when they start. */
  rawId: string
  /** `PENDING`, `RUNNING`, `COMPLETING`, `COMPLETED`, … */
  state: string
  /** Why it is pending or how it failed; empty when Slurm says `None`. */
  reason: string
  /** The nodes that it runs on, as Slurm folds them: `node[1-3]`. */
  nodes: string
  /** Epoch milliseconds; of a pending job when it may start, where Slurm knows. */
  startMs?: number
  /** When its time is over, or when it ended. */
  endMs?: number
  limitMs?: number
  name: string
}

/** For `squeue -o`. */
export const QUEUE_FORMAT = '%i|%A|%T|%r|%N|%l|%S|%e|%j'

/** Lines that do not look like a job's, such as what a login shell prints, are passed over. */
export function parseQueue(text: string): QueueRow[] {
  const rows: QueueRow[] = []
  for (const line of text.split('\n')) {
    const [id, rawId, state, reason, nodes, limit, start, end, ...name] = line.split('|')
    if (!/^\d+(_\d+)?$/.test(id) || end === undefined || !/^[A-Z_]+$/.test(state)) continue
    const startMs = parseMoment(start)
    const endMs = parseMoment(end)
    const limitMs = parseLimit(limit)
    rows.push({
      ...{ id, rawId, state, nodes, name: name.join('|') },
      reason: reason === 'None' ? '' : reason,
      ...(startMs !== undefined && { startMs }),
      ...(endMs !== undefined && { endMs }),
      ...(limitMs !== undefined && { limitMs }),
    })
  }
  return rows
}
