// The dashboard over HTTP: sign-in, cookies, hosts, files, policy; and the feed that its panels listen to.

import assert from 'node:assert/strict'
import test from 'node:test'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { Shell } from './schedulerKit.ts'

const COOKIE = { cookie: 'other=1; heddle-c1=the-cookie' }

test('a sign-in becomes a cookie and leaves the address', async () => {
  await using shell = await new Shell().listen()
  const { status, headers } = await shell.get('/workers?token=the-sign-in')
  assert.equal(status, 303)
  assert.equal(headers.location, './workers')
  assert.deepEqual(headers['set-cookie'], ['heddle-c1=the-cookie; HttpOnly; SameSite=Strict; Path=/'])
  // An address made to lead elsewhere leads home.
  assert.equal((await shell.get('//evil.example/?token=the-sign-in')).headers.location, './')
})

test("without sign-in, with a wrong one, or with the cluster's own token there is nothing to see", async () => {
  await using shell = await new Shell().listen()
  for (const path of ['/', '/media/workers.js', '/?token=guessed', '/?token=the-token', '/info']) {
    const { status, body, headers } = await shell.get(path)
    assert.equal(status, 401, path)
    assert.match(body, /open the whole address that heddle printed/)
    assert.equal(headers['set-cookie'], undefined)
  }
  assert.equal((await shell.get('/', { cookie: 'heddle-c1=guessed' })).status, 401)
})

test('pages have a policy with a nonce of their own, and cannot be framed', async () => {
  await using shell = await new Shell().listen()
  const nonces = new Set<string>()
  for (const [path, panel] of [
    ['/', 'dashboard'],
    ['/task-graph', 'taskGraph'],
    ['/task-stream', 'taskStream'],
    ['/workers', 'workers'],
    ['/gpu', 'gpu'],
    ['/results', 'results'],
  ]) {
    const { status, body, headers } = await shell.get(path, COOKIE)
    assert.equal(status, 200, path)
    const nonce = /nonce=([\w-]{24})>/.exec(body)?.[1] ?? ''
    nonces.add(nonce)
    assert.equal(body, `<p nonce=${nonce}>${panel}</p>`)
    assert.equal(
      headers['content-security-policy'],
      `default-src 'none'; script-src 'nonce-${nonce}'; frame-ancestors 'none'`,
    )
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['access-control-allow-origin'], undefined)
  }
  assert.equal(nonces.size, 6)
})

test('files of the panels are served, and no others', async () => {
  await using shell = await new Shell().listen()
  const file = await shell.get('/media/workers.js', COOKIE)
  assert.deepEqual([file.status, file.headers['content-type']], [200, 'text/javascript; charset=utf-8'])
  for (const path of [
    '/media/secret.txt',
    '/media/../cluster.json',
    '/media/..%2fcluster.json',
    '/media/%2e%2e/x.js',
    '/media/none.js',
    '/media/',
    '/cluster.json',
    '/task-graphs',
  ])
    assert.equal((await shell.get(path, COOKIE)).status, 404, path)
})

test('a name that a stranger points here is refused', async () => {
  await using shell = await new Shell().listen()
  for (const host of ['evil.example', 'evil.example:8786', '127.0.0.1.evil.example', '192.168.0.4:8786'])
    assert.equal((await shell.get('/', { ...COOKIE, host })).status, 403, host)
  for (const host of ['localhost', 'localhost:9999', '127.0.0.1:1', '[::1]:80'])
    assert.equal((await shell.get('/', { ...COOKIE, host })).status, 200, host)
  assert.equal((await shell.get('/', COOKIE, 'POST')).status, 405)
})

test('programs with the token may ask what cluster this is', async () => {
  await using shell = await new Shell().listen()
  const { status, body } = await shell.get('/info', { authorization: 'Bearer the-token' })
  assert.deepEqual([status, JSON.parse(body).id], [200, 'c1'])
})

