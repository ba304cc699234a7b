// The page of the results.

import { mountPanel } from '../frame/mountPanel.tsx'
import { resultsPanel } from './panel.ts'

mountPanel(resultsPanel)
