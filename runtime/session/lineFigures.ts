// What this process's tasks have cost, by lines of the user's files: asked of every cluster that it is a client of.

import { liftHook } from '../functions/liftHook.ts'
import { LineTimes } from '../functions/profileLines.ts'
import type { LineFigures, LineTime } from '../protocol/runs.ts'
import type { Core } from './core.ts'
import { askAbout } from './questions.ts'

/** Connections that are open, and what the tasks of closed ones had cost. */
const open = new Set<Core>()
const closed: LineFigures[] = []
const times = new LineTimes()
/** At the end of a run nobody waits long for figures. */
const ANSWER_MS_MAX = 500
/** Samples have to be gathered from threads, which may be busy for as long as their workers wait for them. */
const TIMES_MS_MAX = 1500
/** A run that has gone on for so long is worth the sampling. */
const LONG_MS = 500
let counting = false
let sampling = false

/** Says that figures will be asked for: without this, connections are not remembered. */
export function countLines(): void {
  counting = true
}

/** Has threads sampled while this process has connections: see `RunSpec.profile`. */
export function sampleLines(how: 'whole' | 'if-long'): void {
  if (how === 'whole') sampling = true
  else setTimeout(sampleOpen, LONG_MS).unref()
}

function sampleOpen(): void {
  sampling = true
  for (const core of open) watch(core)
}

/** The tasks of this connection count from now on. */
export function openLines(core: Core): void {
  if (!counting) return
  open.add(core)
  if (sampling) watch(core)
}

function watch(core: Core): void {
  askAbout(core, 'watch-lines').catch(() => {}) // It is over: so is its sampling.
}

/** The last chance to learn what the tasks of a connection have cost. */
export async function closeLines(core: Core): Promise<void> {
  if (!open.delete(core)) return
  const { lines, times: more } = await figuresOf(core)
  closed.push(...lines)
  times.addAll(more)
}

/** The figures so far; what does not answer in time is left out. Threads are sampled no more. */
export async function lineFigures(): Promise<{ lines: LineFigures[]; times: LineTime[] }> {
  // Connections that close meanwhile are among those that are asked here.
  const over = [...closed]
  const still = await Promise.all([...open].map(figuresOf))
  for (const { times: more } of still) times.addAll(more)
  // Other programs' lines are none of this one's.
  const own = times.lines().filter(({ file }) => liftHook.loaded.has(file))
  return { lines: [...over, ...still.flatMap(({ lines }) => lines)], times: own }
}

async function figuresOf(core: Core): Promise<{ lines: LineFigures[]; times: LineTime[] }> {
  const [lines, times] = await Promise.all([
    answerOf<LineFigures>(core, 'lines', ANSWER_MS_MAX),
    sampling ? answerOf<LineTime>(core, 'line-times', TIMES_MS_MAX) : [],
  ])
  return { lines, times }
}

async function answerOf<T>(core: Core, what: 'lines' | 'line-times', msMax: number): Promise<T[]> {
  if (core.connection.closedBecause !== undefined) return []
  const late = new Promise<[]>((resolve) => setTimeout(resolve, msMax, []).unref())
  return (await Promise.race([askAbout(core, what), late]).catch(() => [])) as T[]
}
