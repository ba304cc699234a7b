// The task graph as a panel: its reducer and its view.

import type { Panel } from '../frame/mountPanel.tsx'
import { applyToTaskGraph, noTaskGraph, type TaskGraph } from './reducer.ts'
import { TaskGraphView } from './TaskGraphView.tsx'

export const taskGraphPanel: Panel<TaskGraph> = {
  name: 'taskGraph',
  empty: noTaskGraph,
  apply: applyToTaskGraph,
  View: TaskGraphView,
}
