// Runs of mirrored files: run from the mirror, and told by the paths of the machine that they are of.

import assert from 'node:assert/strict'
import test from 'node:test'
import { overThere, placedSpec } from '../../runtime/host/mirroredRun.ts'
import type { RunEvent } from '../../runtime/protocol/runs.ts'

const MIRROR = '/home/me/.cache/heddle/mirrors/bundles/0123456789abcdef01234567'

test('a mirrored run is run from below its mirror; another as it is', () => {
  const spec = { file: '/w/a.ts', cwd: '/w', text: 'x', mirror: MIRROR }
  assert.deepEqual(placedSpec(spec), { ...spec, file: `${MIRROR}/w/a.ts`, cwd: `${MIRROR}/w` })
  assert.deepEqual(placedSpec({ file: '/w/a.ts', mirror: MIRROR }), {
    file: `${MIRROR}/w/a.ts`,
    mirror: MIRROR,
  })
  const plain = { file: '/w/a.ts' }
  assert.equal(placedSpec(plain), plain)
})

test('every path that an event has is the one over there: places, stacks, addresses, output', () => {
  const here = `${MIRROR}/w/a.ts`
  const failed: RunEvent = {
    kind: 'failed',
    failure: {
      name: 'Error',
      message: `no such file '${MIRROR}/w/data.csv'`,
      stack: `Error: no\n    at f (file://${here}:3:7)\n    at ${here}:9:1`,
      place: { file: here, line: 3, column: 7 },
      frames: [{ file: here, line: 3, column: 7 }],
    },
  }
  assert.deepEqual(overThere(failed, MIRROR), {
    kind: 'failed',
    failure: {
      name: 'Error',
      message: "no such file '/w/data.csv'",
      stack: 'Error: no\n    at f (file:///w/a.ts:3:7)\n    at /w/a.ts:9:1',
      place: { file: '/w/a.ts', line: 3, column: 7 },
      frames: [{ file: '/w/a.ts', line: 3, column: 7 }],
    },
  })
  assert.deepEqual(overThere({ kind: 'output', stream: 'stdout', text: `${MIRROR}/w\n` }, MIRROR), {
    kind: 'output',
    stream: 'stdout',
    text: '/w\n',
  })
})

test('bytes are passed on as they are, and so is everything of a run that has no mirror', () => {
  const values = new Uint8Array([1, 2, 3])
  const result: RunEvent = {
    kind: 'result',
    line: MIRROR,
    durationMs: 1,
    display: { kind: 'array', dtype: 'float64', shape: [3], steps: [1], values, text: '' },
  }
  const told = overThere(result, MIRROR)
  assert.ok(told.kind === 'result' && told.display.kind === 'array')
  assert.equal(told.display.values, values)
  assert.equal(overThere(result, undefined), result)
})
