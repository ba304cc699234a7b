// The examples and a program with every method, run as a user runs them: by Node with heddle's loader, on a real cluster.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** What a program prints. Fails with all that it said when it ends with an error. */
async function printed(file: string): Promise<string> {
  const program = ['--import', join(root, 'runtime/dist/register.js'), join(root, file)]
  const { stdout } = await promisify(execFile)(process.execPath, program, { timeout: 120_000 })
  return stdout
}

test('every method of bags and delayed values works on a cluster', async () => {
  assert.equal(await printed('test/examples/programs/everyMethod.ts'), 'all right\n')
})

test('flights: where and when they leave late', async () => {
  const text = await printed('examples/flights.ts')
  assert.match(text, /3,000,000 flights from 229 airports, on average 6\.7 minutes late\./)
  assert.match(text, /\nMKE {9}9,027 {4}2\.6 min {3}15\.2 %\n/)
  assert.match(text, /\nJFK {8}31,270 {3}12\.3 min {3}30\.6 %\n/)
  assert.match(text, /\n05:00 {6}38,442 {3}-3\.8 min {4}4\.6 %\n/)
})

test('flights-table: ten questions to a table', async () => {
  const text = await printed('examples/flights-table.ts')
  assert.match(text, /│ 3000000 │/)
  assert.match(text, /│ JFK {4}│ 12\.30594819 │ {3}31270 │/)
  assert.match(text, /│ ORD {4}│ LGA {9}│ {4}556 │/)
  assert.match(text, /│ 2001-01-02 08:21:00 │ {3}-43 │ {5}4962 │ EWR {4}│ HNL {9}│/)
  assert.equal(text.match(/ rows? × /g)?.length, 10)
})

test('flights-late: trees learn more than a line', async () => {
  const text = await printed('examples/flights-late.ts')
  const areas = [...text.matchAll(/^(trees|line) .* area under the curve (0\.\d+)$/gm)].map(([, , area]) =>
    Number(area),
  )
  assert.ok(areas.length === 2 && areas[0] > areas[1] + 0.03 && areas[1] > 0.58, text)
  assert.match(text, /\nremainder__hour +\d+\.\d %\n/)
})

test('wordcount: the words of the READMEs', async () => {
  const text = await printed('examples/wordcount.ts')
  assert.match(text, /^[\d,]+ lines with [\d,]+ words of five letters or more\n/)
  assert.equal(text.trim().split('\n').length, 16)
})

test('delayed: two cities', async () => {
  const text = await printed('examples/delayed.ts')
  assert.match(text, /\nNew York {6}4 {4}4 {4}9 {3}16 .* 32%\n$/)
})

test('montecarlo: shared birthdays', async () => {
  const text = await printed('examples/montecarlo.ts')
  assert.match(text, /More likely than not from 25 people on\./)
})
