// The GPUs as a panel: their reducer and their view.

import type { Panel } from '../frame/mountPanel.tsx'
import { GpuView } from './GpuView.tsx'
import { applyToGpus, type Gpus, noGpus } from './reducer.ts'

export const gpuPanel: Panel<Gpus> = { name: 'gpu', empty: noGpus, apply: applyToGpus, View: GpuView }
