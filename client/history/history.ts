// The runs of a folder, also those of clusters that are gone: what was run, how it went, and what its lines cost. Pure.

import type { SourcePlace } from '../../runtime/protocol/failure.ts'
import type { LineFigures } from '../../runtime/protocol/runs.ts'
import type { Run } from '../runs/runsModel.ts'
import { failureTitle } from '../runs/runText.ts'

export type Outcome = 'running' | 'finished' | 'failed' | 'cancelled' | 'crashed'

/** One run, as plain data that a window keeps. */
export interface HistoryEntry {
  /** Unique among all clusters of the folder. */
  id: string
  /** What the cluster calls it, while that is there. */
  run: string
  label: string
  file: string
  /** Of a run of one expression: its text, and where it began (offset and line from 1). */
  expression?: { text: string; start: number; line: number }
  /** Of a run of a cell: where it began. */
  cell?: { start: number; line: number }
  startedMs: number
  durationMs?: number
  outcome: Outcome
  /** The result in one line, or why there is none. */
  says?: string
  place?: SourcePlace
  lines: LineFigures[]
}

export const ENTRIES_MAX = 200

export const idOf = (run: Run): string => `${run.startedMs}-${run.run}`

/** Which part of its file a run was of; nothing of a whole one. */
export type RunPart = Pick<HistoryEntry, 'expression' | 'cell'>

/** @param text of the file, as it was when the run began */
export function partOf({ expression, cell }: Run, text: string): RunPart {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  if (cell) return { cell: { start: cell.start, line: lineAt(cell.start) } }
  if (!expression) return {}
  const { start, end } = expression
  return { expression: { text: text.slice(start, end), start, line: lineAt(start) } }
}

/** A run as the history keeps it. */
export function entryOf(run: Run, { expression, cell }: RunPart = {}): HistoryEntry {
  const { failure, result, end } = run
  return {
    id: idOf(run),
    run: run.run,
    label: run.label,
    file: run.file,
    ...(expression && { expression }),
    ...(cell && { cell }),
    startedMs: run.startedMs,
    ...(end && { durationMs: end.durationMs }),
    outcome: end?.reason ?? 'running',
    ...(failure ? { says: failureTitle(failure) } : result ? { says: result.line } : {}),
    ...(failure?.place && { place: failure.place }),
    lines: run.lines,
  }
}

/** The history with an entry put in, or in the place of its older self: the latest first, and no more than are worth keeping. */
export function withEntry(entries: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const others = entries.filter(({ id }) => id !== entry.id)
  return [entry, ...others].sort((a, b) => b.startedMs - a.startedMs).slice(0, ENTRIES_MAX)
}

/** Runs that a window finds still running though their cluster is gone have crashed with it. */
export const withoutLive = (entries: readonly HistoryEntry[]): HistoryEntry[] =>
  entries.map((entry) => (entry.outcome === 'running' ? { ...entry, outcome: 'crashed' } : entry))
