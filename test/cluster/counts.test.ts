// Workers, threads and memory limits: what people write, and what a scheduler process is told.

import assert from 'node:assert/strict'
import test from 'node:test'
import { resourcesOf } from '../../runtime/cli/workerCommand.ts'
import { MemoryLimitError, memoryLimitBytes } from '../../runtime/cluster/memoryLimit.ts'
import { schedulerArguments, schedulerOptions } from '../../runtime/cluster/schedulerOptions.ts'
import { WorkerCountError, workerCounts } from '../../runtime/cluster/workerCounts.ts'
import type { MemoryShares, WorkerMemoryRequest } from '../../runtime/cluster/workerMemory.ts'

const HERE = { cores: 8, memoryBytes: 16e9 }
const NAMES = { workers: '--workers', threads: '--threads' }

test('memory limits are amounts, fractions or bytes', () => {
  const given: [string | number, number][] = [
    ['4GB', 4e9],
    ['4 gb', 4e9],
    ['512MiB', 512 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['0.5', 8e9],
    [0.25, 4e9],
    [1, 16e9],
    [2e9, 2e9],
    ['2000000000', 2e9],
    ['200000000B', 2e8],
  ]
  for (const [text, bytes] of given) assert.equal(memoryLimitBytes(text, 16e9), bytes, String(text))
})

test('what is no memory limit says what one looks like', () => {
  for (const text of ['much', '4XB', '-1GB', '', '1e9x', 'GB'])
    assert.throws(() => memoryLimitBytes(text, 16e9), {
      name: 'MemoryLimitError',
      message: `${JSON.stringify(text)} is no memory limit: write an amount like 4GB or 512MiB, or a fraction of all memory like 0.5`,
    })
  for (const text of ['3', '0', '1MB', 0.001])
    assert.throws(
      () => memoryLimitBytes(text, 16e9),
      (error) => error instanceof MemoryLimitError && /a worker needs at least 100MB/.test(error.message),
    )
})

test('one worker has all cores and all memory; several share them', () => {
  assert.deepEqual(workerCounts({}, NAMES, HERE), { workers: 1, threads: 8, memoryLimitBytes: 16e9 })
  assert.deepEqual(workerCounts({ workers: 3 }, NAMES, HERE), {
    workers: 3,
    threads: 2,
    memoryLimitBytes: Math.floor(16e9 / 3),
  })
  assert.deepEqual(workerCounts({ workers: '20', threads: '4', memoryLimit: '1GB' }, NAMES, HERE), {
    workers: 20,
    threads: 4,
    memoryLimitBytes: 1e9,
  })
  assert.equal(workerCounts({ workers: 100 }, NAMES, HERE).threads, 1)
})

test('numbers that cannot be name their option', () => {
  for (const given of ['0', 'lots', '1.5', '-2', '', '257', 0, 2.5, Number.NaN])
    assert.throws(
      () => workerCounts({ workers: given }, NAMES, HERE),
      (error) =>
        error instanceof WorkerCountError &&
        error.message ===
          `--workers must be a whole number from 1 to 256, not ${JSON.stringify(String(given))}`,
    )
  assert.throws(
    () => workerCounts({ threads: '300' }, NAMES, HERE),
    /--threads must be .* 1 to 255, not "300"/,
  )
})

test("a scheduler's options survive its command line", () => {
  const options = {
    id: 'ab12cd34',
    port: 0,
    quietTasks: true,
    settings: {},
    local: { workers: 2, threads: 3, memoryLimitBytes: 123_456_789 },
  }
  assert.deepEqual(schedulerOptions(schedulerArguments(options)), options)
  assert.deepEqual(schedulerOptions([]), { port: 0, settings: {} })
  assert.deepEqual(schedulerOptions(schedulerArguments({ port: 8786 })), { port: 8786, settings: {} })
})

test('options that a scheduler cannot use', () => {
  const cases: [string[], RegExp][] = [
    [['--port', '65536'], /--port must be a number from 0/],
    [['--port', 'http'], /--port must be a number from 0/],
    [['--id', '../../etc'], /--id must be 1 to 8 letters/],
    [['--threads', '2'], /of workers: give --local-workers too/],
    [['--local-workers', '0'], /--local-workers must be a whole number/],
    [['--bogus'], /bogus/],
    [['stray'], /stray/],
  ]
  for (const [args, says] of cases) assert.throws(() => schedulerOptions(args), says, args.join(' '))
})

test("a worker's resources", () => {
  assert.deepEqual(resourcesOf('gpu=2, licence=0.5'), { gpu: 2, licence: 0.5 })
  assert.deepEqual(resourcesOf(undefined), {})
  for (const bad of ['gpu', 'gpu=', '=2', 'gpu=x', 'gpu=2;x=1'])
    assert.throws(() => resourcesOf(bad), /--resources is a list like gpu=2,licence=1/)
})

test('shares of memory, a spill folder and its limit survive the command line', () => {
  const memory = {
    memoryShares: { target: 0.5, spill: false, pause: 0.8, terminate: 0.9 },
    spillFolder: '/scratch/me',
    spillLimitBytes: 5e9,
  } as const
  const options = {
    id: 'ab12',
    port: 0,
    settings: {},
    local: { workers: 2, threads: 3, memoryLimitBytes: 4e9, memory },
  }
  assert.deepEqual(schedulerOptions(schedulerArguments(options)), options)
})

const badMemory: [WorkerMemoryRequest, RegExp][] = [
  [{ memoryShares: '60,70' }, /four percentages, each a number or off, like 60,70,80,95: not "60,70"/],
  [{ memoryShares: '60,70,80,x' }, /four percentages/],
  [{ memoryShares: '0.6,0.7,0.8,0.95' }, /are percentages here: write 60,70,80,95, not "0.6,0.7,0.8,0.95"/],
  [{ memoryShares: '60,50,80,95' }, /must rise in the order target, spill, pause, terminate: spill is 0.5/],
  [{ memoryShares: { target: 60 } }, /target must be over 0 and at most 1 \(or false\), not 60/],
  [{ memoryShares: { pause: 0.5 } }, /must rise/],
  [{ memoryShares: { aim: 0.5 } as MemoryShares }, /no "aim": there are target, spill, pause, terminate/],
  [{ spillFolder: '' }, /must be the path of a folder/],
  [{ spillLimit: 'much' }, /"much" is no limit for spilled values: write an amount like 100GB/],
  [{ spillLimit: 0.5 }, /0.5 is no limit/],
]
for (const [request, text] of badMemory)
  test(`${JSON.stringify(request)} is refused`, () =>
    assert.throws(() => workerCounts(request), { name: 'WorkerMemoryError', message: text }))
