// The page of the task graph.

import { mountPanel } from '../frame/mountPanel.tsx'
import { taskGraphPanel } from './panel.ts'

mountPanel(taskGraphPanel)
