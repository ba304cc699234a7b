// The workers as a panel: most of what they show is part of the cluster's own model.

import type { Panel } from '../frame/mountPanel.tsx'
import { applyToMemory, noMemory, type WorkersModel } from './reducer.ts'
import { WorkersView } from './WorkersView.tsx'

export const workersPanel: Panel<WorkersModel> = {
  name: 'workers',
  empty: noMemory,
  apply: applyToMemory,
  View: WorkersView,
}
