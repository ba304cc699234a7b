// Shared memory is used again only when no value stands in it and no thread can see it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemory } from '../../runtime/host/sharedMemory.ts'

const state = ({ freeBytes, strayBytes, givenUpBytes }: SharedMemory) => ({
  freeBytes,
  strayBytes,
  givenUpBytes,
})

test('memory of a dropped value that no lane saw is free at once', () => {
  const memory = new SharedMemory(1, 1000)
  const buffer = memory.take(100)
  const id = memory.keep(buffer)
  memory.drop(id)
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 0 })
  assert.equal(memory.take(100), buffer)
  assert.notEqual(memory.take(100), buffer, 'it is taken once')
})

test('memory that lanes were handed is free only when each wrapper was let go of', () => {
  const memory = new SharedMemory(2, 1000)
  const id = memory.keep(memory.take(100))
  memory.handOut(0, id)
  memory.handOut(1, id)
  memory.handOut(1, id)
  memory.letGo(0, [id])
  memory.drop(id)
  assert.deepEqual(state(memory), { freeBytes: 0, strayBytes: 100, givenUpBytes: 0 })
  memory.letGo(1, [id])
  memory.letGo(0, [id])
  assert.equal(memory.freeBytes, 0, 'a lane cannot let go for another')
  memory.letGo(1, [id])
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 0 })
})

test('two values in one buffer: it is free when both are gone', () => {
  const memory = new SharedMemory(1, 1000)
  const buffer = new SharedArrayBuffer(100)
  const id = memory.keep(buffer)
  assert.equal(memory.keep(buffer), id)
  memory.drop(id)
  assert.equal(memory.strayBytes + memory.freeBytes, 0)
  memory.drop(id)
  assert.equal(memory.freeBytes, 100)
})

test('a result that a lane made in its own memory, and one made in memory it was granted', () => {
  const memory = new SharedMemory(1, 1000)
  const own = new SharedArrayBuffer(100)
  assert.equal(memory.keepFrom(0, 7, own), own)
  memory.drop(7)
  assert.equal(memory.strayBytes, 100, 'the lane that made it may still see it')
  memory.letGo(0, [7])
  const [granted] = memory.grant(0, 100, 2)
  assert.deepEqual([granted.id, granted.buffer], [7, own])
  assert.deepEqual(state(memory), { freeBytes: 0, strayBytes: 100, givenUpBytes: 0 })
  // It comes back under its number, with another wrapper: the one that is known stays.
  assert.equal(memory.keepFrom(0, 7, new SharedArrayBuffer(100)), own)
  assert.equal(memory.strayBytes, 0)
  memory.letGo(0, [7])
  memory.drop(7)
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 0 })
})

test('memory that an ended thread saw is given up, since the thread may still be writing', () => {
  const memory = new SharedMemory(1, 1000)
  const id = memory.keep(memory.take(100))
  memory.handOut(0, id)
  memory.laneEnded(0)
  memory.drop(id)
  assert.deepEqual(state(memory), { freeBytes: 0, strayBytes: 0, givenUpBytes: 100 })
})

test('no more is kept free than was allowed, and nothing when memory is short', () => {
  const memory = new SharedMemory(1, 150)
  for (const id of [memory.keep(memory.take(100)), memory.keep(memory.take(100))]) memory.drop(id)
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 100 })
  memory.trim(100)
  assert.equal(memory.freeBytes, 100)
  memory.trim(99)
  assert.deepEqual(state(memory), { freeBytes: 0, strayBytes: 0, givenUpBytes: 200 })
})

test('the sizes that were freed last are kept', () => {
  const memory = new SharedMemory(1, 150)
  for (const size of [100, 40, 60]) memory.drop(memory.keep(memory.take(size)))
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 100 })
  assert.equal(memory.takeFree(100), undefined)
  memory.drop(memory.keep(new SharedArrayBuffer(200)))
  assert.deepEqual(state(memory), { freeBytes: 100, strayBytes: 0, givenUpBytes: 300 })
})

test('what nobody knows changes nothing', () => {
  const memory = new SharedMemory(1, 1000)
  memory.letGo(0, [1, 2])
  memory.drop(3)
  memory.handOut(0, 4)
  assert.deepEqual(memory.grant(0, 10, 1), [])
  assert.deepEqual(state(memory), { freeBytes: 0, strayBytes: 0, givenUpBytes: 0 })
})
