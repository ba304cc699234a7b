// What the jobs panel says of each job, ready to be shown: those that live first, the youngest end first after them. Pure.

import type { JobReport, JobsReport } from '../../runtime/protocol/jobs.ts'
import { duration } from '../cluster/quantity.ts'

export interface JobRow {
  id: string
  pool: string
  state: JobReport['state']
  /** Slurm's reason, or how it ended. */
  why: string
  nodes: string
  timeLeft: string
  resources: string
  workers: number
  live: boolean
}

/** @param nowMs epoch milliseconds */
export function jobRows({ jobs }: JobsReport, nowMs: number): JobRow[] {
  const live = jobs.filter(({ state }) => state !== 'ended')
  const ended = jobs.filter(({ state }) => state === 'ended')
  return [...live, ...ended.reverse()].map((job) => {
    const { id, pool, state, text, nodes = '', endMs, resources, workers } = job
    return {
      ...{ id, pool, state, nodes, resources },
      why: state === 'pending' ? text.replace(/^pending \((.*?)\)/, '$1') : state === 'ended' ? text : '',
      timeLeft: state === 'running' && endMs !== undefined ? duration(Math.max(0, endMs - nowMs)) : '',
      workers: workers.length,
      live: state !== 'ended',
    }
  })
}
