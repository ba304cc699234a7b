// What a cluster keeps and offers is for its owner alone; what a killed one could not remove, the next command does.

import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from './runKit.ts'

/** The addresses of this machine that others can reach. */
const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)

test('files, sockets and ports of a cluster are for its owner and this machine alone', async () => {
  await using place = new Workplace()
  const scheduler = place.start('scheduler', '--port', '0', '--workers', '1', '--threads', '1')
  await scheduler.said('is running')
  const file = place.clusterFile()
  const { dashboardUrl } = JSON.parse(readFileSync(file, 'utf8')) as { dashboardUrl: string }
  const kept = place.files()
  assert.ok(kept.some((name) => name.endsWith('control.sock')))
  for (const name of kept)
    assert.equal(statSync(join(place.folder, name)).mode & 0o077, 0, `${name} is open to others`)
  const { hostname, port } = new URL(dashboardUrl)
  assert.equal(hostname, '127.0.0.1')
  for (const host of OUTSIDE)
    await assert.rejects(
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), host, () => resolve(socket.destroy()))
        socket.once('error', reject)
      }),
      { code: 'ECONNREFUSED' },
      `${host}:${port} listens`,
    )
  scheduler.child.kill('SIGINT')
  assert.equal((await scheduler.ended).code, 0)
  assert.deepEqual(await place.leftovers(), [])
})

test('what a scheduler leaves that was killed by force is removed by the next command', async () => {
  await using place = new Workplace()
  const scheduler = place.start('scheduler', '--port', '0')
  await scheduler.said('is running')
  scheduler.child.kill('SIGKILL')
  await scheduler.ended
  assert.ok(place.files().length > 0)
  assert.equal((await place.heddle('clusters')).stdout, 'No cluster of yours runs here.\n')
  assert.deepEqual(await place.leftovers(), [])
})
