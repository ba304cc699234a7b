// However a run ends, no process, socket or file of it stays: counted, not assumed.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { Workplace } from './runKit.ts'

/** Busy on a worker until it is ended, spilling nothing. */
const ENDLESS = `import { Client } from 'heddle'
const client = await Client.local()
const forever = client.map((n: number) => {
  for (;;) if (n < 0) return n
}, [1, 2])
await client.submit(() => 1).result().catch(() => {})
console.log('busy')
await client.gather(forever)
`
const WAITING = `import { Client } from 'heddle'
const client = await Client.local()
console.log(await client.submit((n: number) => n + 1, 1).result())
console.log('busy')
await new Promise((resolve) => setTimeout(resolve, 600_000))
`

test('a run that finishes leaves nothing, and says what it took', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
console.log(await client.gather(client.map((n: number) => n * n, [1, 2, 3])), process.argv.slice(2))
`,
  })
  const { code, stdout, stderr } = await place.heddle(
    'run',
    'program.ts',
    '--workers',
    '2',
    '--threads',
    '1',
    '--',
    '--fast',
  )
  assert.equal(code, 0, stderr)
  assert.equal(stdout, "[ 1, 4, 9 ] [ '--fast' ]\n")
  assert.match(stderr, /^heddle: local cluster: 2 workers × 1 thread$/m)
  assert.match(stderr, /^heddle: dashboard http:\/\/127\.0\.0\.1:\d+\/\?token=/m)
  assert.match(
    stderr,
    /^heddle: cluster [\d.]+ m?s · gather program\.ts:3 .* \(3 tasks\) · total [\d.]+ m?s$/m,
  )
  assert.deepEqual(await place.leftovers(), [])
})

test("the program's own exit code is the command's", async () => {
  await using place = new Workplace({ 'program.ts': "import 'heddle'\nprocess.exit(7)\n" })
  const { code } = await place.heddle('run', 'program.ts', '--threads', '1')
  assert.equal(code, 7)
  assert.deepEqual(await place.leftovers(), [])
})

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  test(`${signal} ends the program, then the cluster`, async () => {
    await using place = new Workplace({ 'program.ts': WAITING })
    const run = place.start('run', 'program.ts', '--threads', '1')
    await run.said('busy')
    assert.ok(place.processes().length >= 4, 'command, session, scheduler and worker run')
    run.child.kill(signal)
    const { code, stderr } = await run.ended
    assert.equal(code, expected, stderr)
    assert.match(stderr, new RegExp(`heddle: ended by ${signal}`))
    assert.deepEqual(await place.leftovers(), [])
  })

/** Kills one process of a run by force, by what its title or arguments say. */
async function killing(place: Workplace, what: string): Promise<void> {
  const found = place.processes().find(({ title }) => title.includes(what))
  assert.ok(found, `no process ${what} among ${JSON.stringify(place.processes())}`)
  process.kill(found.pid, 'SIGKILL')
}

test('a killed command takes its program and its cluster along', async () => {
  await using place = new Workplace({ 'program.ts': WAITING })
  const run = place.start('run', 'program.ts', '--threads', '1')
  await run.said('busy')
  run.child.kill('SIGKILL')
  await run.ended
  assert.deepEqual(await place.leftovers(), [])
})

test('a killed command takes workers along that are busy with native loops', async () => {
  await using place = new Workplace({ 'program.ts': ENDLESS })
  const run = place.start('run', 'program.ts', '--workers', '2', '--threads', '2')
  await run.said('busy')
  run.child.kill('SIGKILL')
  await run.ended
  assert.deepEqual(await place.leftovers(), [])
})

test('a program that is killed ends the run with its signal', async () => {
  await using place = new Workplace({ 'program.ts': WAITING })
  const run = place.start('run', 'program.ts', '--threads', '1')
  await run.said('busy')
  await killing(place, 'session')
  const { code, stderr } = await run.ended
  assert.equal(code, 137, stderr)
  assert.match(stderr, /heddle: the program was ended by SIGKILL/)
  assert.deepEqual(await place.leftovers(), [])
})

test('a scheduler that is killed ends the run with its reason', async () => {
  await using place = new Workplace({ 'program.ts': ENDLESS })
  const run = place.start('run', 'program.ts', '--threads', '2', '--workers', '2')
  await run.said('busy')
  process.kill((JSON.parse(readFileSync(place.clusterFile(), 'utf8')) as { pid: number }).pid, 'SIGKILL')
  const { code, stderr } = await run.ended
  assert.equal(code, 1, stderr)
  assert.match(stderr, /the connection to the scheduler broke/)
  assert.deepEqual(await place.leftovers(), [])
})

test('a worker that is killed while it works: the run goes on', async () => {
  await using place = new Workplace({
    'program.ts': `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'heddle'
const client = await Client.local()
const gate = process.cwd() + '/killed'
const all = client.map(async (n: number) => {
  while (n > 0 && !existsSync(gate)) await setTimeout(20)
  return n
}, Array.from({ length: 60 }, (_, n) => n))
await all[0].result()
console.log('busy')
const sum = (await client.gather(all)).reduce((a, b) => a + b)
console.log('sum', sum)
`,
  })
  const run = place.start('run', 'program.ts', '--threads', '1')
  await run.said('busy')
  await killing(place, 'heddle worker')
  place.write('killed', '')
  const { code, stdout, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^sum 1770$/m)
  assert.match(stderr, /heddle worker w0: it was ended by SIGKILL; starting again/)
  assert.deepEqual(await place.leftovers(), [])
})

test('a scheduler and a worker started by hand serve a run, and end by `heddle stop`', async () => {
  await using place = new Workplace({
    'program.ts': `import { Client } from 'heddle'
const client = await Client.local()
console.log(await client.submit((n: number) => n + 1, 41).result())
`,
  })
  const scheduler = place.start('scheduler', '--port', '0')
  await scheduler.said('is running')
  const worker = place.start('worker', '--threads', '1', '--name', 'byhand')
  await worker.said('heddle worker byhand')
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--connect', place.clusterFile())
  assert.equal(code, 0, stderr)
  assert.equal(stdout, '42\n')
  const listed = await place.heddle('clusters')
  assert.match(listed.stdout, /^[0-9a-f]{8} {2}1 worker, 1 thread, process \d+\n {2}http:/)
  const stopped = await place.heddle('stop', '--all')
  assert.match(stopped.stdout, /^[0-9a-f]{8} has stopped\n$/)
  assert.equal((await scheduler.ended).code, 0)
  assert.equal((await worker.ended).code, 0)
  assert.deepEqual(await place.leftovers(), [])
})
