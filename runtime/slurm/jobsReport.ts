// What a cluster tells of its jobs, to whoever asks. Pure.

import type { JobReport } from '../protocol/jobs.ts'
import type { Job } from './jobBooks.ts'
import { logFileOf, requestOf } from './jobScript.ts'
import { phaseText } from './jobStates.ts'
import type { JobRequest } from './slurmProfile.ts'
import type { SlurmSetup } from './slurmSetup.ts'

export type { JobReport, JobsReport } from '../protocol/jobs.ts'

/** @param nowMs epoch milliseconds */
export function jobReport(
  { id, pool, phase, workers, requeues }: Job,
  { profile, place }: Pick<SlurmSetup, 'profile' | 'place'>,
  nowMs: number,
): JobReport {
  return {
    ...{ id, pool, state: phase.kind, text: phaseText(phase, nowMs, requeues), workers: [...workers] },
    resources: resourcesText(requestOf(profile, pool)),
    logFile: logFileOf(place.logFolder, id),
    ...(phase.kind === 'pending' && phase.reason !== '' && { reason: phase.reason }),
    ...('nodes' in phase && phase.nodes !== '' && { nodes: phase.nodes }),
    ...(phase.kind === 'pending' && phase.startMs !== undefined && { startMs: phase.startMs }),
    ...(phase.kind === 'running' && phase.endMs !== undefined && { endMs: phase.endMs }),
  }
}

/** What a job asks for. @example resourcesText({ cores: 4, memory: '8GB', gpus: 1 }) // '4 cores · 8GB · 1 GPU' */
export function resourcesText({ nodes = 1, cores, memory, gpus, gres }: JobRequest): string {
  const kind = typeof gpus === 'string' && gpus.includes(':') ? ` ${gpus.split(':')[0]}` : ''
  const count = Number(
    String(gpus ?? 0)
      .split(':')
      .at(-1),
  )
  const parts = [
    ...(nodes === 1 ? [] : [`${nodes} nodes of`]),
    `${cores} core${cores === 1 ? '' : 's'}`,
    typeof memory === 'number' ? `${Math.round(memory / 1e6)}MB` : memory,
    ...(count > 0 ? [`${count}${kind} GPU${count === 1 ? '' : 's'}`] : []),
    ...(gres === undefined ? [] : [gres]),
  ]
  return parts.join(' · ').replace('of · ', 'of ')
}

const EXPECTED_MAX = 3

/** What waiting tasks may hope for. @param coming jobs that have no workers yet @param troubles why no others come */
export function expectedLines(coming: readonly Job[], troubles: readonly string[], nowMs: number): string[] {
  const lines = coming
    .slice(0, EXPECTED_MAX)
    .map(({ id, phase, requeues }) => `job ${id} ${phaseText(phase, nowMs, requeues)}`)
  if (coming.length > EXPECTED_MAX) lines.push(`and ${coming.length - EXPECTED_MAX} more jobs`)
  return [...lines, ...troubles]
}
