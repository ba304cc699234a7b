// A stencil end to end: each task needs three of the step before. A million tasks with three million edges, and what the peer can do.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const bench = 'stencil'
const dist = join(import.meta.dirname, '..', '..', 'runtime', 'dist')

export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(dist, 'register.js'),
    join(import.meta.dirname, 'programs', 'stencilWork.ts'),
  ])
  const { small, build, whole } = JSON.parse(stdout) as { small: number; build: number; whole: number }
  return [
    { bench, figure: 'stencil of 20k tasks', unit: 'tasks/s', value: small },
    { bench, figure: 'stencil of 1M tasks, 3M edges', unit: 's', value: whole },
    { bench, figure: 'of that, until the client has written the graph', unit: 's', value: build },
  ]
}
