// A session that is kept ready while an editor watches: the next run is it, and it is gone with the last editor.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SchedulerConnection } from '../../client/connection/schedulerConnection.ts'
import type { RunEventMessage } from '../../client/runs/runsModel.ts'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import type { RunEvent, RunSpec } from '../../runtime/protocol/runs.ts'

const TEXT = `import { bag } from 'heddle'

console.log(process.cwd(), process.argv.slice(2).join(' '))
const scaled = bag.range(100, { partitions: 4 }).map((n) => n * 2)
const total = await scaled.sum().compute()
`

/** Its time goes into line 5 of this file, and into line 2 of the other one. */
const SLOW = `import { bag } from 'heddle'
import { listed } from './listed.ts'

const turn = (n: number): number => {
  for (let i = 0; i < 100_000_000; i++) n = (n * 31 + i) | 0
  return listed(n)
}
const total = await bag.range(2, { partitions: 2 }).map(turn).sum().compute()
`
const LISTED = `export const listed = (n: number): number => {
  const list = JSON.stringify(Array.from({ length: 300_000 }, (_, i) => i + n))
  return list.length
}
`

describe('with an editor that watches', () => {
  let folder: string
  let cluster: LocalCluster
  let connection: SchedulerConnection
  let heard: (message: RunEventMessage) => void = () => {}

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-spare-')))
    mkdirSync(join(folder, 'inside'))
    writeFileSync(join(folder, 'analysis.ts'), TEXT)
    writeFileSync(join(folder, 'slow.ts'), SLOW)
    writeFileSync(join(folder, 'listed.ts'), LISTED)
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
    const address = JSON.parse(readFileSync(cluster.file, 'utf8')) as ClusterAddress
    connection = await SchedulerConnection.open(address, '0.1.0', {
      runEvent: (message) => heard(message),
      log() {},
      lost() {},
    })
    await connection.watchRuns({})
  })
  after(async () => {
    connection.close()
    await cluster.close()
    rmSync(folder, { recursive: true })
  })

  async function eventsOf(spec: Partial<RunSpec>): Promise<RunEvent[]> {
    const events: RunEvent[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    heard = ({ event }) => {
      events.push(event)
      if (event.kind === 'ended') resolve()
    }
    await connection.run({ file: join(folder, 'analysis.ts'), cwd: folder, ...spec })
    await promise
    return events
  }

  const pidOf = (events: RunEvent[]): number => {
    const started = events.find((event) => event.kind === 'started')
    return started?.kind === 'started' ? started.pid : -1
  }
  const children = (): number[] => {
    const { pid } = JSON.parse(readFileSync(cluster.file, 'utf8')) as ClusterAddress
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  }
  const titleOf = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    } catch {
      return 'gone'
    }
  }

  /** Waits for the session that is kept ready. */
  async function spare(): Promise<number> {
    const deadline = Date.now() + 60_000
    for (;;) {
      const found = children().find((pid) => titleOf(pid).startsWith('heddle spare session'))
      if (found !== undefined) return found
      if (Date.now() > deadline)
        throw new Error(`no session is kept ready among ${children().map(titleOf).join('; ')}`)
      await pause(50)
    }
  }

  test('the next run is the session that was kept ready, with its own folder and arguments', async () => {
    const ready = await spare()
    const events = await eventsOf({ cwd: join(folder, 'inside'), args: ['a', 'b'] })
    assert.equal(pidOf(events), ready)
    const output = events.map((event) => (event.kind === 'output' ? event.text : '')).join('')
    assert.equal(output, `${join(folder, 'inside')} a b\n`)
    assert.notEqual(await spare(), ready)
  })

  test('a run tells what its lines cost', async () => {
    const start = TEXT.indexOf('await')
    const events = await eventsOf({ expression: { start, end: TEXT.length - 1, label: 'total' } })
    const told = events.filter((event) => event.kind === 'lines')
    assert.equal(told.length, 1)
    const { lines } = told[0]
    assert.ok(lines.every(({ file, line }) => file === join(folder, 'analysis.ts') && line >= 4))
    // The run before computed the same: what is still held is not computed again.
    assert.ok(lines.reduce((sum, { tasks }) => sum + tasks, 0) <= 6)
  })

  test('a run tells where its threads were seen, by lines of all of its files', async () => {
    const events = await eventsOf({ file: join(folder, 'slow.ts'), profile: 'whole' })
    const told = events.find((event) => event.kind === 'lines')
    const ms = new Map(
      told?.times?.map(({ file, line, selfMs, calledMs }) => [
        `${relative(folder, file)}:${line}`,
        [selfMs, calledMs],
      ]),
    )
    assert.ok((ms.get('slow.ts:5')?.[0] ?? 0) > 0, [...ms].join('; '))
    assert.ok(
      [...ms].some(([place, [self, called]]) => place.startsWith('listed.ts:') && self + called > 0),
      [...ms].join('; '),
    )
    assert.ok(
      [...ms.keys()].every((place) => /^(slow|listed)\.ts:/.test(place)),
      'nothing else is the user’s',
    )
    const plain = await eventsOf({})
    assert.equal(plain.find((event) => event.kind === 'lines')?.times, undefined, 'nobody asked')
  })

  test('a run with variables of its own gets a process of its own', async () => {
    const ready = await spare()
    assert.notEqual(pidOf(await eventsOf({ env: { EXTRA: '1' } })), ready)
    assert.ok(children().includes(ready))
  })

  test('a session that was killed while it waited is not missed', async () => {
    process.kill(await spare(), 'SIGKILL')
    const events = await eventsOf({})
    assert.equal(events.at(-1)?.kind, 'ended')
    assert.ok(pidOf(events) > 0)
  })
})
