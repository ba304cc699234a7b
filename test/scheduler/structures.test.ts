// The containers of the core against plain ones that do the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HandleTable } from '../../runtime/scheduler/handleTable.ts'
import { Heap } from '../../runtime/scheduler/heap.ts'
import { KeyTable } from '../../runtime/scheduler/keyTable.ts'
import { ReplicaPool } from '../../runtime/scheduler/replicas.ts'
import { TaskColumns } from '../../runtime/scheduler/tasks.ts'
import { Random } from '../simulation/random.ts'

test('a heap gives back what it was given, smallest rank first', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const heap = new Heap()
    const model: number[] = []
    for (let step = 0; step < 2000; step++) {
      if (model.length === 0 || random.chance(0.55)) {
        const rank = random.below(500)
        heap.push(rank, rank * 2)
        model.push(rank)
      } else {
        model.sort((one, other) => one - other)
        assert.equal(heap.topRank, model[0])
        assert.equal(heap.pop(), model.shift()! * 2)
      }
      assert.equal(heap.length, model.length)
    }
  }
})

test('a key table finds exactly what is in it, through growth and removal, and for keys that begin alike', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const table = new KeyTable()
    const digests = new Int32Array(4 * 4096)
    const model = new Set<number>()
    for (let row = 0; row < 4096; row++) {
      // Few different first words: long chains.
      digests[row * 4] = random.below(64)
      digests[row * 4 + 3] = row
    }
    for (let step = 0; step < 6000; step++) {
      const row = random.below(4096)
      if (model.has(row)) {
        table.delete(digests, row)
        model.delete(row)
      } else {
        table.reserve(1, digests)
        assert.equal(table.findOrInsert(digests, digests.slice(), row * 4, row), -1)
        model.add(row)
      }
      const probe = random.below(4096)
      assert.equal(table.find(digests, digests, probe * 4), model.has(probe) ? probe : -1)
    }
    assert.equal(table.size, model.size)
  }
})

test('a table of handles behaves as a Map', () => {
  const random = new Random(7)
  const table = new HandleTable()
  const model = new Map<number, number>()
  for (let step = 0; step < 50_000; step++) {
    // Multiples of a large power of two must not all meet in one place.
    const key = random.below(300) * (random.chance(0.5) ? 1 : 65_536)
    if (model.has(key)) {
      assert.equal(table.get(key), model.get(key))
      table.delete(key)
      model.delete(key)
    } else {
      table.add(key, step)
      model.set(key, step)
    }
    assert.equal(table.get(key), model.get(key) ?? -1)
  }
  assert.deepEqual([...table.values()].sort(), [...model.values()].sort())
})

test('replica lists keep their members, and spread picks over them', () => {
  const pool = new ReplicaPool()
  let head = -1
  for (let worker = 0; worker < 100; worker++) head = pool.add(worker, head)
  for (let worker = 0; worker < 100; worker += 2) head = pool.remove(worker, head)
  assert.equal(pool.count(head), 50)
  assert.equal(pool.has(3, head), true)
  assert.equal(pool.has(4, head), false)
  assert.equal(new Set(Array.from({ length: 50 }, (_, salt) => pool.pick(head, salt))).size, 50)
  while (head >= 0) head = pool.drop(head)
  assert.equal(pool.size, 0)
})

test('rows are handed out ascending, and used again', () => {
  const tasks = new TaskColumns()
  const first = tasks.take(2000)
  assert.deepEqual([first[0], first[1999], tasks.used], [0, 1999, 2000])
  for (const row of [5, 900, 3, 1200]) tasks.giveBack(row)
  assert.deepEqual([...tasks.take(6)], [3, 5, 900, 1200, 2000, 2001])
})
