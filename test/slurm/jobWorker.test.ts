// What a worker learns from its job: its name, and which devices are its own.

import assert from 'node:assert/strict'
import test from 'node:test'
import { jobIdOf, workerName } from '../../runtime/slurm/jobBooks.ts'
import { deviceVariables, jobWorker } from '../../runtime/slurm/jobWorker.ts'

test('names tell the job and the process, whether alone, of an array or of one srun', () => {
  assert.deepEqual(jobWorker({ SLURM_JOB_ID: '7' }), { name: 'job7-0' })
  assert.deepEqual(jobWorker({ SLURM_JOB_ID: '9', SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '2' }), {
    name: 'job7_2-0',
  })
  assert.deepEqual(jobWorker({ SLURM_JOB_ID: '7', SLURM_PROCID: '3' }), { name: 'job7-3' })
  assert.throws(() => jobWorker({}), {
    name: 'NoJobError',
    message: '--slurm is for workers inside a job of Slurm, and SLURM_JOB_ID is not set here',
  })
  for (const id of ['7', '7_2']) assert.equal(jobIdOf(workerName(id, 3)), id)
  for (const name of ['w1', 'job-0', 'job7', 'job7_-1', 'xjob7-0'])
    assert.equal(jobIdOf(name), undefined, name)
})

test('workers of one node share out its devices, each device once', () => {
  const given: [string, string, number, string[][]][] = [
    ['0,1', '2', 2, [['0'], ['1']]],
    [
      '0,1,2,3',
      '2',
      2,
      [
        ['0', '1'],
        ['2', '3'],
      ],
    ],
    ['0,1,2', '2', 2, [['0', '1'], ['2']]],
    ['0', '2', 2, [['0'], []]],
    ['GPU-a,GPU-b', '2(x3),1', 2, [['GPU-a'], ['GPU-b']]],
  ]
  for (const [devices, tasks, here, expected] of given) {
    const shares = Array.from(
      { length: here },
      (_, local) =>
        jobWorker({
          ...{ SLURM_JOB_ID: '7', CUDA_VISIBLE_DEVICES: devices, SLURM_LOCALID: String(local) },
          ...{ SLURM_STEP_TASKS_PER_NODE: tasks, SLURM_NODEID: '0', SLURM_PROCID: String(local) },
        }).gpus,
    )
    assert.deepEqual(shares, expected, devices)
    assert.deepEqual(shares.flat().sort(), devices.split(',').sort())
  }
})

test('the last node of a step may have fewer workers', () => {
  const { gpus } = jobWorker({
    ...{ SLURM_JOB_ID: '7', CUDA_VISIBLE_DEVICES: '0,1', SLURM_STEP_TASKS_PER_NODE: '2(x3),1' },
    ...{ SLURM_NODEID: '3', SLURM_LOCALID: '0', SLURM_PROCID: '6' },
  })
  assert.deepEqual(gpus, ['0', '1'])
})

test("AMD's and Intel's devices count too, and none is none", () => {
  assert.deepEqual(jobWorker({ SLURM_JOB_ID: '7', ROCR_VISIBLE_DEVICES: '1' }).gpus, ['1'])
  assert.deepEqual(jobWorker({ SLURM_JOB_ID: '7', ZE_AFFINITY_MASK: '0' }).gpus, ['0'])
  for (const none of ['', 'NoDevFiles'])
    assert.equal(jobWorker({ SLURM_JOB_ID: '7', CUDA_VISIBLE_DEVICES: none }).gpus, undefined)
  assert.deepEqual(deviceVariables(['1', '3']).CUDA_VISIBLE_DEVICES, '1,3')
})
