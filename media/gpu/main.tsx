// The page of the GPUs.

import { mountPanel } from '../frame/mountPanel.tsx'
import { gpuPanel } from './panel.ts'

mountPanel(gpuPanel)
