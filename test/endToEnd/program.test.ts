// What `heddle run` does with programs that have ways of their own: signals they handle, failures nobody asks for, old imports.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { Workplace } from './runKit.ts'

test('a run that is interrupted is told with the tasks that were done', async () => {
  await using place = new Workplace({
    'program.ts': `import { bag, Client } from 'heddle'
const client = await Client.local()
const stuck = (n: number) => { for (;;) if (n < 20) return n }
const numbers = Array.from({ length: 40 }, (_, n) => n)
await client.gather(client.map(stuck, numbers.slice(0, 10)))
console.log('busy')
await Promise.all([
  client.gather(client.map(stuck, numbers)),
  bag.fromSequence(numbers, { partitions: 40 }).map(stuck).compute(),
])
`,
  })
  const run = place.start('run', 'program.ts', '--threads', '1')
  await run.said('busy')
  run.child.kill('SIGINT')
  const { code, stderr } = await run.ended
  assert.equal(code, 130)
  assert.match(stderr, /gather program\.ts:5 .*\(10 tasks\)/)
  // The results of the ten are there already; how many more had come is chance.
  const [, done] = /gather program\.ts:8 .*\((\d+) of 40 tasks\)/.exec(stderr) ?? []
  assert.ok(Number(done) >= 0 && Number(done) <= 20, stderr)
  assert.match(stderr, /compute program\.ts:9 .*\(\d+ of \d+ tasks\)/)
  assert.deepEqual(await place.leftovers(), [])
})

test('a call that fails is told with the tasks that were done', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
await client.gather(client.map((n: number) => { if (n === 3) throw new Error('three'); return n }, [0, 1, 2, 3]))
`,
  })
  const { code, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 1)
  assert.match(stderr, /gather program\.ts:3 .*\(\d of 4 tasks\)/)
})

test('an error is told with what caused it, and with the errors that it holds', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
await client.submit(() => {
  throw new AggregateError([new Error('first')], 'both', { cause: new TypeError('inner') })
}).result()
`,
  })
  const { code, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 1)
  assert.match(stderr, /program\.ts:4:9 AggregateError: both\n/)
  assert.match(stderr, /\n {2}- Error: first\n {2}caused by TypeError: inner\n {2}in task anonymous-/)
})

for (const [signal, handled, expected] of [
  ['SIGINT', 'the program says when it ends, and with which code', 9],
  ['SIGTERM', 'the same for SIGTERM', 9],
] as const)
  test(`${signal}, handled by the program: ${handled}`, async () => {
    await using place = new Workplace({
      'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
process.on('${signal}', async () => {
  // Longer than a program without handlers is given.
  await new Promise((resolve) => setTimeout(resolve, 3500))
  console.log('saved', await client.submit((n: number) => n + 1, 41).result())
  process.exit(9)
})
console.log('busy')
await new Promise((resolve) => setTimeout(resolve, 600_000))
`,
    })
    const run = place.start('run', 'program.ts', '--threads', '1')
    await run.said('busy')
    run.child.kill(signal)
    const { code, stdout, stderr } = await run.ended
    assert.equal(stdout, 'busy\nsaved 42\n', stderr)
    assert.equal(code, expected)
    assert.deepEqual(await place.leftovers(), [])
  })

test('a second Ctrl-C ends a program that handles the first and goes on', async () => {
  await using place = new Workplace({
    'program.ts': `import 'heddle'
process.on('SIGINT', () => console.log('not yet'))
console.log('busy')
await new Promise((resolve) => setTimeout(resolve, 600_000))
`,
  })
  const run = place.start('run', 'program.ts', '--threads', '1')
  await run.said('busy')
  run.child.kill('SIGINT')
  await run.said('not yet')
  run.child.kill('SIGINT')
  assert.equal((await run.ended).code, 130)
  assert.deepEqual(await place.leftovers(), [])
})

test('failures that nobody asked for are told at the end, by the line of the call', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client, fireAndForget, wait } from 'heddle'
const client = await Client.local()
const fails = (n: number): number => { throw new RangeError('no ' + n) }
client.submit(fails, 1)
const kept = client.map(fails, [2, 3])
fireAndForget(client.submit(fails, 4))
const waited = client.submit(fails, 5)
await wait(waited)
const used = client.submit((n: number) => n, client.submit(fails, 6))
await used.exception()
const looked = client.submit(fails, 7)
while (looked.status === 'pending') await new Promise((resolve) => setTimeout(resolve, 1))
await wait(client.with({ priority: -1 }).submit(() => 1))
`,
  })
  const { code, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 0, stderr)
  const told = stderr.split('\n').filter((line) => line.includes('nobody asked'))
  assert.deepEqual(told.toSorted(), [
    'heddle: 1 task of `fails` (program.ts:4:8) failed, and nobody asked for the result: RangeError: no 1. Await result() or gather() to be told, or say fireAndForget().',
    'heddle: 2 tasks of `fails` (program.ts:5:21) failed, and nobody asked for the results: RangeError: no 2. Await result() or gather() to be told, or say fireAndForget().',
  ])
})

