// A breakpoint on a line of the user's file is hit in the worker thread that runs it, with the user's variables in sight.

import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import { PROGRAMS, runProgram } from './kit/runProgram.ts'

test('a breakpoint in a task stops there, with captured and local variables', async () => {
  const { stdout, stderr, code } = await runProgram('debugged.ts')
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const [paused, result] = stdout.trimEnd().split('\n').slice(-2)
  assert.deepEqual(JSON.parse(paused), {
    source: pathToFileURL(path.join(PROGRAMS, 'debugged.ts')).href,
    onLine: true,
    values: [7, 21, 100, 3],
  })
  assert.equal(result, '121')
})
