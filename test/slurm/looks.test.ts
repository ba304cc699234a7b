// Looks that go on one at a time, with time as the test says.

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Looks } from '../../runtime/slurm/looks.ts'

test('one look at a time; news during a look is one look more; then the next comes by itself; none after the stop', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    let looks = 0
    const ends: (() => void)[] = []
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const looking = new Looks(
      () => new Promise((resolve) => ends.push(resolve, () => {}) && looks++),
      () => 1000,
      250,
    )
    const end = (): Promise<void> => {
      for (const each of ends.splice(0)) each()
      return turn()
    }
    looking.soon()
    looking.soon()
    looking.soon()
    assert.equal(looks, 1)
    await end()
    mock.timers.tick(249)
    assert.equal(looks, 1)
    mock.timers.tick(1)
    assert.equal(looks, 2)
    await end()
    mock.timers.tick(999)
    assert.equal(looks, 2)
    mock.timers.tick(1)
    assert.equal(looks, 3)
    const stopped = looking.stop()
    await end()
    await stopped
    looking.soon()
    mock.timers.tick(10_000)
    assert.equal(looks, 3)
  } finally {
    mock.timers.reset()
  }
})
