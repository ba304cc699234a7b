// The page of the workers.

import { mountPanel } from '../frame/mountPanel.tsx'
import { workersPanel } from './panel.ts'

mountPanel(workersPanel)
