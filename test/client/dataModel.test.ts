// The view of data: what programs hold, in words.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataRows, dataTotal, heldLens, holdersOnLines, releaseText } from '../../client/data/dataModel.ts'
import { applyRunEvent, type Runs } from '../../client/runs/runsModel.ts'
import type { HeldData } from '../../runtime/protocol/runs.ts'

const HELD: HeldData = {
  client: 3,
  clientName: 'session of analysis.ts',
  group: 12,
  name: 'range-filter',
  place: { file: '/home/ada/flights/analysis.ts', line: 7, column: 19 },
  results: 20,
  bytes: 3_200_000,
}

test('data is called by the variable of its line, with bytes, parts and place', () => {
  const [row] = dataRows([HELD], (file, line) =>
    file.endsWith('analysis.ts') && line === 7
      ? 'const [cleaned] = await persist(rows.filter(ok))'
      : undefined,
  )
  assert.equal(row.id, '3/12')
  assert.equal(row.label, 'cleaned')
  assert.equal(row.description, '3.2 MB · analysis.ts:7 · 20 parts')
  assert.match(row.tooltip, /^20 results of range-filter, 3\.2 MB/)
  assert.match(row.tooltip, /Held by session of analysis\.ts until/)
})

test('without a line, or with one that declares nothing, it is called by its tasks', () => {
  const label = (held: HeldData, text?: string): string => dataRows([held], () => text)[0].label
  assert.equal(label(HELD), 'range-filter')
  assert.equal(label(HELD, 'await persist(rows)'), 'range-filter')
  assert.equal(label(HELD, '  let größe = rows.persist()'), 'größe')
  assert.equal(label(HELD, 'export const { low } = await client.scatter(parts)'), 'low')
  const { place: _, ...without } = HELD
  const [row] = dataRows([{ ...without, clientName: '', results: 1 }], () => 'const a = 1')
  assert.deepEqual([row.label, row.description], ['range-filter', '3.2 MB · 1 part'])
  assert.match(row.tooltip, /Held by client 3 until/)
})

test('above its line stands the variable with what it holds; the run that holds it is named while it goes on', () => {
  const runs: Runs = new Map()
  const tell = (sequence: number, event: Parameters<typeof applyRunEvent>[1]['event']): void =>
    void applyRunEvent(runs, { run: 'r1', sequence, event })
  tell(0, { kind: 'started', pid: 77, atMs: 0, label: 'analysis.ts', file: '/home/ada/flights/analysis.ts' })
  const held = { ...HELD, clientName: 'session-77' }
  const lens = heldLens(held, 'const [cleaned] = await persist(rows)', runs.values())
  assert.equal(lens?.title, 'cleaned holds 3.2 MB · release')
  assert.match(lens.tooltip, /Held by the run of analysis\.ts until/)
  assert.equal(heldLens(held, 'await persist(rows)', [])?.title, 'range-filter holds 3.2 MB · release')
  assert.equal(heldLens({ ...held, bytes: 999 }, 'const a = 1', []), undefined, 'too little to matter')
  tell(1, { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1 })
  assert.match(dataRows([held], () => undefined, [...runs.values()])[0].tooltip, /Held by session-77 until/)
})

test('what is published is called by its name, and whoever published it is told', () => {
  const { place: _, ...rest } = HELD
  const published = { ...rest, client: -1, group: -1, name: 'flights', dataset: 'flights' }
  const [row] = dataRows([published], () => 'const a = 1')
  assert.deepEqual(
    [row.id, row.label, row.description],
    ['dataset flights', 'flights', '3.2 MB · published · 20 parts'],
  )
  assert.match(
    row.tooltip,
    /^20 results, 3\.2 MB .*\nPublished as flights by session of analysis\.ts, and held until/,
  )
  assert.match(releaseText(published), /Programs that have opened it keep what they hold/)
  assert.match(releaseText(HELD), /The program that holds it is told so/)
})

test('what is published and held too stands once, with its name, its variable and whoever holds it', () => {
  const runs: Runs = new Map()
  applyRunEvent(runs, {
    run: 'r1',
    sequence: 0,
    event: { kind: 'started', pid: 77, atMs: 0, label: 'analysis.ts', file: '/home/ada/flights/analysis.ts' },
  })
  const alsoHeldBy = [{ clientName: 'session-77', place: HELD.place }]
  const published = {
    ...HELD,
    client: -1,
    clientName: 'session-77',
    group: -1,
    name: 'flights',
    dataset: 'flights',
    alsoHeldBy,
  }
  const told = (line: string): string[] => {
    const [row] = dataRows([published], () => line, [...runs.values()])
    return [row.label, row.description, heldLens(published, line, runs.values())?.title ?? '']
  }
  assert.deepEqual(told('const clean = await client.publish(…)'), [
    'flights',
    '3.2 MB · published · clean in analysis.ts:7 · 20 parts',
    'clean, published as flights: 3.2 MB · release',
  ])
  assert.deepEqual(told('const flights = await client.publish(…)'), [
    'flights',
    '3.2 MB · published · analysis.ts:7 · 20 parts',
    'flights, published: 3.2 MB · release',
  ])
  assert.equal(told('await client.publish(…)')[2], 'published as flights: 3.2 MB · release')
  const [{ tooltip }] = dataRows([published], () => undefined, [...runs.values()])
  assert.match(tooltip, /\nAsked for in .*analysis\.ts:7\nHeld by the run of analysis\.ts too\.$/)
  assert.match(tooltip, /Published as flights by the run of analysis\.ts, and held/)
  applyRunEvent(runs, {
    run: 'r1',
    sequence: 1,
    event: { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1 },
  })
  const { alsoHeldBy: _, ...left } = { ...published, clientName: 'session-77' }
  const [later] = dataRows([left], () => 'const clean = 1', [...runs.values()])
  assert.equal(later.description, '3.2 MB · published · analysis.ts:7 · 20 parts')
  assert.match(later.tooltip, /by the run of analysis\.ts, and held .*\nAsked for in [^\n]*$/)
  assert.match(releaseText(published), /then held by its program alone, and stands here by its variable/)
  assert.deepEqual(holdersOnLines(published), alsoHeldBy)
  assert.deepEqual(holdersOnLines({ ...published, alsoHeldBy: undefined }), [], 'nobody has a line for it')
  assert.deepEqual(holdersOnLines(HELD), [HELD])
})

test('all of it in one figure; nothing while nothing is held', () => {
  assert.equal(dataTotal([HELD, HELD]), '6.4 MB')
  assert.equal(dataTotal([]), undefined)
})
