// The functions that a lane keeps made: those used last.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { CallableLoader } from '../../runtime/functions/callableLoader.ts'
import { Lifter } from '../../runtime/functions/lifter.ts'
import { LaneCallables } from '../../runtime/host/laneCallables.ts'

test('a thread keeps the functions used last, and makes others again when they are needed', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hd-callables-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const lifter = new Lifter({ root: folder })
  const callables = new LaneCallables(new CallableLoader({ moduleFolder: folder }), 3)
  const names = [Math.sqrt, Math.cbrt, Math.abs, Math.sign, Math.trunc]
  for (const [number, fn] of names.entries()) callables.add(number, lifter.liftCallable(fn).bytes, [])
  for (const number of [0, 1, 2]) await callables.load(number)
  assert.equal(callables.get(0)?.(16), 4)
  await callables.load(3) // Of 0, 1 and 2 it is 1 that was used longest ago.
  assert.deepEqual(
    [0, 1, 2, 3].map((number) => callables.get(number) !== undefined),
    [true, false, true, true],
  )
  assert.equal(callables.size, 3)
  assert.equal((await callables.load(1))(27), 3)
  callables.forget([1, 3])
  assert.equal(callables.get(3)?.(-2), -1, 'until nothing runs it is still there')
  callables.rest()
  assert.equal(callables.get(1), undefined)
  await assert.rejects(callables.load(1), /was not sent callable 1/)
})
