// An entry of the history in words: what its row says beside the label, and what a screen reader tells of it. Pure.

import { seconds } from '../runs/runText.ts'
import type { HistoryEntry } from './history.ts'

/** How long it took, its place, and when it began. @example rowText(entry, Date.now()) // '1.2 s · flights.ts:12 · 14:03:21' */
export const rowText = (entry: HistoryEntry, nowMs: number): string =>
  [tookText(entry), placeText(entry), whenText(entry.startedMs, nowMs)].join(' · ')

/** All of a row, its outcome among it, which is seen by its icon alone. */
export const spokenEntry = (entry: HistoryEntry, nowMs: number): string =>
  [
    entry.label,
    entry.outcome,
    tookText(entry),
    placeText(entry),
    whenText(entry.startedMs, nowMs),
    entry.says,
  ]
    .filter(Boolean)
    .join(', ')

export const tookText = ({ durationMs }: HistoryEntry): string =>
  durationMs === undefined ? 'running' : seconds(durationMs)

/** The time of day; of another day its date too. @example whenText(yesterday, now) // '28 Nov 14:03' */
export function whenText(startedMs: number, nowMs: number): string {
  const [started, now] = [new Date(startedMs), new Date(nowMs)]
  if (started.toDateString() === now.toDateString()) return started.toLocaleTimeString('en-GB')
  const day = started.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(started.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  })
  return `${day} ${started.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`
}

export function placeText({ file, place, expression, cell }: HistoryEntry): string {
  const at = place ?? { file, line: (expression ?? cell)?.line }
  return at.line === undefined ? nameOf(at.file) : `${nameOf(at.file)}:${at.line}`
}

/** One line of a run; of another file than the run's its file too. @example lineLabel({ file: '/f/load.ts', line: 6 }, '/f/a.ts') // 'load.ts:6' */
export const lineLabel = (at: { file: string; line: number }, file: string): string =>
  at.file === file ? `line ${at.line}` : `${nameOf(at.file)}:${at.line}`

const nameOf = (file: string): string =>
  file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
