// What happened to a job, in words for a person. Pure.

import type { JobEvent } from './jobBooks.ts'
import { endText, type JobPhase, reasonText } from './jobStates.ts'

const on = (phase: JobPhase): string => ('nodes' in phase && phase.nodes !== '' ? ` on ${phase.nodes}` : '')

/** An event as a person is told of it. */
export function eventText(event: Exclude<JobEvent, { kind: 'proven' }>): {
  level: 'info' | 'warning' | 'error'
  text: string
} {
  const { job } = event
  switch (event.kind) {
    case 'found':
      return { level: 'info', text: `job ${job.id} is one of this cluster's, though Slurm did not say so` }
    case 'started':
      return { level: 'info', text: `job ${job.id} has started${on(job.phase)}` }
    case 'stuck':
      return { level: 'warning', text: `job ${job.id} cannot start as it is: ${reasonText(event.reason)}` }
    case 'requeued':
      return {
        level: 'warning',
        text: `job ${job.id} was put back into the queue by Slurm${event.reason ? ` (${event.reason})` : ''}: its workers come again when it starts`,
      }
    case 'suspended':
      return {
        level: 'warning',
        text: `job ${job.id} was suspended by Slurm${on(job.phase)}: what its workers do stands still until it goes on`,
      }
    case 'resumed':
      return { level: 'info', text: `job ${job.id} goes on${on(job.phase)}` }
    case 'ended': {
      const phase = job.phase as Extract<JobPhase, { kind: 'ended' }>
      const text = `job ${job.id} ${endText(phase.how, phase.reason, phase.nodes)}`
      if (job.asked || (phase.how === 'completed' && job.joined)) return { level: 'info', text }
      return { level: event.failed ? 'error' : 'warning', text }
    }
    default:
      return event satisfies never
  }
}
