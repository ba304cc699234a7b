// What a cluster tells of its jobs, to whoever asks. Pure.

import type { Job } from './jobBooks.ts'
import { logFileOf } from './jobScript.ts'
import { phaseText } from './jobStates.ts'

export interface JobReport {
  id: string
  pool: string
  state: 'submitted' | 'pending' | 'running' | 'suspended' | 'ending' | 'ended'
  /** For people: Slurm's reason, the time left, how it ended. */
  text: string
  nodes?: string
  /** Epoch milliseconds: when it may start. */
  startMs?: number
  /** When its time is over. */
  endMs?: number
  /** Names of its workers that are here. */
  workers: string[]
  logFile: string
}

export interface JobsReport {
  jobs: JobReport[]
  /** How many jobs each pool should have. */
  wanted: Record<string, number>
  adapting: boolean
  /** Why no more jobs are submitted. */
  stopped?: string
}

/** @param nowMs epoch milliseconds */
export function jobReport({ id, pool, phase, workers }: Job, logFolder: string, nowMs: number): JobReport {
  return {
    ...{ id, pool, state: phase.kind, text: phaseText(phase, nowMs), workers: [...workers] },
    logFile: logFileOf(logFolder, id),
    ...('nodes' in phase && phase.nodes !== '' && { nodes: phase.nodes }),
    ...(phase.kind === 'pending' && phase.startMs !== undefined && { startMs: phase.startMs }),
    ...(phase.kind === 'running' && phase.endMs !== undefined && { endMs: phase.endMs }),
  }
}

const EXPECTED_MAX = 3

/** What waiting tasks may hope for. @param coming jobs that have no workers yet */
export function expectedLines(coming: readonly Job[], stopped: string | undefined, nowMs: number): string[] {
  const lines = coming.slice(0, EXPECTED_MAX).map(({ id, phase }) => `job ${id} ${phaseText(phase, nowMs)}`)
  if (coming.length > EXPECTED_MAX) lines.push(`and ${coming.length - EXPECTED_MAX} more jobs`)
  if (stopped !== undefined) lines.push(stopped)
  return lines
}
