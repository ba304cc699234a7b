// Clocks of Slurm and of the scheduler's machine that differ: learnt from what jobs did, and reckoned with.

import assert from 'node:assert/strict'
import test from 'node:test'
import { ClockOffset } from '../../runtime/slurm/clockOffset.ts'
import { JobBooks } from '../../runtime/slurm/jobBooks.ts'
import { clockText, workerTime } from '../../runtime/slurm/jobTime.ts'
import { parseQueue } from '../../runtime/slurm/parseQueue.ts'
import { refusalOf } from '../../runtime/slurm/readSbatch.ts'
import { SchedulerTime } from '../../runtime/slurm/schedulerTime.ts'

const MINUTE_MS = 60_000

/** The same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('without jobs, and with jobs that started when they were seen to, clocks are the same', () => {
  const clock = new ClockOffset()
  assert.equal(clock.offsetMs, 0)
  clock.started(5000, 4200, 5800)
  // Slurm cuts a moment to its second, so that it may lie before the submission.
  clock.started(9000, 9700, 10_900)
  assert.equal(clock.offsetMs, 0)
})

for (let seed = 1; seed <= 20; seed++)
  test(`an offset is found to the time between two looks, and never beyond what it is (seed ${seed})`, () => {
    const random = randomOf(seed)
    const offsetMs = Math.round((random() - 0.5) * 10 * MINUTE_MS)
    const clock = new ClockOffset()
    let nowMs = 1e12
    let closestMs = Infinity
    for (let i = 0; i < 10; i++) {
      const waitedMs = nowMs + random() * MINUTE_MS
      const startedMs = waitedMs + random() * 2000
      const ranMs = startedMs + random() * 2000
      const said = Math.floor((startedMs + offsetMs) / 1000) * 1000
      clock.started(said, waitedMs, ranMs)
      closestMs = Math.min(closestMs, ranMs - waitedMs)
      nowMs = ranMs
      assert.ok(Math.abs(clock.offsetMs) <= Math.abs(offsetMs) + 1000)
      assert.ok(Math.abs(clock.offsetMs - offsetMs) <= closestMs + 1000, `${clock.offsetMs} for ${offsetMs}`)
    }
  })

test('a clock that is set anew is believed', () => {
  const clock = new ClockOffset()
  clock.started(310_000, 9000, 10_000)
  assert.equal(clock.offsetMs, 300_000)
  clock.started(20_000, 19_000, 21_000)
  assert.equal(clock.offsetMs, 0)
})

/** A job's line of `squeue`, its moments by Slurm's clock. */
const line = (state: string, startMs: number, endMs: number): string =>
  `7|7|${state}|None|n1|10:00|${startMs / 1000}|${endMs / 1000}|x`

for (const [title, offsetMs] of [
  ['ahead', 4 * MINUTE_MS],
  ['behind', -4 * MINUTE_MS],
] as const)
  test(`Slurm's clock is four minutes ${title}: workers hand over before their end by our clock`, () => {
    const books = new JobBooks()
    const startMs = 1_795_768_646_000
    books.submitted(['7'], 'workers', startMs - 1000)
    const from = startMs + offsetMs
    books.observed(parseQueue(line('RUNNING', from, from + 10 * MINUTE_MS)), startMs + 1000)
    const time = workerTime(books.jobs.get('7')!.phase, {}, startMs)
    const errorMs = time!.endsMs - (startMs + 10 * MINUTE_MS)
    assert.ok(Math.abs(errorMs) <= 2000, `${errorMs}`)
    assert.equal(time!.endsMs - time!.retireMs, 60_000)
  })

test('jobs that wait long do not make clocks differ', () => {
  const books = new JobBooks()
  const atMs = 1_795_768_646_000
  books.submitted(['7'], 'workers', atMs)
  books.observed(parseQueue(line('PENDING', atMs + 900_000, atMs + 1_500_000)), atMs + 10_000)
  books.observed(
    parseQueue(line('RUNNING', atMs + 500_000, atMs + 1_100_000)),
    atMs + 501_000,
    atMs + 500_900,
  )
  assert.equal(books.clock.offsetMs, 0)
})

test('the time of a job: a tenth of it for the handover, within limits, or what the profile says', () => {
  const running = (lengthMs: number) =>
    ({ kind: 'running', nodes: 'n', startMs: 0, endMs: lengthMs }) as const
  const handover = (lengthMs: number, handoverSeconds?: number): number => {
    const time = workerTime(running(lengthMs), handoverSeconds === undefined ? {} : { handoverSeconds }, 0)!
    return time.endsMs - time.retireMs
  }
  assert.deepEqual(
    [handover(MINUTE_MS), handover(20 * MINUTE_MS), handover(24 * 60 * MINUTE_MS), handover(MINUTE_MS, 7)],
    [30_000, 120_000, 300_000, 7000],
  )
  assert.equal(workerTime({ kind: 'running', nodes: 'n' }, {}, 0), undefined)
  assert.equal(workerTime({ kind: 'suspended', nodes: 'n' }, {}, 0), undefined)
})

test('clocks that differ are told of once, and again when they come to differ otherwise', () => {
  assert.equal(clockText(9000, 0), undefined)
  assert.match(clockText(240_000, 0)!, /^Slurm's clock is 4 min ahead of this machine's:/)
  assert.match(clockText(-30_000, 0)!, /^Slurm's clock is 30 s behind this machine's:/)
  assert.equal(clockText(240_000, 238_000), undefined)
  assert.notEqual(clockText(240_000, 120_000), undefined)
})

test("the scheduler's own end is reckoned with them too", async () => {
  const setup = { profile: { cores: 1, memory: '1GB' }, place: { id: 'a' } }
  const row = parseQueue(line('RUNNING', 0, 1_795_768_646_000))[0]
  const time = new SchedulerTime(setup as never, { jobs: async () => [row] })
  const said = await time.look(1_795_768_646_000 - 400_000, 240_000)
  assert.match(said!, /^the scheduler's own job ends in 3 min,/)
})

test('clocks beyond what Munge allows are named as the reason', () => {
  const refused = refusalOf('sbatch', {
    ...{ exitCode: 1, signal: null, stdout: '' },
    stderr: 'sbatch: error: Munge decode failed: Rewound credential\n',
  })
  assert.equal(
    refused.text,
    'sbatch: Munge decode failed: Rewound credential: the clocks of this machine and of Slurm differ by minutes',
  )
})
