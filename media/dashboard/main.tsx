// The front page of the HTTP dashboard.

import { mountPanel } from '../frame/mountPanel.tsx'
import { dashboardPanel } from './panel.ts'

mountPanel(dashboardPanel)
