// What processes are called.

import assert from 'node:assert/strict'
import test from 'node:test'
import { titleIn } from '../../runtime/host/processTitle.ts'

test("titles have spaces, but in a job of Slurm's, which would not be signalled by that name", () => {
  assert.equal(titleIn('heddle worker w1', {}), 'heddle worker w1')
  assert.equal(titleIn('heddle worker w1', { SLURM_JOB_ID: '7' }), 'heddle-worker-w1')
})
