// One connection to a scheduler: greetings, refusals, requests, and its end.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ClientReply } from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { resolveAddress } from '../../runtime/session/address.ts'
import { Connection } from '../../runtime/session/connection.ts'
import { ClosedError, ConnectError, RefusedError } from '../../runtime/session/errors.ts'
import { fakeScheduler, TOKEN } from './fakeScheduler.ts'

const connectError =
  (pattern: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof ConnectError, String(error))
    assert.match(error.message, pattern)
    return true
  }

test('says hello, and hears what comes right behind the welcome', async () => {
  await using scheduler = await fakeScheduler({ early: [{ type: 'log', level: 'info', text: 'early' }] })
  const connection = await Connection.open(scheduler.address, 'me')
  const said: ClientReply[] = []
  await new Promise<void>((resolve) => {
    connection.listen(
      (reply) => {
        said.push(reply)
        resolve()
      },
      () => {},
    )
  })
  assert.deepEqual(said, [{ type: 'log', level: 'info', text: 'early' }])
  assert.equal(connection.cluster.id, 'fake')
  await connection.close('done')
})

test('a wrong token is refused, and the message names the way out', async () => {
  await using scheduler = await fakeScheduler()
  await assert.rejects(
    Connection.open({ ...scheduler.address, token: 'wrong' }, 'me'),
    connectError(/refused the token: take the one of its cluster\.json/),
  )
})

test('nobody there', async () => {
  await using scheduler = await fakeScheduler()
  const { address } = scheduler
  await assert.rejects(
    Connection.open({ ...address, control: `${address.control}.none`, source: 'x' }, 'me'),
    connectError(/no scheduler answers at x \(ENOENT\).*heddle scheduler/),
  )
})

test('another version is refused with both named', async () => {
  await using scheduler = await fakeScheduler({ protocol: PROTOCOL_VERSION + 1 })
  await assert.rejects(
    Connection.open(scheduler.address, 'me'),
    connectError(new RegExp(`protocol ${PROTOCOL_VERSION} cannot talk to protocol ${PROTOCOL_VERSION + 1}`)),
  )
})

test('something else that listens there is no scheduler', async () => {
  const server = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const source = `ws://127.0.0.1:${port}`
  await assert.rejects(
    Connection.open({ control: source, token: TOKEN, source }, 'me'),
    connectError(/no heddle scheduler listens there|no scheduler answers/),
  )
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('requests are paired with their answers, and a refusal is an error', async () => {
  await using scheduler = await fakeScheduler({
    answer: (message, say) => {
      if (message.type !== 'query') return
      if (message.what === 'info') say({ type: 'answer', request: message.request, value: { n: 1 } })
      else say({ type: 'refused', request: message.request, reason: 'no task `x` is known' })
    },
  })
  const connection = await Connection.open(scheduler.address, 'me')
  connection.listen(
    () => {},
    () => {},
  )
  const [info, story] = await Promise.allSettled([
    connection.request('info', (request) => ({ type: 'query', request, what: 'info' })),
    connection.request('story', (request) => ({ type: 'query', request, what: 'story' })),
  ])
  assert.deepEqual(info.status === 'fulfilled' && info.value.type === 'answer' && info.value.value, { n: 1 })
  assert.ok(story.status === 'rejected' && story.reason instanceof RefusedError)
  assert.equal(story.reason.message, 'no task `x` is known')
  await connection.close('done')
})

test('a message that cannot be written is refused here, and those around it go', async () => {
  await using scheduler = await fakeScheduler({
    answer: (message, say) => {
      if (message.type === 'query') say({ type: 'answer', request: message.request, value: null })
    },
  })
  const connection = await Connection.open(scheduler.address, 'me')
  const said: ClientReply[] = []
  connection.listen(
    (reply) => void said.push(reply),
    () => {},
  )
  const wrong = 5 as unknown as string
  connection.send({ type: 'cancel', handles: Uint32Array.of(1), reason: wrong })
  const story = connection.request('story', (request) => ({
    type: 'query',
    request,
    what: 'story',
    key: wrong,
  }))
  await assert.rejects(story, /it cannot be written: query\.key should be text/)
  await connection.request('info', (request) => ({ type: 'query', request, what: 'info' }))
  assert.deepEqual(
    said.map((reply) => reply.type === 'refused' && [reply.request, reply.message]),
    [[-1, 'cancel']],
  )
  assert.equal(connection.closedBecause, undefined)
  await connection.close('done')
})

test('messages of one turn leave together, in order, made when they leave', async () => {
  await using scheduler = await fakeScheduler({
    answer: (message, say) => {
      if (message.type === 'query') say({ type: 'answer', request: message.request, value: null })
    },
  })
  const connection = await Connection.open(scheduler.address, 'me')
  connection.listen(
    () => {},
    () => {},
  )
  const handles: number[] = []
  connection.send(() => [{ type: 'release', handles: Uint32Array.from(handles) }])
  connection.send({ type: 'cancel', handles: Uint32Array.of(9), reason: 'enough' })
  handles.push(1, 2)
  await connection.request('info', (request) => ({ type: 'query', request, what: 'info' }))
  assert.deepEqual(
    scheduler.heard.map((message) => message.type),
    ['release', 'cancel', 'query'],
  )
  assert.deepEqual([...(scheduler.heard[0] as { handles: Uint32Array }).handles], [1, 2])
  await connection.close('done')
})

test('when it breaks, requests fail and whoever listens hears why', async () => {
  await using scheduler = await fakeScheduler({ answer: () => scheduler.hangUp() })
  const connection = await Connection.open(scheduler.address, 'me')
  const closed = new Promise<string>((resolve) => connection.listen(() => {}, resolve))
  await assert.rejects(
    connection.request('info', (request) => ({ type: 'query', request, what: 'info' })),
    ClosedError,
  )
  assert.equal(await closed, 'the connection to the scheduler broke')
  await assert.rejects(
    connection.request('info', (request) => ({ type: 'query', request, what: 'info' })),
    /this client is closed: the connection to the scheduler broke/,
  )
})

test('addresses: what a user may write', async () => {
  assert.deepEqual(await resolveAddress('ws://127.0.0.1:8786?token=abc'), {
    control: 'ws://127.0.0.1:8786',
    token: 'abc',
    source: 'ws://127.0.0.1:8786?token=abc',
  })
  assert.equal((await resolveAddress('tcp://host:1', 't')).control, 'ws://host:1')
  assert.equal((await resolveAddress('unix:/a/b.sock', 't')).control, 'unix:/a/b.sock')
  await assert.rejects(resolveAddress('http://host'), connectError(/is no address of a scheduler/))
  await assert.rejects(
    resolveAddress('/nowhere/cluster.json'),
    connectError(/is not there.*only while it runs/),
  )
})

test('addresses: a cluster.json, and one that is broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-address-'))
  try {
    const path = join(folder, 'cluster.json')
    await writeFile(path, JSON.stringify({ control: 'unix:/x.sock', token: 't', dashboardUrl: 'http://d' }))
    assert.deepEqual(await resolveAddress(path), {
      control: 'unix:/x.sock',
      token: 't',
      source: path,
      dashboardUrl: 'http://d',
    })
    await writeFile(path, '{"control": 1')
    await assert.rejects(resolveAddress(path), connectError(/is no cluster\.json/))
  } finally {
    await rm(folder, { recursive: true })
  }
})
