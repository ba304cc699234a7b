// The user's program of the graphs bench: run by Node with heddle's loader, it prints its times as JSON.

import { Client, delayed } from 'heddle'
import { isAsked } from '../asked.ts'
import { type GraphShape, SHAPES } from '../graphShapes.ts'

const RUNS = 3
const SLOW_TASKS = 2000
const SLOW_MS = 1

/** Takes what it depends on and hardly computes: how many ways lead through the shape, so that nothing can be left out. */
const combine = (...counts: number[]): number => {
  let sum = 1
  for (const count of counts) sum += count
  return sum
}
const timesTen = (x: number): number => x * 10
const sumOf = (...xs: number[]): number => xs.reduce((a, b) => a + b, 0)
const add = (a: number, b: number): number => a + b

/** Blocks its thread, as `time.sleep` does. */
const sleep = (ms: number, _i: number): number => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  return ms
}

/** What a session asks of a graph under construction; a shape has no collection of its own. */
interface Graph {
  addGroup(request: { name: string; fn: typeof combine; pure: boolean }): number
  addTask(group: number, args: readonly unknown[]): unknown
}

/** A shape as a lazy collection of one value. Impure, so that every run computes everything. */
const shapeCollection = ({ name, dependencies }: GraphShape) => ({
  collectionKind: 'shape',
  buildTasks(graph: Graph): readonly unknown[] {
    const group = graph.addGroup({ name, fn: combine, pure: false })
    const tasks: unknown[] = []
    for (const own of dependencies)
      tasks.push(
        graph.addTask(
          group,
          own.map((task) => tasks[task]),
        ),
      )
    return tasks.slice(-1)
  },
  assemble: ([size]: readonly unknown[]) => size,
  standingOn(): never {
    throw new Error('a shape is not persisted')
  },
})

/** Built with `delayed`, as the paper's programs are; each run has numbers of its own. */
function lazyOf(name: string, round: number): { lazy: { compute(): Promise<number> }; expected: number } {
  const options = { pure: false }
  if (name.startsWith('merge-')) {
    const count = Number(name.slice(6, -1)) * 1000
    const ten = delayed(timesTen, options)
    const numbers = Array.from({ length: count }, (_, i) => i + round)
    return {
      lazy: delayed(sumOf, options)(...numbers.map((x) => ten(x))),
      expected: numbers.reduce((sum, x) => sum + 10 * x, 0),
    }
  }
  const plus = delayed(add, options)
  let level: (number | ReturnType<typeof plus>)[] = Array.from(
    { length: 2 ** Number(name.slice(5)) },
    (_, i) => i + round,
  )
  const expected = (level as number[]).reduce((sum, x) => sum + x, 0)
  while (level.length > 1) {
    const next: typeof level = []
    for (let i = 0; i < level.length; i += 2) next.push(plus(level[i] as number, level[i + 1] as number))
    level = next
  }
  return { lazy: level[0] as ReturnType<typeof plus>, expected }
}

/** What `combine` gives over a whole shape. */
function sizeOf({ dependencies }: GraphShape): number {
  const sizes: number[] = []
  for (const own of dependencies) sizes.push(combine(...own.map((task) => sizes[task])))
  return sizes[sizes.length - 1]
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]
const client = await Client.local({ workers: 2, threadsPerWorker: 1 })

async function timed(work: (round: number) => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= RUNS; round++) {
    const seconds = await work(round)
    if (round > 0) times.push(seconds)
  }
  return median(times)
}

const secondsOf = (shape: GraphShape): Promise<number> =>
  timed(async (round) => {
    if (!/^(merge|tree)/.test(shape.name)) {
      const collection = shapeCollection(shape)
      const began = performance.now()
      const size: unknown = await client.compute(collection)
      const seconds = (performance.now() - began) / 1000
      if (size !== sizeOf(shape)) throw new Error(`${shape.name} gave ${size}, not ${sizeOf(shape)}`)
      return seconds
    }
    // Building the expression is not measured, at the peer neither.
    const { lazy, expected } = lazyOf(shape.name, round)
    const began = performance.now()
    const value = await lazy.compute()
    const seconds = (performance.now() - began) / 1000
    if (value !== expected) throw new Error(`${shape.name} gave ${value}, not ${expected}`)
    return seconds
  })

const found: { name: string; tasks: number; seconds: number }[] = []
for (const shape of SHAPES)
  found.push({ name: shape.name, tasks: shape.dependencies.length, seconds: await secondsOf(shape) })
if (isAsked('merge_slow')) {
  const slow = await timed(async () => {
    const wait = delayed(sleep, { pure: false })
    const lazy = delayed(sumOf, { pure: false })(
      ...Array.from({ length: SLOW_TASKS }, (_, i) => wait(SLOW_MS, i)),
    )
    const began = performance.now()
    if ((await lazy.compute()) !== SLOW_TASKS * SLOW_MS) throw new Error('merge_slow is wrong')
    return (performance.now() - began) / 1000
  })
  found.push({ name: 'merge_slow', tasks: SLOW_TASKS + 1, seconds: slow })
}
console.log(JSON.stringify(found))
await client.close()
