// Asks a cluster about the jobs that its workers run in, and for more or fewer of them.

import type { AdaptOptions } from '../cluster/adapt.ts'
import type { JobsReport } from '../slurm/jobsReport.ts'
import type { ScaleTarget } from '../slurm/wishes.ts'
import type { Core } from './core.ts'

/** What may be asked; nothing in it asks how they are. */
export interface JobsRequest {
  scale?: ScaleTarget
  adapt?: AdaptOptions
}

/** @throws {RefusedError} when the cluster's workers are no jobs, or what is asked cannot be */
export async function askJobs(core: Core, details: JobsRequest = {}): Promise<JobsReport> {
  core.requireOpen()
  const answer = await core.connection.request('jobs', (request) => ({
    ...{ type: 'query', request, what: 'jobs', details },
  }))
  if (answer.type !== 'answer') throw new Error(`jobs was answered by ${answer.type}`)
  return answer.value as JobsReport
}
