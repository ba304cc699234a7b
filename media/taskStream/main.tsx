// The page of the task stream.

import { mountPanel } from '../frame/mountPanel.tsx'
import { taskStreamPanel } from './panel.ts'

mountPanel(taskStreamPanel)
