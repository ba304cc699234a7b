// The watch over the memory of processes, with sizes that the test chooses: when it ends one, and what it leaves alone.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { MemoryWatch } from '../../runtime/host/memoryWatch.ts'

const MB = 1e6

function watchOf(sizes: Map<number, number | undefined>): {
  watch: MemoryWatch
  ended: number[]
  add: (pid: number) => number[]
} {
  const ended: number[] = []
  const watch = new MemoryWatch(
    (pid) => sizes.get(pid),
    (pid) => void ended.push(pid),
  )
  const add = (pid: number): number[] => {
    const told: number[] = []
    watch.add({ pid, limitBytes: 95 * MB, farBytes: 105 * MB, outgrown: (bytes) => void told.push(bytes) })
    return told
  }
  return { watch, ended, add }
}

test('a process that stays above its limit for five looks is ended, with its size said', () => {
  const sizes = new Map([[7, 96 * MB]])
  const { watch, ended, add } = watchOf(sizes)
  const told = add(7)
  for (let look = 1; look < 5; look++) watch.look()
  assert.deepEqual([ended, told], [[], []])
  watch.look()
  assert.deepEqual([ended, told], [[7], [96 * MB]])
  watch.look()
  assert.deepEqual(ended, [7], 'once')
})

test('a look below the limit starts the count anew; a process whose size cannot be read is left alone', () => {
  const sizes = new Map<number, number | undefined>()
  const { watch, ended, add } = watchOf(sizes)
  add(7)
  for (let look = 0; look < 20; look++) {
    sizes.set(7, look % 4 === 3 ? 95 * MB : 100 * MB)
    watch.look()
  }
  sizes.delete(7)
  for (let look = 0; look < 9; look++) watch.look()
  assert.deepEqual(ended, [])
  watch.remove(7)
})

test('far beyond its limit it is ended at the first look, and others are not', () => {
  const sizes = new Map([
    [7, 106 * MB],
    [8, 10 * MB],
  ])
  const { watch, ended, add } = watchOf(sizes)
  add(7)
  add(8)
  watch.look()
  assert.deepEqual(ended, [7])
  watch.remove(8)
})

test('a process that has just ended by itself is no failure of the watch', () => {
  const watch = new MemoryWatch(
    () => 1000 * MB,
    () => {
      throw new Error('no such process')
    },
  )
  watch.add({ pid: 7, limitBytes: MB, farBytes: MB, outgrown: () => {} })
  watch.look()
})

test('a real process is ended, and its size is told before its end is heard of', {
  skip: process.platform !== 'linux' && 'sizes of other processes are read from /proc',
}, async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  t.after(() => child.kill('SIGKILL'))
  const told: number[] = []
  const watch = new MemoryWatch()
  watch.add({ pid: child.pid!, limitBytes: MB, farBytes: MB, outgrown: (bytes) => void told.push(bytes) })
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL')
  assert.ok(told.length === 1 && told[0] > 5 * MB, `ended at ${told} bytes`)
})
