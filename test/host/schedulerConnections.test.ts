// Who may connect to a scheduler, what a broken message does, and how decisions go out.

import assert from 'node:assert/strict'
import test from 'node:test'
import type { LogLine } from '../../runtime/host/logs.ts'
import { RESTARTED_BY_USER } from '../../runtime/protocol/cluster.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { CLIENT_MESSAGES } from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { Shell } from './schedulerKit.ts'
import { workerHello } from './workerHello.ts'

test('a client is welcomed, heard, and missed when it leaves', async () => {
  await using shell = await new Shell().listen()
  const client = await shell.greetedClient('editor')
  client.send({ type: 'release', handles: Uint32Array.of(1) })
  client.send({ type: 'query', request: 1, what: 'logs' })
  await client.next('answer')
  client.hangUp()
  const other = await shell.greetedClient('second')
  other.send({ type: 'query', request: 1, what: 'logs' })
  await other.next('answer')
  assert.deepEqual(shell.core.heard, [
    'client 1 editor joined',
    'client 1: release',
    'client 1 left',
    'client 2 second joined',
  ])
})

test('without the token nobody comes in, and no page of the web does', async () => {
  await using shell = await new Shell().listen()
  const headers: [Record<string, string>, string][] = [
    [{}, '401 the token is missing or not the one of this cluster'],
    [{ authorization: 'Bearer guessed' }, '401 the token is missing or not the one of this cluster'],
    [{ authorization: 'Basic dGhlLXRva2Vu' }, '401 the token is missing or not the one of this cluster'],
    // The dashboard's cookie opens the feed alone.
    [{ cookie: 'heddle-c1=the-cookie' }, '401 the token is missing or not the one of this cluster'],
    [
      { authorization: 'Bearer the-token', origin: 'http://evil.example' },
      '403 pages of http://evil.example may not connect here',
    ],
  ]
  for (const [given, text] of headers) assert.equal(await shell.client(given).refused, text)
  assert.match(await shell.panel({ cookie: 'heddle-c1=the-cookie' }).refused, /^401/)
  assert.match(
    await shell.panel({ cookie: 'heddle-c1=the-cookie', origin: 'http://127.0.0.1:1' }).refused,
    /^403 pages of http:\/\/127\.0\.0\.1:1 may not/,
  )
  assert.deepEqual(shell.core.heard, [])
})

test('another version is refused with both named, and the connection ends', async () => {
  await using shell = await new Shell().listen()
  const client = shell.client()
  client.send({ type: 'hello', protocol: PROTOCOL_VERSION + 1, version: '9', name: 'new' })
  const { reason } = await client.next('refused')
  assert.match(
    reason,
    new RegExp(`protocol ${PROTOCOL_VERSION + 1} cannot talk to protocol ${PROTOCOL_VERSION}`),
  )
  assert.equal(await client.closed, 1002)
  const worker = shell.worker()
  worker.send(workerHello('old', PROTOCOL_VERSION + 1))
  assert.match((await worker.next('refused')).reason, /cannot talk to protocol/)
  assert.equal(await worker.closed, 1002)
  assert.deepEqual(shell.core.heard, [])
})

test('broken and unknown messages are refused to their sender, and everybody goes on', async () => {
  await using shell = await new Shell().listen()
  const bystander = await shell.greetedClient('bystander')
  const client = await shell.greetedClient('clumsy')
  client.sendRaw('hello in text')
  assert.match((await client.next('refused')).reason, /a text frame came/)
  client.sendRaw(Uint8Array.of(1, 2))
  assert.match((await client.next('refused')).reason, /cut short/)
  client.sendRaw(encodeFrame({ nonsense: {} }, { type: 'nonsense' }))
  const unknown = await client.next('refused')
  assert.deepEqual([unknown.message, unknown.request], ['nonsense', -1])
  shell.core.failOn = 'release'
  client.send({ type: 'release', handles: Uint32Array.of(1) })
  const failed = await client.next('refused')
  assert.deepEqual([failed.message, failed.reason], ['release', 'the core stumbled'])
  client.send({ type: 'cancel', handles: Uint32Array.of(1), reason: 'x' })
  bystander.send({ type: 'cancel', handles: Uint32Array.of(1), reason: 'x' })
  for (const each of [client, bystander]) {
    each.send({ type: 'query', request: 5, what: 'logs' })
    await each.next('answer')
  }
  // Which of two connections is read first is chance.
  assert.deepEqual(shell.core.heard.slice(2).sort(), ['client 1: cancel', 'client 2: cancel'])
})

test('who does not say hello first is told to', async () => {
  await using shell = await new Shell().listen()
  const client = shell.client()
  client.send({ type: 'release', handles: Uint32Array.of(1) })
  assert.equal((await client.next('refused')).reason, 'a client says hello first')
  client.send({ type: 'hello', protocol: PROTOCOL_VERSION, version: '0', name: 'polite' })
  await client.next('welcome')
})

