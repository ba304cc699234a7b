// The task stream as a panel: its reducer and its view.

import type { Panel } from '../frame/mountPanel.tsx'
import { applyToTaskStream, noTaskStream, type TaskStream } from './reducer.ts'
import { TaskStreamView } from './TaskStreamView.tsx'

export const taskStreamPanel: Panel<TaskStream> = {
  name: 'taskStream',
  empty: () => noTaskStream(),
  apply: applyToTaskStream,
  View: TaskStreamView,
}
