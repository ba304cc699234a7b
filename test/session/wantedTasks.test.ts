// Handles and the tasks they want, held against a map of every one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WantedTasks } from '../../runtime/session/wantedTasks.ts'

/** Wants one behind another: how many tasks, what is skipped before them, and whether what is fresh is taken then. */
const wants = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 5 }),
    handlesSkipped: fc.constantFrom(0, 0, 0, 3),
    tasksSkipped: fc.constantFrom(0, 0, 0, 1),
    takes: fc.boolean(),
  }),
)

test('runs of wanted tasks give what was added, each once', () => {
  const wanted = new WantedTasks()
  fc.assert(
    fc.property(wants, (steps) => {
      const all = new Map<number, number>()
      const given = new Map<number, number>()
      let handle = 1
      let task = 0
      for (const { count, handlesSkipped, tasksSkipped, takes } of steps) {
        handle += handlesSkipped
        task += tasksSkipped
        wanted.add(handle, task, count)
        for (let i = 0; i < count; i++) all.set(handle++, task++)
        if (!takes) continue
        wanted.takeFresh((first, at, length) => {
          for (let i = 0; i < length; i++) {
            assert.equal(given.has(first + i), false)
            given.set(first + i, at + i)
          }
        })
        assert.deepEqual(given, all)
      }
      for (let one = 0; one < handle + 3; one++) assert.equal(wanted.taskOf(one), all.get(one))
      wanted.clear()
      assert.equal(wanted.taskOf(1), undefined)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('a handle that was wanted before is a fault', () => {
  const wanted = new WantedTasks()
  wanted.add(5, 0, 2)
  assert.throws(() => wanted.add(6, 2, 1), /handle 6 comes behind 6/)
})
