// Graphs that a scheduler has no memory for, and what of a container's memory counts as free.

import assert from 'node:assert/strict'
import test from 'node:test'
import { fileBytesOf, refusalForRoom } from '../../runtime/host/graphRoom.ts'
import { mapShape, messageOf, stencilShape } from '../bench/schedulerCore.bench.ts'
import { Shell } from './schedulerKit.ts'

const never = (): number => {
  throw new Error('a small graph needs no look at memory')
}

test('small graphs are taken in without a look', () => {
  assert.equal(refusalForRoom(messageOf(mapShape(1000), 1), never), undefined)
})

test('a large graph is refused by what it takes: tasks, edges and arguments', () => {
  const tasks = messageOf(mapShape(1_000_000), 1)
  const edges = messageOf(stencilShape(1000, 1000), 1)
  const bytes = (graph: typeof tasks): number => {
    let [low, high] = [0, 4e9]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (refusalForRoom(graph, () => middle) === undefined) high = middle
      else low = middle
    }
    return high
  }
  const own = 32e6 + 100e6
  assert.equal(bytes(tasks), own + tasks.args.length)
  const ends = edges.digests.length / 16 - 1_000_000
  assert.equal(bytes(edges), own + ends * 100 + edges.args.length + 24 * edges.dependencies.length)
  assert.match(
    refusalForRoom(tasks, () => 40e6) ?? '',
    /^the scheduler has no memory for 1,000,000 more tasks: they take \d+ MB, and 40 MB are free\. Send fewer tasks at a time, /,
  )
})

test('its sender is told, the core never sees it, and others go on', async () => {
  await using shell = await new Shell().listen()
  const [greedy, other] = [await shell.greetedClient('greedy'), await shell.greetedClient('other')]
  shell.freeBytes = 50e6
  greedy.send(messageOf(mapShape(1_000_000), 7))
  const refused = await greedy.next('graph-refused')
  assert.equal(refused.graph, 7)
  assert.match(refused.reason, /no memory for 1,000,000 more tasks/)
  other.send(messageOf(mapShape(10), 8))
  shell.freeBytes = 1e9
  greedy.send(messageOf(mapShape(1_000_000), 9))
  for (const client of [other, greedy]) {
    client.send({ type: 'query', request: 1, what: 'logs' })
    await client.next('answer')
  }
  assert.deepEqual(shell.core.heard.slice(2).sort(), ['client 1: graph', 'client 2: graph'])
})

test('files that a container keeps in memory count as free, whichever version its groups are of', () => {
  const stat = 'cache 900\ninactive_file 500\nactive_file 70\nunevictable 0\n'
  const folders =
    (...there: string[]) =>
    (path: string) => {
      if (there.includes(path)) return stat
      throw new Error(`ENOENT ${path}`)
    }
  const v1 = '9:name=systemd:/\n8:pids:/x\n4:cpu,memory:/docker/ab\n0::/\n'
  assert.equal(fileBytesOf(v1, folders('/sys/fs/cgroup/memory/docker/ab/memory.stat')), 570)
  // Mounted inside the container as the root.
  assert.equal(fileBytesOf(v1, folders('/sys/fs/cgroup/memory/memory.stat')), 570)
  assert.equal(fileBytesOf('0::/\n', folders('/sys/fs/cgroup/memory.stat')), 570)
  const slice = '0::/system.slice/slurmstepd.scope/job_1\n'
  assert.equal(
    fileBytesOf(slice, folders('/sys/fs/cgroup/system.slice/slurmstepd.scope/job_1/memory.stat')),
    570,
  )
  assert.throws(() => fileBytesOf(slice, folders()), /ENOENT/)
})
