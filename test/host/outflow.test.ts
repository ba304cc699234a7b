// Answers that read from disk: in the order asked, few bytes at a time, and nobody waits for ever.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Outflow } from '../../runtime/host/outflow.ts'

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}

test('as much is read as is allowed, the rest in the order asked as others are taken', async () => {
  const outflow = new Outflow(100)
  const order: string[] = []
  const ask = async (name: string, bytes: number): Promise<() => void> => {
    const taken = await outflow.turn(bytes)
    order.push(name)
    return taken
  }
  const asked = [ask('a', 60), ask('b', 40), ask('c', 500), ask('d', 10)]
  await turns()
  assert.deepEqual([order, outflow.bytes], [['a', 'b'], 100])
  const a = await asked[0]
  a()
  a()
  await turns()
  assert.deepEqual([order, outflow.bytes], [['a', 'b'], 40], 'a larger one goes alone, and none overtakes it')
  ;(await asked[1])()
  await turns()
  assert.deepEqual([order, outflow.bytes], [['a', 'b', 'c'], 500])
  ;(await asked[2])()
  ;(await asked[3])()
  assert.deepEqual([order, outflow.bytes], [['a', 'b', 'c', 'd'], 0])
})

test('a receiver that takes nothing does not stop the others for ever', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const outflow = new Outflow(100, 50)
  await outflow.turn(100)
  const second = outflow.turn(100)
  const third = outflow.turn(100)
  t.mock.timers.tick(50)
  await second
  assert.equal(outflow.bytes, 200)
  t.mock.timers.tick(50)
  ;(await third)()
  assert.equal(outflow.bytes, 200)
})

test('a large one waits for room in memory, and what moves counts until nobody takes any', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let room = false
  const outflow = new Outflow(100, 50, () => room)
  const large = outflow.turn(500)
  await turns()
  assert.deepEqual([outflow.bytes, outflow.movingBytes], [0, 500])
  room = true
  outflow.look()
  ;(await large)()
  assert.deepEqual([outflow.bytes, outflow.movingBytes], [0, 0])
  const taken = await outflow.turn(60)
  assert.equal(outflow.movingBytes, 60)
  t.mock.timers.tick(50)
  assert.equal(outflow.movingBytes, 0, 'its receiver does not take it: runs must not wait for that')
  taken()
  await outflow.turn(40)
  assert.equal(outflow.movingBytes, 40)
})
