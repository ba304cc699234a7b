// The window's connection against a scheduler that speaks the real protocol, and against some that misbehave.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import test from 'node:test'
import {
  RequestRefusedError,
  SchedulerConnection,
  SchedulerConnectionError,
  type SchedulerEvents,
} from '../../client/connection/schedulerConnection.ts'
import { socketUrl } from '../../client/connection/schedulerSocket.ts'
import type { RunEventMessage } from '../../client/runs/runsModel.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { fakeScheduler } from './fakeScheduler.ts'

/** Collects what a connection tells, and lets a test wait for the next of it. */
class Told extends EventEmitter implements SchedulerEvents {
  readonly runs: RunEventMessage[] = []
  readonly logs: string[] = []
  runEvent(message: RunEventMessage): void {
    this.runs.push(message)
    this.emit('run')
  }
  log(level: string, text: string): void {
    this.logs.push(`${level}: ${text}`)
    this.emit('log')
  }
  lost(reason: string): void {
    this.emit('lost', reason)
  }
}

test('greets, starts a run, hears its events, cancels it, and shuts the cluster down', async (t) => {
  const { address, heard } = await fakeScheduler(t, (message, peer) => {
    if (message.type !== 'watch-runs') return false
    peer.send({ type: 'answer', request: message.request, value: null })
    peer.send({
      type: 'run-event',
      run: 'r1',
      sequence: 0,
      event: { kind: 'started', pid: 1, atMs: 2, label: 'x', file: '/a.ts' },
    })
    return true
  })
  const told = new Told()
  const connection = await SchedulerConnection.open(address, '0.1.0', told)
  assert.equal(connection.cluster.id, 'c1')
  const heardEvent = once(told, 'run')
  await connection.watchRuns({ r0: 4 })
  await heardEvent
  assert.equal(told.runs[0].event.kind, 'started')
  assert.equal(await connection.run({ file: '/a.ts' }), 'r1')
  connection.cancel('r1')
  connection.shutdown('asked to')
  await connection.closed
  assert.deepEqual(
    heard.map((message) => message.type),
    ['hello', 'watch-runs', 'run', 'cancel-run', 'shutdown'],
  )
  assert.deepEqual(heard[1], { type: 'watch-runs', request: 1, since: { r0: 4 } })
})

test('a scheduler of another protocol is refused with both versions named', async (t) => {
  const { address } = await fakeScheduler(t, (message, peer) => {
    if (message.type !== 'hello') return false
    peer.send({
      type: 'welcome',
      protocol: PROTOCOL_VERSION + 1,
      cluster: { id: 'c1', version: '9.0.0', dashboardUrl: '', startedMs: 0, workers: [] },
    })
    return true
  })
  const opening = SchedulerConnection.open({ ...address, version: '9.0.0' }, '0.1.0', new Told())
  await assert.rejects(opening, (error: SchedulerConnectionError) => {
    assert.ok(error instanceof SchedulerConnectionError)
    assert.match(error.message, /Use the same version of heddle on both sides/)
    assert.match(error.message, /The extension is heddle 0\.1\.0, the cluster heddle 9\.0\.0\.$/)
    return true
  })
})

test('a wrong token and a scheduler that is not there are told apart', async (t) => {
  const { address } = await fakeScheduler(t)
  await assert.rejects(
    SchedulerConnection.open({ ...address, token: 'another' }, '0.1.0', new Told()),
    /refused the window: the token is not the one of this cluster/,
  )
  await assert.rejects(
    SchedulerConnection.open({ ...address, control: `${address.control}.gone` }, '0.1.0', new Told()),
    /cannot be reached: connect ENOENT/,
  )
})

test('a run that the scheduler refuses is refused with its reason', async (t) => {
  const { address } = await fakeScheduler(t, (message, peer) => {
    if (message.type !== 'run') return false
    peer.send({ type: 'refused', request: message.request, reason: '/gone.ts is not there' })
    return true
  })
  const connection = await SchedulerConnection.open(address, '0.1.0', new Told())
  await assert.rejects(connection.run({ file: '/gone.ts' }), (error: Error) => {
    assert.ok(error instanceof RequestRefusedError)
    assert.equal(error.message, '/gone.ts is not there')
    return true
  })
  connection.close()
  await connection.closed
})

test('a cluster that goes away ends what was asked of it, and says why', async (t) => {
  const { address } = await fakeScheduler(t, (message, peer) => {
    if (message.type !== 'run') return false
    peer.send({ type: 'closing', reason: 'the machine shuts down' })
    peer.drop()
    return true
  })
  const told = new Told()
  const connection = await SchedulerConnection.open(address, '0.1.0', told)
  const lost = once(told, 'lost')
  await assert.rejects(connection.run({ file: '/a.ts' }), /the machine shuts down/)
  assert.deepEqual(await lost, ['the machine shuts down'])
})

test('a message that cannot be read is logged, and the connection stays', async (t) => {
  const { address } = await fakeScheduler(t, (message, peer) => {
    if (message.type !== 'cancel-run') return false
    peer.sendBytes(Uint8Array.of(1, 2, 3))
    return true
  })
  const told = new Told()
  const connection = await SchedulerConnection.open(address, '0.1.0', told)
  const logged = once(told, 'log')
  connection.cancel('r1')
  await logged
  assert.deepEqual(told.logs, ['error: a message of the scheduler cannot be read: a message was cut short'])
  assert.equal(await connection.run({ file: '/a.ts' }), 'r1')
  connection.close()
  await connection.closed
})

test('addresses become what the WebSocket library wants', () => {
  assert.equal(socketUrl('unix:/run/c.sock', '/feed'), 'ws+unix:/run/c.sock:/feed')
  assert.equal(socketUrl('ws://127.0.0.1:8786/', '/client'), 'ws://127.0.0.1:8786/client')
})
