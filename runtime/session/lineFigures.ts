// What this process's tasks have cost, by lines of the user's files: asked of every cluster that it is a client of.

import type { LineFigures } from '../protocol/runs.ts'
import type { Core } from './core.ts'
import { askAbout } from './questions.ts'

/** Connections that are open, and what the tasks of closed ones had cost. */
const open = new Set<Core>()
const closed: LineFigures[] = []
/** At the end of a run nobody waits long for figures. */
const ANSWER_MS_MAX = 500
let counting = false

/** Says that figures will be asked for: without this, connections are not remembered. */
export function countLines(): void {
  counting = true
}

/** The tasks of this connection count from now on. */
export function openLines(core: Core): void {
  if (counting) open.add(core)
}

/** The last chance to learn what the tasks of a connection have cost. */
export async function closeLines(core: Core): Promise<void> {
  if (open.delete(core)) closed.push(...(await figuresOf(core)))
}

/** The figures so far; what does not answer in time is left out. */
export async function lineFigures(): Promise<LineFigures[]> {
  return [...closed, ...(await Promise.all([...open].map(figuresOf))).flat()]
}

async function figuresOf(core: Core): Promise<LineFigures[]> {
  if (core.connection.closedBecause !== undefined) return []
  const late = new Promise<[]>((resolve) => setTimeout(resolve, ANSWER_MS_MAX, []).unref())
  return (await Promise.race([askAbout(core, 'lines'), late]).catch(() => [])) as LineFigures[]
}
