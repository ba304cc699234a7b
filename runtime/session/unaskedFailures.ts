// What a program is told at its end of tasks that failed and that nobody asked for: silence would hide a mistake.

import { relative } from 'node:path'
import type { SourcePlace } from '../protocol/failure.ts'
import type { TaskGroup } from '../protocol/taskOptions.ts'
import type { FutureTable, UnaskedFailure } from './futureTable.ts'

/** Calls that are named one by one. */
const NAMED_MAX = 3

/** Where a call stands in the user's code. */
export function placeOf({ file, line, column }: TaskGroup): SourcePlace | undefined {
  return file === undefined ? undefined : { file, line: line ?? 1, column: column ?? 1 }
}

/** Says which tasks have failed without anybody asking, a line a call. */
export function tellUnasked(table: FutureTable, say: (text: string) => void): void {
  const failures = [...table.unasked()]
  for (const failure of failures.slice(0, NAMED_MAX)) say(unaskedText(failure))
  const others = failures.slice(NAMED_MAX).reduce((sum, { count }) => sum + count, 0)
  if (others > 0) say(`${tasks(others)} of other calls failed too, and nobody asked for the results`)
}

/** @example unaskedText({ name: 'load', place, reason, count: 2 }) // "2 tasks of `load` (a.ts:3:8) failed, and …" */
export function unaskedText({ name, place, reason, count }: UnaskedFailure): string {
  const where = place ? ` (${relative(process.cwd(), place.file)}:${place.line}:${place.column})` : ''
  const why = typeof reason === 'string' ? reason : `${reason.name}: ${reason.message}`
  const first = why.split('\n', 1)[0]
  return (
    `${tasks(count)} of \`${name}\`${where} failed, and nobody asked for the result${count === 1 ? '' : 's'}: ${first}. ` +
    'Await result() or gather() to be told, or say fireAndForget().'
  )
}

const tasks = (count: number): string => `${count.toLocaleString('en')} task${count === 1 ? '' : 's'}`

const atExit = new Set<() => void>()

/** Does something when the process exits, or sooner when what is returned is called: once. */
export function onceAtExit(act: () => void): () => void {
  const once = (): void => {
    if (atExit.delete(once)) act()
  }
  if (atExit.size === 0) process.once('exit', actAtExit)
  atExit.add(once)
  return () => {
    once()
    if (atExit.size === 0) process.off('exit', actAtExit)
  }
}

function actAtExit(): void {
  for (const act of [...atExit]) act()
}
