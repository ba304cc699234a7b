// What arrays cost: Dask's own benchmark of x + x.T, sums, element-wise chains, products of matrices, a million chunks.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isAsked } from './asked.ts'
import type { Figure } from './figure.ts'
import { graphSeconds } from './programs/arrayGraph.ts'

const bench = 'array'
const root = join(import.meta.dirname, '..', '..')

export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(root, 'runtime', 'dist', 'register.js'),
    join(import.meta.dirname, 'programs', 'arrayWork.ts'),
  ])
  const times = JSON.parse(stdout) as Record<string, number>
  const built = '1M chunks built and encoded'
  const ours = Object.entries(times).map(([figure, value]): Figure => ({ bench, figure, unit: 's', value }))
  if (!isAsked(built)) return ours
  const graph = [graphSeconds(1000), graphSeconds(1000), graphSeconds(1000)].sort(
    (a, b) => a.build + a.encode - b.build - b.encode,
  )[1]
  return [...ours, { bench, figure: built, unit: 's', value: graph.build + graph.encode }]
}
