// What may be set of a scheduler, with real processes: saturation, the record of its events, its own checks.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Workplace } from './runKit.ts'

const PROGRAM = `
import { Client } from 'heddle'
await using client = await Client.local()
const square = (x: number): number => x * x
const squares = await client.gather(client.map(square, Array.from({ length: 500 }, (_, i) => i)))
const failing = client.with({ retries: 1 }).submit((text: string): number => { throw new RangeError(text) }, 'no')
await failing.exception()
const sum = client.with({ key: 'the sum' }).submit((...all: number[]) => all.reduce((a, b) => a + b, 0), ...squares)
console.log(await sum.result())
`

test('a record of a real scheduler plays again to the same instructions, and answers questions', {
  timeout: 120_000,
}, async () => {
  await using place = new Workplace({ 'main.ts': PROGRAM })
  const ran = await place.heddle(
    'run',
    '--workers',
    '2',
    '--threads',
    '1',
    '--record',
    'events',
    '--check-invariants',
    'main.ts',
  )
  assert.equal(ran.code, 0, ran.stderr)
  assert.equal(ran.stdout.trim(), '41541750')
  const file = join(place.folder, 'events')
  const again = await place.heddle('replay', 'events', '--check-invariants')
  assert.equal(again.code, 0, again.stderr)
  const [, events, messages] = /(\d+) events played again, (\d+) messages sent: the same as then/.exec(
    again.stderr,
  )!
  assert.ok(Number(events) > 20 && Number(messages) > 20, again.stderr)

  let until = Number(events)
  let told = ''
  // Near its end the program has let go of the sum: before that, its story is there.
  for (; until > 0 && !told.includes('is now'); until--)
    told = (await place.heddle('replay', 'events', '--until', String(until), '--story', 'the sum')).stdout
  assert.match(told, /was given to w\d/)

  const bytes = readFileSync(file)
  truncateSync(file, bytes.length - 3)
  const cut = await place.heddle('replay', 'events')
  assert.equal(cut.code, 0, 'a record whose last event was cut off is played as far as it goes')
  // Another saturation than then decides something else, and that is seen.
  const header = bytes.indexOf(10)
  writeFileSync(file, bytes.subarray(0, header).toString().replace('}', ',"saturation":50}'))
  appendFileSync(file, bytes.subarray(header))
  const other = await place.heddle('replay', 'events')
  assert.equal(other.code, 1)
  assert.match(other.stderr, /at event \d+, \d+ messages? went out, others than the \d+ of then/)
})

test('saturation: how many tasks of unknown duration a worker is given', { timeout: 120_000 }, async () => {
  const program = `
import { Client } from 'heddle'
await using client = await Client.local()
const forever = (_: number): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
const many = client.map(forever, Array.from({ length: 40 }, (_, i) => i))
for (;;) {
  const { workers } = (await client.dumpState()) as { workers: { assignedCount: number }[] }
  if (workers[0]?.assignedCount > 0) {
    console.log(workers[0].assignedCount)
    break
  }
}
client.cancel(many)
`
  await using place = new Workplace({ 'main.ts': program })
  const given = async (...saturation: string[]): Promise<string> => {
    const { code, stdout, stderr } = await place.heddle(
      'run',
      '--workers',
      '1',
      '--threads',
      '2',
      ...saturation,
      'main.ts',
    )
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  assert.deepEqual(
    [
      await given(),
      await given('--saturation', '1'),
      await given('--saturation', '4.5'),
      await given('--saturation', 'inf'),
    ],
    ['3', '2', '9', '40'],
  )
})

test('settings that cannot be are said in one sentence', async () => {
  await using place = new Workplace({
    'main.ts': `
import { Client } from 'heddle'
const { HEDDLE_CLUSTER: _, ...env } = process.env
process.env = env
for (const options of [{ saturation: -1 }, { saturation: '2' }, { record: '' }, { checkInvariants: 1 }, { record: '/nowhere/at/all' }])
  console.log(await Client.local(options as object).then(() => 'fine', (error: Error) => error.message))
`,
  })
  const said = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await place.heddle(...args)
    assert.ok(code === 2 || code === 3, `exit code ${code}: ${stderr}`)
    return stderr.split('\n')[0]
  }
  assert.equal(
    await said('scheduler', '--saturation', 'much'),
    'heddle: --saturation must be a number above 0, or inf for no limit, not "much"',
  )
  assert.match(
    await said('scheduler', '--port', '0', '--record', 'no/such/folder/events'),
    /^heddle: the record cannot be written: ENOENT/,
  )
  assert.match(
    await said('run', '--connect', 'cluster.json', '--saturation', '2', 'main.ts'),
    /are of a new cluster: give them to its `heddle scheduler`/,
  )
  assert.match(await said('replay', 'main.ts'), /^heddle: main\.ts is no record of a scheduler/)
  assert.match(await said('replay'), /^heddle: say which record to play again/)
  const { stdout } = await place.heddle('run', '--quiet', 'main.ts')
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/: ENOENT.*/, '')),
    [
      'saturation must be a number above 0, or Infinity for no limit, not -1',
      'saturation must be a number above 0, or Infinity for no limit, not "2"',
      'record must be the path of a file to write',
      'checkInvariants must be true or false',
      'the cluster cannot start: the record cannot be written',
    ],
  )
})
