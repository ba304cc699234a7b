// Runs beside the scheduler: their events for whoever watches and comes back, their end by every way.

import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { RunEvents } from '../../runtime/host/runEvents.ts'
import type { RunEvent } from '../../runtime/protocol/runs.ts'
import { Shell } from './schedulerKit.ts'

const SESSION = join(import.meta.dirname, 'programs', 'session.mjs')
const spec = (what: string) => ({ file: SESSION, args: [what], cwd: tmpdir(), env: { EXTRA: 'more' } })

/** Events until the run's end, in order. */
async function eventsOf(client: Awaited<ReturnType<Shell['greetedClient']>>): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (;;) {
    const { event } = await client.next('run-event')
    events.push(event)
    if (event.kind === 'ended') return events
  }
}

const kinds = (events: readonly RunEvent[]): string[] => events.map(({ kind }) => kind)

test('a run is started, told of, and told again to who comes later', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  client.send({ type: 'watch-runs', request: 1 })
  client.send({ type: 'run', request: 2, spec: spec('talk') })
  assert.equal((await client.next('answer')).request, 1)
  assert.deepEqual((await client.next('answer')).value, { run: 'run-1' })
  const events = await eventsOf(client)
  const output = events.flatMap((event) =>
    event.kind === 'output' ? [`${event.stream}: ${event.text}`] : [],
  )
  assert.deepEqual(output.sort(), ['stderr: and an error\n', `stdout: run run-1 in ${tmpdir()} with more\n`])
  assert.deepEqual(
    kinds(events).filter((kind) => kind !== 'output'),
    ['started', 'computing', 'progress', 'progress', 'computed', 'ended'],
  )
  assert.deepEqual(events.at(-1), { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 6 })
  const late = await shell.greetedClient('late')
  late.send({ type: 'watch-runs', request: 1 })
  const first = await late.next('run-event')
  assert.deepEqual([first.run, first.sequence, first.event.kind], ['run-1', 0, 'started'])
  assert.deepEqual([first.summary?.ended, first.summary?.spec.file], [true, SESSION])
  // Progress that was overtaken is of no use to anybody who comes later.
  assert.deepEqual(
    kinds(await eventsOf(late)).filter((kind) => kind !== 'output'),
    ['computing', 'computed', 'ended'],
  )
})

test('who comes back gets what it has missed and nothing twice', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  client.send({ type: 'watch-runs', request: 1 })
  client.send({ type: 'run', request: 2, spec: spec('talk') })
  await eventsOf(client)
  const back = await shell.greetedClient('back')
  back.send({ type: 'watch-runs', request: 1, since: { 'run-1': 5, toString: 3 } })
  let news = await back.next('run-event')
  assert.ok(news.sequence > 5)
  while (news.event.kind !== 'ended') {
    const next = await back.next('run-event')
    assert.ok(next.sequence > news.sequence)
    news = next
  }
})

test('a run is cancelled; one that does not listen is made to', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  client.send({ type: 'watch-runs', request: 1 })
  client.send({ type: 'run', request: 2, spec: spec('wait') })
  await client.next('run-event')
  client.send({ type: 'cancel-run', run: 'run-1' })
  client.send({ type: 'cancel-run', run: 'no such run' })
  const events = await eventsOf(client)
  const end = events.at(-1)
  assert.ok(end?.kind === 'ended')
  assert.deepEqual([end.exitCode, end.reason], [130, 'cancelled'])
})

test('a session that crashes ends its run with the reason', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  client.send({ type: 'watch-runs', request: 1 })
  client.send({ type: 'run', request: 2, spec: spec('crash') })
  const events = await eventsOf(client)
  assert.deepEqual(kinds(events), ['started', 'failed', 'ended'])
  assert.ok(events[1].kind === 'failed')
  assert.equal(events[1].failure.message, 'the process of the run was ended by SIGKILL and did not say why')
  assert.ok(events[2].kind === 'ended')
  assert.equal(events[2].reason, 'crashed')
})

test('a session on another connection reports its events itself', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  client.send({ type: 'watch-runs', request: 1 })
  client.send({ type: 'run', request: 2, spec: spec('wait') })
  await client.next('run-event')
  const session = await shell.greetedClient('session')
  session.send({ type: 'report-run', run: 'run-1', event: { kind: 'notice', text: 'hello' } })
  session.send({ type: 'report-run', run: 'run-7', event: { kind: 'notice', text: 'lost' } })
  assert.deepEqual((await client.next('run-event')).event, { kind: 'notice', text: 'hello' })
})

test('what cannot be run is refused by name', async () => {
  await using shell = await new Shell(SESSION).listen()
  const client = await shell.greetedClient()
  const cases: [object, RegExp][] = [
    [
      { file: '/nowhere/a.ts' },
      /^\/nowhere\/a\.ts is not there: this cluster runs files of \S+\. .*Remote-SSH/,
    ],
    [{ file: `${SESSION}-gone/a.ts`, text: '1' }, /-gone\/a\.ts is not there: /],
    [{ file: 'a.ts' }, /^a\.ts is no absolute path/],
    [{ file: SESSION, cwd: `${SESSION}/in` }, /^the run cannot start in .*session\.mjs\/in: no such folder$/],
  ]
  for (const [given, says] of cases) {
    client.send({ type: 'run', request: 9, spec: given as { file: string } })
    assert.match((await client.next('refused')).reason, says)
  }
})

const output = (text: string): RunEvent => ({ kind: 'output', stream: 'stdout', text })

test('kept output is bounded: what is gone is told, with the newest kept', () => {
  const events = new RunEvents(10, 100)
  events.add({ kind: 'started', pid: 1, atMs: 0, label: 'a', file: 'a' })
  for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) events.add(output(text))
  assert.deepEqual(
    events
      .since()
      .map(({ sequence, event }) => [
        sequence,
        event.kind === 'output' || event.kind === 'notice' ? event.text : event.kind,
      ]),
    [
      [0, 'started'],
      [2, '… 8 characters of output are no longer kept'],
      [3, 'cccc'],
      [4, 'dddd'],
    ],
  )
  events.add(output('x'.repeat(50)))
  assert.deepEqual(
    events.since(2).map(({ sequence }) => sequence),
    [4, 5],
  )
})

test('the number of kept events is bounded, and the end of a run stays', () => {
  const events = new RunEvents(1000, 5)
  events.add({ kind: 'started', pid: 1, atMs: 0, label: 'a', file: 'a' })
  for (let site = 0; site < 20; site++) {
    events.add({ kind: 'computing', site: { site, method: 'gather' }, total: 1 })
    events.add({ kind: 'progress', site, total: 1, finished: 0, running: 1, erred: 0, perSecond: 0 })
    events.add({ kind: 'computed', site, durationMs: 1, tasks: 1 })
  }
  events.add({ kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1 })
  const kept = events.since().map(({ event }) => event.kind)
  assert.equal(kept.length, 5)
  assert.deepEqual([kept[0], kept.at(-1)], ['started', 'ended'])
  assert.ok(!kept.includes('progress'))
})
