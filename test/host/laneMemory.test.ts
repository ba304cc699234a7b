// A thread's memory for results: what was granted or given back is used again, and the main thread hears of what left sight.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { collectGarbage } from '../../runtime/host/garbage.ts'
import { LaneMemory } from '../../runtime/host/laneMemory.ts'
import { GRANTED_SIZES_MAX } from '../../runtime/host/spareGrants.ts'
import {
  giveBack,
  provideResultMemory,
  releasedWhenShort,
  resultBuffer,
  resultBytes,
  SHARED_FROM_BYTES,
} from '../../runtime/kernels/resultMemory.ts'

const SIZE = SHARED_FROM_BYTES

function lane(collectBytes = 10 * SIZE, collect = collectGarbage) {
  const { port1, port2 } = new MessageChannel()
  return {
    memory: new LaneMemory(port1, 100, collectBytes, collect),
    told: () => receiveMessageOnPort(port2)?.message,
  }
}

test('a granted buffer is the next of its size, and keeps its number', () => {
  const { memory } = lane()
  const buffer = new SharedArrayBuffer(SIZE)
  memory.grant([{ id: 7, buffer }])
  assert.notEqual(memory.allocate(SIZE + 8), buffer)
  assert.equal(memory.allocate(SIZE), buffer)
  assert.equal(memory.idOf(buffer), 7)
  assert.notEqual(memory.allocate(SIZE), buffer, 'it is taken once')
})

test('a buffer that was given back is the next of its size, once', () => {
  const { memory } = lane()
  const buffer = memory.allocate(SIZE)
  memory.giveBack(buffer)
  memory.giveBack(buffer)
  assert.equal(memory.allocate(SIZE), buffer)
  assert.notEqual(memory.allocate(SIZE), buffer)
  assert.equal(memory.idOf(buffer), 100, 'new ones are numbered when a result stands in them')
})

test('no more than the bound waits for the next results, of few sizes', () => {
  const { memory } = lane(4 * SIZE)
  const many = Array.from({ length: 6 }, () => memory.allocate(SIZE))
  for (const buffer of many) memory.giveBack(buffer)
  const again = Array.from({ length: 6 }, () => memory.allocate(SIZE))
  assert.equal(again.filter((buffer) => many.includes(buffer)).length, 4)
  const sizes = lane(100 * SIZE).memory
  const each = Array.from({ length: GRANTED_SIZES_MAX + 1 }, (_, i) => sizes.allocate(SIZE + 8 * i))
  for (const buffer of each) sizes.giveBack(buffer)
  const kept = each.map((buffer) => sizes.allocate(buffer.byteLength) === buffer)
  const others = new Array<boolean>(GRANTED_SIZES_MAX).fill(true)
  assert.deepEqual(kept, [false, ...others], 'the size that was kept longest goes')
})

test('a buffer that nobody in the thread sees any more is told of', async () => {
  const { memory, told } = lane()
  ;(() => memory.see(3, new SharedArrayBuffer(SIZE)))()
  for (let turn = 0; turn < 1000; turn++) {
    collectGarbage()
    await new Promise(setImmediate)
    const message = told()
    if (message) return assert.deepEqual(message, { kind: 'let-go', ids: [3] })
  }
  assert.fail('it was never told')
})

test('what nobody will look at again is told of at once, and neither again nor as what came into sight', async () => {
  let collected = 0
  const { memory, told } = lane(4 * SIZE, () => collected++)
  const given = new SharedArrayBuffer(SIZE)
  memory.see(3, given)
  const result = memory.allocate(SIZE)
  assert.equal(memory.idOf(result), 100)
  memory.forget([given, result, new SharedArrayBuffer(SIZE)])
  assert.deepEqual(told(), { kind: 'let-go', ids: [3, 100] })
  memory.forget([given, result])
  await new Promise(setImmediate)
  assert.equal(told(), undefined)
  for (let i = 0; i < 100; i++) {
    const next = memory.allocate(SIZE)
    memory.idOf(next)
    memory.forget([next])
    memory.rest()
  }
  assert.equal(collected, 0)
})

test('garbage is collected once for all that ask in one turn, and what it found is told before the next time', async () => {
  let collected = 0
  const { memory } = lane(10 * SIZE, () => collected++)
  for (let turn = 1; turn <= 3; turn++) {
    for (let asked = 0; asked < 50; asked++) memory.collect(1)
    assert.equal(collected, turn - 1)
    await new Promise(setImmediate)
    assert.equal(collected, turn)
  }
})

test('kernels get large buffers from the thread, small ones from V8, and all from V8 outside of workers', () => {
  const { memory } = lane()
  assert.ok(resultBuffer(SIZE) instanceof ArrayBuffer)
  provideResultMemory(memory)
  try {
    assert.ok(resultBuffer(SIZE - 1) instanceof ArrayBuffer)
    const large = resultBuffer(SIZE)
    assert.ok(large instanceof SharedArrayBuffer)
    giveBack(large)
    giveBack(new ArrayBuffer(SIZE))
    assert.equal(resultBuffer(SIZE), large)
  } finally {
    provideResultMemory(undefined)
  }
})

test('bytes of any length stand in buffers of few sizes, which serve again', () => {
  const { memory } = lane()
  assert.equal(resultBytes(SIZE + 1).buffer.byteLength, SIZE + 1, 'outside of workers')
  provideResultMemory(memory)
  try {
    const sizes = new Set<number>()
    for (let length = SIZE; length <= 2 * SIZE; length += 997) {
      const bytes = resultBytes(length)
      assert.equal(bytes.length, length)
      assert.ok(bytes.buffer.byteLength <= length * (1 + 1 / 16))
      sizes.add(bytes.buffer.byteLength)
    }
    assert.equal(sizes.size, 17)
    const { buffer } = resultBytes(SIZE + 1)
    giveBack(buffer)
    assert.equal(resultBytes(SIZE + 2).buffer, buffer)
    assert.ok(resultBytes(SIZE - 1).buffer instanceof ArrayBuffer)
  } finally {
    provideResultMemory(undefined)
  }
})

test('what kernels keep of what they could make again goes when memory is asked back', async () => {
  const { port1, port2 } = new MessageChannel()
  const done: string[] = []
  releasedWhenShort(() => done.push('released'))
  const memory = new LaneMemory(port1, 0, 1000, () => done.push('collected'))
  memory.collect(1)
  await new Promise(setImmediate)
  assert.deepEqual(done, ['released', 'collected'])
  port1.close()
  port2.close()
})
