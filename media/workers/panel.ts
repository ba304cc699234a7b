// The workers as a panel: all they show is part of the cluster's own model.

import type { Panel } from '../frame/mountPanel.tsx'
import { WorkersView } from './WorkersView.tsx'

export const workersPanel: Panel<null> = {
  name: 'workers',
  empty: () => null,
  apply: () => false,
  View: WorkersView,
}
