// The user's program of the stencil bench: run by Node with heddle's loader, it prints its figures as JSON.

import { Client } from 'heddle'

/** Takes its neighbours of the step before, and hardly computes. */
const combine = (...counts: number[]): number => {
  let sum = 1
  for (const count of counts) sum += count % 1000
  return sum
}

/** What a session asks of a graph under construction. */
interface Graph {
  addGroup(request: { name: string; fn: typeof combine; pure: boolean }): number
  addTask(group: number, args: readonly unknown[]): unknown
}

/** `steps` rows of `width` tasks, and one that takes the last row. Impure, so that every run computes everything. */
const stencil = (width: number, steps: number, built: () => void) => ({
  collectionKind: 'stencil',
  buildTasks(graph: Graph): readonly unknown[] {
    const group = graph.addGroup({ name: 'step', fn: combine, pure: false })
    let row: unknown[] = []
    for (let step = 0; step < steps; step++) {
      const before = row
      row = []
      for (let x = 0; x < width; x++)
        row.push(graph.addTask(group, step === 0 ? [] : before.slice(Math.max(0, x - 1), x + 2)))
    }
    const end = graph.addTask(group, row)
    setImmediate(built)
    return [end]
  },
  assemble: ([value]: readonly unknown[]) => value,
  standingOn(): never {
    throw new Error('a stencil is not persisted')
  },
})

/** What it gives. */
function valueOfStencil(width: number, steps: number): number {
  let row = new Array<number>(width).fill(combine())
  for (let step = 1; step < steps; step++)
    row = row.map((_, x) => combine(...row.slice(Math.max(0, x - 1), x + 2)))
  return combine(...row)
}

async function seconds(
  client: Client,
  width: number,
  steps: number,
): Promise<{ whole: number; build: number }> {
  let build = 0
  const began = performance.now()
  const value: unknown = await client.compute(
    stencil(width, steps, () => {
      build = (performance.now() - began) / 1000
    }),
  )
  const whole = (performance.now() - began) / 1000
  const expected = valueOfStencil(width, steps)
  if (value !== expected) throw new Error(`the stencil gave ${value}, not ${expected}`)
  return { whole, build }
}

const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
await seconds(client, 100, 200)
const small = 20_001 / (await seconds(client, 100, 200)).whole
const { whole, build } = await seconds(client, 1000, 1000)
console.log(JSON.stringify({ small, whole, build }))
await client.close()