test('`import x = require(…)` works in an ES module, here and on workers', async () => {
  await using place = new Workplace({
    'package.json': '{ "type": "module" }',
    'program.ts': `import { Client } from 'heddle'
import path = require('node:path')
import fs = require('fs')
import answer = require('./answer.cjs')
import { joined } from './other.ts'
let stats: fs.Stats | undefined
const client = await Client.local()
console.log(answer.value, path.basename('/a/b'), stats)
console.log(await client.submit((n: number) => [n + answer.value, path.join('a', 'b'), joined('c')], 1).result())
`,
    'other.ts': `import path = require('node:path')
import answer = require('./answer.cjs')
const separator = [path.posix.sep]
export const joined = (name: string): string => name + separator[0] + answer.value
`,
    'answer.cjs': 'exports.value = 41\n',
  })
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 0, stderr)
  assert.equal(stdout, "41 b undefined\n[ 42, 'a/b', 'c/41' ]\n")
})

test('a function that comes back as a result: what it captures is refused by its name', async () => {
  await using place = new Workplace({
    'program.ts': `import { Socket } from 'node:net'
import { Client } from 'heddle'
const client = await Client.local()
const makes = () => { const connection = new Socket(); return () => connection }
const later = async () => { const line = new Socket(); return [{ call: () => line }] }
for (const make of [makes, later])
  console.log(await client.submit(make as () => unknown).result().catch((error) => error.message))
`,
  })
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    /^`connection` is a net\.Socket, which cannot be sent to a worker\..*\n`line` is a net\.Socket/,
  )
})

test('--inspect: a debugger finds the program', async () => {
  await using place = new Workplace({
    'program.ts': `import 'heddle'
import { url } from 'node:inspector'
const { host } = new URL(url() ?? 'ws://nobody')
const [target] = await (await fetch('http://' + host + '/json/list')).json()
console.log(host.startsWith('127.0.0.1:'), target.type, target.webSocketDebuggerUrl === url())
`,
  })
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--threads', '1', '--inspect')
  assert.equal(code, 0, stderr)
  assert.equal(stdout, 'true node true\n')
  assert.match(stderr, /Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//)
  assert.deepEqual(await place.leftovers(), [])
})

test('a worker that joins over TCP serves runs, and ends with its scheduler', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
console.log(await client.gather(client.map((n: number) => 'x'.repeat(n).length, [1, 1e6])))
`,
  })
  const scheduler = place.start('scheduler', '--port', '0')
  await scheduler.said('is running')
  const address = JSON.parse(readFileSync(place.clusterFile(), 'utf8')) as {
    dashboardUrl: string
    token: string
  }
  const where = `ws://${new URL(address.dashboardUrl).host}?token=${address.token}`
  const worker = place.start('worker', '--connect', where, '--threads', '1', '--name', 'far')
  await worker.said('heddle worker far: 1 thread')
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--connect', where)
  assert.equal(code, 0, stderr)
  assert.equal(stdout, '[ 1, 1000000 ]\n')
  await place.heddle('stop', '--all')
  assert.equal((await scheduler.ended).code, 0)
  assert.equal((await worker.ended).code, 0)
  assert.deepEqual(await place.leftovers(), [])
})

test('what tasks print is seen once, with the worker that printed it', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
await client.submit(() => {
  console.log('spoken')
  console.error('cried')
}).result()
`,
  })
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 0)
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => /spoken|cried/.test(line))
  assert.deepEqual(lines.sort(), ['heddle: w0: cried', 'heddle: w0: spoken'])
})
