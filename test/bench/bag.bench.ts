// What bags cost: words of text, JSON lines, whole numbers, and 3 million flights on one thread and on two.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bag } from '../../runtime/collections/index.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { isAsked } from './asked.ts'
import { bagData } from './bagData.ts'
import type { Figure } from './figure.ts'

const bench = 'bag'
const root = join(import.meta.dirname, '..', '..')
const FLIGHTS = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet')

export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(root, 'runtime', 'dist', 'register.js'),
    join(import.meta.dirname, 'programs', 'bagWork.ts'),
    bagData(),
    FLIGHTS,
  ])
  const times = JSON.parse(stdout) as Record<string, number>
  const ours = Object.entries(times).map(([figure, value]): Figure => ({ bench, figure, unit: 's', value }))
  const built = 'graph of 100k partitions, built'
  return isAsked(built) ? [...ours, { bench, figure: built, unit: 's', value: graphSeconds() }] : ours
}

/** How long it takes to build the tasks of a bag with 100k partitions. */
function graphSeconds(): number {
  const began = performance.now()
  const graph = new TaskGraph()
  bag
    .range(100_000, { partitions: 100_000 })
    .map((x) => x)
    .sum()
    .buildTasks(graph)
  return (performance.now() - began) / 1000
}
