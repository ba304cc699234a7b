// The page of the jobs.

import { mountPanel } from '../frame/mountPanel.tsx'
import { jobsPanel } from './panel.ts'

mountPanel(jobsPanel)
