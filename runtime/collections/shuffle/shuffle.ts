// The plan of a shuffle: which tasks split and split again, and which parts of theirs every target gets. Bags and tables
// say what these tasks do.

import type { ShuffleStage } from '../../kernels/shuffleStage.ts'

/** What a shuffle's tasks are, each given as the reference of a task. */
export interface ShuffleWork {
  /** One task a source: splits it. */
  split(stage: ShuffleStage): readonly unknown[]
  /** One task a list of parts that came to one group: puts them one behind the other and splits them. */
  splitAgain(lists: readonly (readonly unknown[])[], stage: ShuffleStage): readonly unknown[]
  /** One part of a split: what stands for it in arguments, so that a worker gets no other. */
  part(part: number, split: unknown): unknown
}

/** Where a shuffle is done in several stages. Tests make them smaller. */
export const stageLimits = {
  /** More parts than this are not taken in one stage: a stage more reads and writes all data once more. */
  edgesMax: 2 ** 20,
  /** Nor are stages added to split into fewer parts than this. */
  partsFew: 64,
}

/**
 * How many neighbouring targets belong together before each stage, and behind the last, which is one. With 1000 on each side,
 * items go to 32 groups first, and then within each.
 * @example spansOf(10, 8) // [8, 1]
 * @example spansOf(2000, 2000) // [2000, 45, 1]
 */
export function spansOf(sources: number, targets: number, edgesMax = stageLimits.edgesMax): number[] {
  let stages = 1
  const few = Math.min(stageLimits.partsFew, edgesMax)
  const parts = (): number => Math.ceil(targets ** (1 / stages) - 1e-9)
  while (sources * parts() > edgesMax && parts() > few) stages++
  // Each is a multiple of the next, so that groups of groups begin where groups do.
  return [targets, ...Array.from({ length: stages }, (_, i) => parts() ** (stages - 1 - i))]
}

/** How the sources are split: towards the targets themselves, or towards groups of them. */
export const firstStage = (
  sources: number,
  targets: number,
  spans = spansOf(sources, targets),
): ShuffleStage => stageAt(spans, 0, 0, targets)

const stageAt = (spans: readonly number[], level: number, first: number, targets: number): ShuffleStage => ({
  first,
  span: spans[level],
  step: spans[level + 1],
  parts: Math.ceil(targets / spans[level + 1]),
})

/** The parts of each target, in the order of the sources. */
export function shuffle(
  sources: number,
  targets: number,
  work: ShuffleWork,
  spans = spansOf(sources, targets),
): readonly unknown[][] {
  const brought = (
    splits: readonly unknown[],
    level: number,
    first: number,
    size: number,
  ): readonly unknown[][] => {
    const { step, parts } = stageAt(spans, level, first, size)
    const own = Array.from({ length: parts }, (_, part) => splits.map((split) => work.part(part, split)))
    if (step === 1) return own
    return own.flatMap((pieces, group) => {
      const members = Math.min(step, size - group * step)
      if (members === 1) return [pieces]
      // So many pieces are as much as a source was.
      const lists = shares(pieces, Math.ceil(pieces.length / parts))
      const at = first + group * step
      const again = work.splitAgain(lists, stageAt(spans, level + 1, at, members))
      return brought(again, level + 1, at, members)
    })
  }
  return brought(work.split(firstStage(sources, targets, spans)), 0, 0, targets)
}

/** A list in `count` runs of nearly the same length. */
function shares<T>(items: readonly T[], count: number): T[][] {
  const at = (i: number): number => Math.floor((i * items.length) / count)
  return Array.from({ length: count }, (_, i) => items.slice(at(i), at(i + 1)))
}
