// From a thread's statistical profile to the user's lines: where samples were taken, through source maps. Pure.
//
// V8 says the line of the innermost function alone; of a function that calls others it is not known which of its lines did.
// What a user's function spends in others (Node's, packages', ours, native code) is therefore counted at its own first line.

import type { LineTime } from '../protocol/runs.ts'

/** A node of a profile as V8's inspector gives it (https://chromedevtools.github.io/devtools-protocol/v8/Profiler/). */
export interface ProfileNode {
  id: number
  /** Lines and columns count from 0; `url` is empty for what has no script. */
  callFrame: { url: string; lineNumber: number; columnNumber: number }
  children?: number[]
  /** Lines from 1, of the script. */
  positionTicks?: { line: number; ticks: number }[]
}

export interface StatisticalProfile {
  nodes: ProfileNode[]
  /** Ids of the nodes that samples were taken in, and the microseconds before each. */
  samples?: number[]
  timeDeltas?: number[]
}

/** The user's line for a place in a script: both count from 0. Nothing where it is not the user's. */
export type LineMapper = (
  url: string,
  line: number,
  column: number | undefined,
) => { file: string; line: number } | undefined

/** One entry a line of the user's that any sample belongs to. */
export function profileLines(
  { nodes, samples = [], timeDeltas = [] }: StatisticalProfile,
  lineOf: LineMapper,
): LineTime[] {
  const msOf = millisecondsOf(samples, timeDeltas)
  const parents = new Map<number, ProfileNode>()
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node)
  const sums = new LineTimes()
  const headOf = ({ callFrame: { url, lineNumber, columnNumber } }: ProfileNode) =>
    url === '' ? undefined : lineOf(url, lineNumber, columnNumber)
  for (const node of nodes) {
    const ms = msOf.get(node.id)
    if (!ms) continue
    const head = headOf(node)
    if (head) {
      const ticks = node.positionTicks ?? []
      const all = ticks.reduce((sum, each) => sum + each.ticks, 0)
      if (all === 0) sums.add(head, ms, 0)
      for (const each of ticks) {
        const line = each.line - 1
        const place = line === node.callFrame.lineNumber ? head : lineOf(node.callFrame.url, line, undefined)
        sums.add(place ?? head, (ms * each.ticks) / all, 0)
      }
      continue
    }
    for (let caller = parents.get(node.id); caller; caller = parents.get(caller.id)) {
      const at = headOf(caller)
      if (!at) continue
      sums.add(at, 0, ms)
      break
    }
  }
  return sums.lines()
}

/** Sums of times, by lines. */
export class LineTimes {
  readonly #byLine = new Map<string, LineTime>()

  add({ file, line }: { file: string; line: number }, selfMs: number, calledMs: number): void {
    const id = `${line}:${file}`
    const known = this.#byLine.get(id)
    if (known) {
      known.selfMs += selfMs
      known.calledMs += calledMs
    } else this.#byLine.set(id, { file, line, selfMs, calledMs })
  }

  addAll(lines: readonly LineTime[]): void {
    for (const line of lines) this.add(line, line.selfMs, line.calledMs)
  }

  /** In the order in which the lines first came. */
  lines(): LineTime[] {
    return [...this.#byLine.values()]
  }
}

/** A sample stands for the time until the next one; the last one for as much as the one before. */
function millisecondsOf(samples: readonly number[], timeDeltas: readonly number[]): Map<number, number> {
  const sums = new Map<number, number>()
  samples.forEach((node, i) => {
    const us = timeDeltas[i + 1] ?? timeDeltas[i] ?? 0
    sums.set(node, (sums.get(node) ?? 0) + Math.max(0, us) / 1000)
  })
  return sums
}
