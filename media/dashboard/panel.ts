// The dashboard as a panel: every other panel's model, kept alive while one of them is shown.

import type { Panel } from '../frame/mountPanel.tsx'
import { gpuPanel } from '../gpu/panel.ts'
import type { Gpus } from '../gpu/reducer.ts'
import { type JobsModel, jobsPanel } from '../jobs/panel.ts'
import { resultsPanel } from '../results/panel.ts'
import type { Results } from '../results/reducer.ts'
import { taskGraphPanel } from '../taskGraph/panel.ts'
import type { TaskGraph } from '../taskGraph/reducer.ts'
import { taskStreamPanel } from '../taskStream/panel.ts'
import type { TaskStream } from '../taskStream/reducer.ts'
import { workersPanel } from '../workers/panel.ts'
import type { WorkersModel } from '../workers/reducer.ts'
import { DashboardView } from './DashboardView.tsx'

export interface Dashboard {
  taskGraph: TaskGraph
  taskStream: TaskStream
  workers: WorkersModel
  gpu: Gpus
  jobs: JobsModel
  results: Results
}

export const dashboardPanel: Panel<Dashboard> = {
  name: 'dashboard',
  empty: () => ({
    taskGraph: taskGraphPanel.empty(),
    taskStream: taskStreamPanel.empty(),
    workers: workersPanel.empty(),
    gpu: gpuPanel.empty(),
    jobs: jobsPanel.empty(),
    results: resultsPanel.empty(),
  }),
  apply: (model, message, cluster) => {
    const changes = [
      taskGraphPanel.apply(model.taskGraph, message, cluster),
      taskStreamPanel.apply(model.taskStream, message, cluster),
      workersPanel.apply(model.workers, message, cluster),
      gpuPanel.apply(model.gpu, message, cluster),
      jobsPanel.apply(model.jobs, message, cluster),
      resultsPanel.apply(model.results, message, cluster),
    ]
    return changes.includes(true)
  },
  View: DashboardView,
}
