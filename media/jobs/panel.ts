// The jobs as a panel: the newest state of each, from what the feed tells of changes.

import { applyJobsNews, type JobsReport } from '../../runtime/protocol/jobs.ts'
import type { Panel } from '../frame/mountPanel.tsx'
import { JobsView } from './JobsView.tsx'

export interface JobsModel {
  /** Absent until told: of a cluster whose workers are no jobs, for ever. */
  report?: JobsReport
  /** The cluster that it is of. */
  of?: string
}

export const jobsPanel: Panel<JobsModel> = {
  name: 'jobs',
  empty: () => ({}),
  apply(model, message) {
    if (message.type === 'snapshot' && message.cluster.id !== model.of) {
      model.report = undefined
      model.of = message.cluster.id
      return true
    }
    if (message.type !== 'jobs') return false
    model.report = applyJobsNews(model.report, message.news)
    return true
  },
  View: JobsView,
}
