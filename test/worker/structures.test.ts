// The columns under a worker's books, held against plain maps and sorted lists with seeded random operations.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReadyQueue } from '../../runtime/worker/readyQueue.ts'
import { TaskRunTable } from '../../runtime/worker/taskRunTable.ts'

/** A small generator with a seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

for (const seed of [1, 2, 3])
  test(`the table of tasks and runs agrees with a map (seed ${seed})`, () => {
    const next = random(seed)
    const table = new TaskRunTable()
    const map = new Map<string, number>()
    for (let step = 0; step < 20_000; step++) {
      const [task, run] = [next(300), next(5) - 2]
      const key = `${task} ${run}`
      // It grows in the first half and shrinks in the second.
      if (next(100) < (step < 10_000 ? 60 : 30)) {
        table.set(task, run, step)
        map.set(key, step)
      } else {
        assert.equal(table.delete(task, run), map.get(key) ?? -1)
        map.delete(key)
      }
      assert.equal(table.size, map.size)
    }
    for (let task = 0; task < 300; task++)
      for (let run = -2; run < 3; run++) assert.equal(table.get(task, run), map.get(`${task} ${run}`) ?? -1)
  })

for (const seed of [1, 2, 3])
  test(`the ready queue agrees with a stable sort (seed ${seed})`, () => {
    const next = random(seed)
    const queue = new ReadyQueue()
    const list: { slot: number; priority: number }[] = []
    for (let step = 0; step < 5000; step++) {
      if (next(100) < 55) {
        const priority = next(50)
        queue.push(step, priority)
        const at = list.findIndex((other) => other.priority > priority)
        list.splice(at === -1 ? list.length : at, 0, { slot: step, priority })
      } else assert.equal(queue.pop(), list.shift()?.slot ?? -1)
      assert.equal(queue.peek(), list[0]?.slot ?? -1)
    }
  })
