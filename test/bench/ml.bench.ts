// What models cost: boosting, clusters, logistic regression and a grid search, on two threads; boosting beyond memory.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const bench = 'ml'
const root = join(import.meta.dirname, '..', '..')

export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(root, 'runtime', 'dist', 'register.js'),
    join(import.meta.dirname, 'programs', 'mlWork.ts'),
  ])
  const times = JSON.parse(stdout) as Record<string, number>
  return Object.entries(times).map(([figure, value]): Figure => ({ bench, figure, unit: 's', value }))
}