test('a worker joins, is told what was decided, and its end has a reason', async () => {
  await using shell = await new Shell().listen()
  const client = await shell.greetedClient()
  const worker = shell.worker()
  worker.send(workerHello('w0'))
  await shell.workersAre(1)
  shell.core.posts.push((post) => {
    // Columns are views that change after the call: what goes out is what they held during it.
    const column = Int32Array.of(1, 2)
    post.toWorker(0, { type: 'discard', tasks: column, runs: column })
    column.fill(9)
    post.toClient(1, { type: 'unfinished', handles: Uint32Array.of(4) })
  })
  shell.plane.drainSoon()
  assert.deepEqual([...(await worker.next('discard')).tasks], [1, 2])
  assert.deepEqual([...(await client.next('unfinished')).handles], [4])
  worker.send({ type: 'leaving', reason: 'its machine restarts' })
  while (!shell.core.heard.includes('worker 0: leaving'))
    await new Promise((resolve) => setImmediate(resolve))
  worker.hangUp()
  await shell.workersAre(0)
  const second = shell.worker()
  second.send(workerHello('w1'))
  await shell.workersAre(1)
  second.hangUp()
  while (shell.core.heard.length < 6) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(shell.core.heard.slice(1), [
    'worker 0 w0 joined',
    'worker 0: leaving',
    'worker 0 left: its machine restarts',
    'worker 1 w1 joined',
    'worker 1 left: worker w1 (process 1) is gone: its connection broke',
  ])
})

test('the log names workers that come and go, and what they say of themselves', async () => {
  await using shell = await new Shell().listen()
  const client = await shell.greetedClient()
  const [first, second] = [shell.worker(), shell.worker()]
  first.send(workerHello('w0'))
  await shell.workersAre(1)
  second.send(workerHello('w1'))
  await shell.workersAre(2)
  first.send({ type: 'log', level: 'warning', text: 'worker w0 started again: it was ended by SIGKILL' })
  first.send({ type: 'log', level: 'warning', text: 'its disk is nearly full' })
  first.send({ type: 'log', level: 'info', text: 'of a task', task: 3 })
  first.send({ type: 'log', level: 'progress', text: '3 of 4' })
  first.hangUp()
  await shell.workersAre(1)
  shell.plane.members.ask(['w1'], RESTARTED_BY_USER)
  second.send({ type: 'leaving', reason: 'the worker was ended by SIGTERM' })
  second.hangUp()
  await shell.workersAre(0)
  while (!shell.core.heard.some((line) => line.startsWith('worker 1 left')))
    await new Promise((resolve) => setImmediate(resolve))
  client.send({ type: 'query', request: 1, what: 'logs' })
  const lines = (await client.next('answer')).value as LogLine[]
  assert.deepEqual(
    lines.map(({ level, text }) => `${level}: ${text}`),
    [
      `info: worker w0 joined: process 1 on here, 2 threads, 1000 MB`,
      `info: worker w1 joined: process 1 on here, 2 threads, 1000 MB`,
      'warning: worker w0 started again: it was ended by SIGKILL',
      'warning: worker w0: its disk is nearly full',
      'warning: worker w0 (process 1) is gone: its connection broke',
      'info: worker w1 (process 1) left: restarted by the user',
    ],
  )
  assert.ok(shell.core.heard.includes('worker 1 left: restarted by the user'))
})

test("requests of the process's own: scale, shutdown, logs", async () => {
  await using shell = await new Shell().listen()
  const client = await shell.greetedClient()
  client.send({ type: 'scale', request: 1, workers: 3, reason: RESTARTED_BY_USER })
  assert.deepEqual((await client.next('answer')).value, { workers: 3 })
  client.send({ type: 'scale', request: 2, workers: 5 })
  assert.equal((await client.next('refused')).reason, 'too many')
  client.send({ type: 'shutdown', reason: 'enough' })
  shell.logs.add('warning', 'a line', 12)
  client.send({ type: 'query', request: 3, what: 'logs' })
  const [scaled, line, ...more] = (await client.next('answer')).value as LogLine[]
  assert.deepEqual([scaled.level, scaled.text], ['info', '3 workers are asked for: restarted by the user'])
  assert.deepEqual([line, more], [{ atMs: 12, level: 'warning', text: 'a line' }, []])
  assert.deepEqual(shell.stops, ['enough'])
  assert.deepEqual(shell.core.heard, ['client 1 test joined'])
})

test('the end is told to clients and workers', async () => {
  await using shell = await new Shell().listen()
  const client = await shell.greetedClient()
  const worker = shell.worker()
  worker.send(workerHello('w0'))
  await shell.workersAre(1)
  shell.plane.close('stopped by a person')
  assert.equal((await client.next('closing')).reason, 'stopped by a person')
  assert.equal((await worker.next('close')).reason, 'stopped by a person')
})

test('every client message of the shell is one of the table', () => {
  for (const type of ['run', 'cancel-run', 'watch-runs', 'report-run', 'scale', 'shutdown'])
    assert.ok(type in CLIENT_MESSAGES)
})
