// The paper's graphs by name: end to end with two worker processes, and with zero workers, which answer without computing.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'
import { edgesOf, type GraphShape, SHAPES, TWINS } from './graphShapes.ts'
import { cost } from './schedulerCore.bench.ts'

const bench = 'graphs'
const dist = join(import.meta.dirname, '..', '..', 'runtime', 'dist')

export async function figures(): Promise<Figure[]> {
  const found: Figure[] = []
  // The peer computes the very same graphs.
  const edges = Object.fromEntries(TWINS.map(({ name, dependencies }) => [name, dependencies]))
  writeFileSync(join(tmpdir(), 'heddle-bench-shapes.json'), JSON.stringify(edges))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(dist, 'register.js'),
    join(import.meta.dirname, 'programs', 'graphsWork.ts'),
  ])
  for (const { name, tasks, seconds } of JSON.parse(stdout) as {
    name: string
    tasks: number
    seconds: number
  }[]) {
    if (name === 'merge_slow') found.push({ bench, figure: 'merge_slow', unit: 's', value: seconds })
    else found.push({ bench, figure: name, unit: 'tasks/s', value: tasks / seconds })
  }
  for (const shape of SHAPES) {
    const { usPerTask } = zeroWorkers(shape)
    found.push({ bench, figure: `${shape.name}, zero workers`, unit: 'µs/task', value: usPerTask })
  }
  return found
}

/** The scheduler's CPU time a task: workers in its own process answer at once. */
function zeroWorkers(shape: GraphShape): { usPerTask: number } {
  const count = shape.dependencies.length
  const offsets = new Uint32Array(count + 1)
  const dependencies = new Int32Array(edgesOf(shape))
  let at = 0
  shape.dependencies.forEach((own, task) => {
    dependencies.set(own, at)
    at += own.length
    offsets[task + 1] = at
  })
  return cost({ tasks: count, offsets, dependencies, wanted: Uint32Array.of(count - 1) }, 2, 1, 7)
}

if (import.meta.main)
  for (const { figure, unit, value } of await figures())
    console.log(`${figure}: ${Number(value.toPrecision(3))} ${unit}`)