test('a panel gets a snapshot, then what changes; nothing is asked of the core when nobody listens', async () => {
  await using shell = await new Shell().listen()
  assert.deepEqual([shell.core.recording, shell.core.deltasAsked], [false, 0])
  const origin = { origin: `http://127.0.0.1:${shell.port}` }
  const panel = shell.panel({ ...COOKIE, ...origin })
  panel.send({ type: 'hello', protocol: PROTOCOL_VERSION, panel: 'workers' })
  assert.equal((await panel.next('snapshot')).cluster.id, 'c1')
  assert.equal(shell.core.recording, true)
  shell.core.deltas = [
    {
      type: 'groups',
      added: [],
      edges: new Uint32Array(),
      changed: Uint32Array.of(3),
      counts: new Uint32Array(6),
    },
  ]
  assert.deepEqual([...(await panel.next('groups')).changed], [3])
  assert.equal((await panel.next('rates')).queued, 7)
  panel.send({ type: 'unfold', group: 2, limit: 5 })
  assert.equal((await panel.next('tasks')).group, 2)
  panel.send({ type: 'unfold', group: 99, limit: 5 })
  assert.equal((await panel.next('log')).text, 'there is no group 99')
  panel.send({ type: 'story', key: 'a' })
  assert.deepEqual((await panel.next('story')).lines, ['story of a', 'why a'])
  panel.hangUp()
  while (shell.core.recording) await new Promise((resolve) => setImmediate(resolve))
})

test('the memory of key prefixes is told to panels that ask, and workers are asked while one does', async () => {
  await using shell = await new Shell().listen()
  const [asks, other] = [shell.panel(), shell.panel()]
  for (const panel of [asks, other]) {
    panel.send({ type: 'hello', protocol: PROTOCOL_VERSION, panel: 'workers' })
    await panel.next('snapshot')
  }
  asks.send({ type: 'memory', on: true })
  assert.deepEqual([...(await asks.next('memory')).results], [1])
  assert.deepEqual([...(await asks.next('memory')).results], [2], 'it comes again by itself')
  assert.deepEqual(shell.core.heard, ['memory is watched'])
  other.send({ type: 'memory', on: true })
  await other.next('memory')
  asks.send({ type: 'memory', on: false })
  other.hangUp()
  while (shell.core.heard.length < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(shell.core.heard, ['memory is watched', 'memory is no longer watched'])
  const asked = shell.core.memoryAsked
  await asks.next('rates')
  assert.equal(shell.core.memoryAsked, asked, 'nobody looks: nothing is counted')
})

test('rates count what was computed, and a sample stands for all', async () => {
  await using shell = await new Shell().listen()
  const panel = shell.panel()
  panel.send({ type: 'hello', protocol: PROTOCOL_VERSION, panel: 'dashboard' })
  await panel.next('snapshot')
  // Four runs are told of eight hundred; one of the four is a transfer.
  shell.core.deltas = [
    {
      type: 'stream',
      total: 800,
      group: new Uint32Array(4),
      worker: new Uint16Array(4),
      thread: new Uint8Array(4),
      starts: new Float64Array(4),
      durationsMs: new Float64Array(4),
      what: Uint8Array.of(0, 0, 1, 2),
    },
  ]
  let tasksPerSecond = 0
  // Rates that were told before that are of no tasks.
  while (tasksPerSecond === 0) ({ tasksPerSecond } = await panel.next('rates'))
  // Six hundred in a second or a little more.
  assert.ok(tasksPerSecond <= 600, String(tasksPerSecond))
})

test('a panel of another version is told so', async () => {
  await using shell = await new Shell().listen()
  const panel = shell.panel()
  panel.send({ type: 'hello', protocol: PROTOCOL_VERSION + 1, panel: 'workers' })
  assert.match((await panel.next('closing')).reason, /cannot talk to protocol/)
  assert.equal(await panel.closed, 1002)
  assert.equal(shell.core.recording, false)
})
