// How long workers of a job have, and what clocks that differ are told as. Pure.

import type { JobPhase } from './jobStates.ts'
import type { SlurmProfile } from './slurmProfile.ts'
import { timeText } from './slurmTime.ts'

/** A handover takes a tenth of a job's time, within these. */
const HANDOVER_S = { least: 30, most: 300 }
/** Clocks that are closer than this are not spoken of; nor is a change by less. */
const OFFSET_TOLD_MS = 10_000

/**
 * When a job's workers begin to hand over, and when they are ended.
 * @returns nothing for a job that does not run or has no limit
 */
export function workerTime(
  phase: JobPhase,
  { handoverSeconds }: Pick<SlurmProfile, 'handoverSeconds'>,
  nowMs: number,
): { retireMs: number; endsMs: number } | undefined {
  if (phase.kind !== 'running' || phase.endMs === undefined) return undefined
  const { endMs: endsMs, startMs = nowMs } = phase
  const { least, most } = HANDOVER_S
  const handoverMs = 1000 * (handoverSeconds ?? Math.min(most, Math.max(least, (endsMs - startMs) / 10_000)))
  return { retireMs: endsMs - handoverMs, endsMs }
}

/**
 * @param toldMs what was told last
 * @returns nothing when there is nothing new to tell
 * @example clockText(-120_000, 0) // "Slurm's clock is 2 min behind this machine's: …"
 */
export function clockText(offsetMs: number, toldMs: number): string | undefined {
  if (Math.abs(offsetMs) < OFFSET_TOLD_MS || Math.abs(offsetMs - toldMs) < OFFSET_TOLD_MS) return undefined
  const where = offsetMs > 0 ? 'ahead of' : 'behind'
  return `Slurm's clock is ${timeText(Math.abs(offsetMs))} ${where} this machine's: ends of jobs are reckoned with that`
}
