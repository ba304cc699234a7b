// The way to the disk that is faster is taken, and the other one is tried again now and then.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Way, WayToDisk } from '../../runtime/host/wayToDisk.ts'

/** The ways of so many values, on a disk where a megabyte takes so many milliseconds by each. */
function ways(count: number, ms: Record<Way, number>, disk = new WayToDisk(true)): Way[] {
  return Array.from({ length: count }, () => {
    const way = disk.next()
    disk.took(way, 3e6, 3 * ms[way])
    return way
  })
}
const countOf = (all: readonly Way[], way: Way): number => all.filter((one) => one === way).length

test('both are tried, then the faster one is taken', () => {
  assert.deepEqual(ways(4, { around: 1, cached: 3 }), ['around', 'cached', 'around', 'around'])
  assert.deepEqual(ways(4, { around: 9, cached: 3 }), ['around', 'cached', 'cached', 'cached'])
})

test('around the cache is taken where it is hardly slower', () => {
  assert.equal(countOf(ways(20, { around: 4, cached: 3 }), 'cached'), 1)
  assert.equal(countOf(ways(20, { around: 5, cached: 3 }), 'cached'), 19)
})

test('a disk that becomes slower is noticed: the other way is tried again', () => {
  const disk = new WayToDisk(true)
  assert.equal(countOf(ways(202, { around: 1, cached: 3 }, disk), 'cached'), 5)
  const after = ways(300, { around: 9, cached: 3 }, disk)
  assert.ok(countOf(after.slice(60), 'around') < 10, after.join(' '))
})

test('where there is no way around, or the file system refuses it, all goes through the cache', () => {
  assert.deepEqual(ways(3, { around: 1, cached: 3 }, new WayToDisk(false)), ['cached', 'cached', 'cached'])
  const refused = new WayToDisk(true)
  assert.equal(refused.next(), 'around')
  refused.cannotGoAround()
  assert.equal(refused.next(), 'cached')
})
