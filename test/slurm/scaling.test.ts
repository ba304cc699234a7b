// How many jobs: by a person's word, by the load, and no more when they come to nothing.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Adaptive } from '../../runtime/cluster/adapt.ts'
import { type Job, JobBooks } from '../../runtime/slurm/jobBooks.ts'
import { planPool, Trust } from '../../runtime/slurm/scaling.ts'
import { type ScaleTarget, Wishes } from '../../runtime/slurm/wishes.ts'

function jobs(...lines: string[]): Job[] {
  return lines.map((line) => {
    const [id, kind, workers = '0', asked] = line.split(' ')
    const phase = kind === 'running' || kind === 'ending' ? { kind, nodes: 'n' } : { kind, reason: '' }
    return {
      ...{
        id,
        pool: 'workers',
        submittedMs: 0,
        waitedMs: 0,
        phase: phase as Job['phase'],
        asked: asked === 'asked',
      },
      ...{ joined: false, proven: false, requeues: 0 },
      workers: new Set(Array.from({ length: Number(workers) }, (_, i) => `job${id}-${i}`)),
    }
  })
}

const plan = (live: Job[], wanted: number, busy: Record<string, number> = {}) => {
  const { submit, cancel, retire } = planPool(live, wanted, ({ id }) => busy[id] ?? 0)
  return [submit, cancel.map(({ id }) => id), retire.map(({ id }) => id)]
}

test('jobs that wait, run or have just been submitted count; those that end or were asked to do not', () => {
  const live = jobs('1 running 1', '2 pending', '3 submitted', '4 ending', '5 running 1 asked')
  assert.deepEqual(plan(live, 3), [0, [], []])
  assert.deepEqual(plan(live, 5), [2, [], []])
  assert.deepEqual(plan([], 2), [2, [], []])
})

test('fewer: those that wait go first, the last to be submitted before others, then the least busy', () => {
  const live = jobs('1 running 1', '2 running 1', '3 pending', '4 pending')
  assert.deepEqual(plan(live, 3), [0, ['4'], []])
  assert.deepEqual(plan(live, 1, { 1: 5, 2: 1 }), [0, ['4', '3'], ['2']])
  assert.deepEqual(plan(live, 0, { 1: 0, 2: 1 }), [0, ['4', '3'], ['1', '2']])
})

test('trust ends with failures in a row, is regained by a success before that and by a new wish after', () => {
  const trust = new Trust(3)
  assert.equal(trust.failed('a'), false)
  assert.equal(trust.failed('b'), false)
  trust.succeeded()
  assert.equal(trust.failed('c'), false)
  assert.equal(trust.failed('d'), false)
  assert.equal(trust.stopped, undefined)
  assert.equal(trust.failed('job 7 failed'), true)
  assert.equal(trust.stopped, 'no more jobs are submitted, since 3 in a row came to nothing: job 7 failed')
  assert.equal(trust.failed('e'), false)
  trust.succeeded()
  assert.notEqual(trust.stopped, undefined)
  trust.forgive()
  assert.equal(trust.stopped, undefined)
  trust.refused('sbatch: invalid partition')
  assert.equal(
    trust.stopped,
    'no more jobs are submitted, since Slurm refuses them: sbatch: invalid partition',
  )
  const hasty = new Trust(1)
  hasty.failed('x')
  assert.equal(hasty.stopped, 'no more jobs are submitted, since x')
})

const SIZE = { threads: 4, memoryBytes: 1e9 }

test('options of adapt that cannot be are named', () => {
  const given: [object, string][] = [
    [{}, 'maximum must be a whole number ≥ 1, not undefined'],
    [{ maximum: 0 }, 'maximum must be a whole number ≥ 1, not 0'],
    [{ maximum: 2.5 }, 'maximum must be a whole number ≥ 1, not 2.5'],
    [{ maximum: 2, minimum: -1 }, 'minimum must be a whole number ≥ 0, not -1'],
    [{ maximum: 2, minimum: 3 }, 'maximum is 2, which is less than minimum, 3'],
    [{ maximum: 2, waitCount: 0 }, 'waitCount must be a whole number ≥ 1, not 0'],
    [{ maximum: 2, targetDurationMs: 0 }, 'targetDurationMs must be milliseconds above 0, not 0'],
    [{ maximum: 2, intervalMs: Infinity }, 'intervalMs must be milliseconds above 0, not null'],
  ]
  for (const [options, message] of given)
    assert.throws(() => new Adaptive(options as { maximum: number }), { name: 'AdaptError', message })
})

test('the load says how many: no more threads than tasks, within the target, between minimum and maximum', () => {
  const look = (tasks: number, expectedMs: number, more: object = {}): number =>
    new Adaptive({ maximum: 10, ...more }).look({ tasks, expectedMs, heldBytes: 0 }, 0, SIZE)
  assert.equal(look(0, 0), 0)
  assert.equal(look(1, 1), 1)
  assert.equal(look(1, 1e9), 1)
  assert.equal(look(100, 60_000), 3)
  assert.equal(look(100, 60_000, { targetDurationMs: 1000 }), 10)
  assert.equal(look(0, 0, { minimum: 2 }), 2)
  assert.equal(look(1e6, 1e9), 10)
})

test('results that are wanted keep as many jobs as hold them', () => {
  const look = (heldBytes: number, tasks = 0): number =>
    new Adaptive({ maximum: 10 }).look({ tasks, expectedMs: 0, heldBytes }, 0, SIZE)
  assert.deepEqual([look(0), look(1), look(600e6), look(601e6), look(1e12)], [0, 1, 1, 2, 10])
})

test('up at once, down after waitCount looks, to the most that was enough meanwhile', () => {
  const adaptive = new Adaptive({ maximum: 10, waitCount: 3 })
  const look = (tasks: number, jobs_: number): number =>
    adaptive.look({ tasks, expectedMs: 1e9, heldBytes: 0 }, jobs_, { ...SIZE, threads: 1 })
  assert.equal(look(8, 0), 8)
  assert.deepEqual([look(2, 8), look(5, 8), look(1, 8)], [8, 8, 5])
  assert.deepEqual([look(0, 5), look(6, 5), look(0, 6), look(0, 6), look(0, 6)], [5, 6, 6, 6, 0])
})

test('a wish of the person ends following and forgives; pools have numbers of their own', () => {
  const wishes = new Wishes({ cores: 4, memory: '1GB', processes: 2, pools: { gpu: {} } }, 1)
  assert.deepEqual([wishes.all(), wishes.isAdapting], [{ workers: 1 }, false])
  assert.equal(wishes.follow({ tasks: 100, expectedMs: 1e9, heldBytes: 0 }, 1), false)
  assert.equal(wishes.adapt({ maximum: 5 }), 1000)
  assert.equal(wishes.follow({ tasks: 100, expectedMs: 1e9, heldBytes: 0 }, 1), true)
  assert.equal(wishes.wanted('workers'), 5)
  assert.equal(wishes.scale({ jobs: 2, pool: 'gpu' }), undefined)
  assert.equal(wishes.isAdapting, true)
  wishes.trust.refused('no')
  assert.equal(wishes.scale({ workers: 5 }), undefined)
  assert.deepEqual(
    [wishes.all(), wishes.isAdapting, wishes.trust.stopped],
    [{ workers: 3, gpu: 2 }, false, undefined],
  )
})

test('how much is told in one measure, and jobs are whole', () => {
  const wishes = new Wishes(
    { cores: 4, memory: '1GB', processes: 2, nodes: 2, pools: { big: { cores: 8 } } },
    0,
  )
  const given: [ScaleTarget, number | string][] = [
    [{ jobs: 3 }, 3],
    [{ jobs: 0 }, 0],
    [{ workers: 5 }, 2],
    [{ cores: 17 }, 3],
    [{ memory: '4.5GB' }, 3],
    [{ memory: 0 }, 0],
    [{ cores: 17, pool: 'big' }, 2],
    [{ jobs: 1, pool: 'cpu' }, 'this cluster has no pool "cpu": workers, big'],
    [{ jobs: -1 }, 'jobs is -1, and a pool has a whole number of jobs from 0 to 10000'],
    [{ jobs: 1.5 }, 'jobs is 1.5, and a pool has a whole number of jobs from 0 to 10000'],
    [{ cores: 1e6 }, 'cores is 1000000, and a pool has a whole number of jobs from 0 to 10000'],
    [{ memory: 'lots' }, 'memory is "lots", and a pool has a whole number of jobs from 0 to 10000'],
    [{}, 'say how much in one measure: jobs, workers, cores, memory'],
    [{ jobs: 1, cores: 4 }, 'say how much in one measure: jobs, workers, cores, memory'],
  ]
  for (const [target, expected] of given) {
    const refused = wishes.scale(target)
    assert.equal(refused ?? wishes.wanted(target.pool ?? 'workers'), expected, JSON.stringify(target))
  }
})

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Simulation {
  /** Work that arrives before a look, in tasks of a second. */
  arrives(look: number): number
  /** Whether the next job comes to nothing. */
  fails?(): boolean
  looks: number
  seed: number
}

/** A cluster that follows its load, one look a second: jobs wait in the queue at random, and run a task a second on each thread. */
function follow({ arrives, fails = () => false, looks, seed }: Simulation) {
  const chance = random(seed)
  const wishes = new Wishes({ cores: 2, memory: '1GB' }, 0)
  wishes.adapt({ maximum: 6, minimum: 1, waitCount: 4 })
  const books = new JobBooks()
  /** When each job starts. */
  const starts = new Map<string, number>()
  const doomed = new Set<string>()
  const history: number[] = []
  const log: string[] = []
  let tasks = 0
  let next = 1
  for (let look = 0; look < looks; look++) {
    tasks += arrives(look)
    const rows = books.live().map(({ id, asked }) => {
      const runs = (starts.get(id) ?? 0) <= look
      const state = asked ? 'CANCELLED' : !runs ? 'PENDING' : doomed.has(id) ? 'FAILED' : 'RUNNING'
      return { ...{ id, rawId: id, state, reason: '', nodes: runs ? 'n1' : '', name: 'x' } }
    })
    for (const event of books.observed(rows, look * 1000)) {
      if (event.kind === 'started') books.workerJoined(`job${event.job.id}-0`)
      if (event.kind === 'proven') wishes.trust.succeeded()
      if (event.kind !== 'ended') continue
      if (event.failed) wishes.trust.failed(`job ${event.job.id} failed`)
      else wishes.trust.succeeded()
    }
    const working = books.live().filter(({ workers, asked }) => workers.size > 0 && !asked)
    tasks = Math.max(0, tasks - 2 * working.length)
    wishes.follow(
      { tasks, expectedMs: 1000 * tasks, heldBytes: 0 },
      books.live().filter(({ asked }) => !asked).length,
    )
    const wanted = wishes.wanted('workers')
    const { submit, cancel, retire } = planPool(books.live(), wanted, () => 0)
    for (const job of [...cancel, ...retire]) {
      job.asked = true
      log.push(`${look} end ${job.id}`)
    }
    for (let i = 0; i < submit && wishes.trust.stopped === undefined; i++) {
      const id = String(next++)
      starts.set(id, look + 1 + Math.floor(15 * chance()))
      if (fails()) doomed.add(id)
      books.submitted([id], 'workers', look * 1000)
      log.push(`${look} submit ${id}`)
    }
    history.push(books.live().filter(({ asked }) => !asked).length)
  }
  return { history, log, submitted: next - 1, tasks, stopped: wishes.trust.stopped }
}

for (let seed = 1; seed <= 20; seed++)
  test(`seed ${seed}: one burst is as many jobs as it needs, once, and then the minimum`, () => {
    const { history, log, submitted, tasks } = follow({
      ...{ seed, looks: 120 },
      arrives: (look) => (look === 0 ? 100 : 0),
    })
    // Those that wait in the queue count: there are never more than the maximum, and nothing is asked for twice.
    assert.equal(Math.max(...history), 6)
    assert.equal(submitted, 6, log.join('\n'))
    assert.equal(tasks, 0)
    assert.equal(history.at(-1), 1)
    // Down only: no job is submitted after the first has ended.
    const firstEnd = log.findIndex((line) => line.includes('end'))
    assert.ok(
      log.slice(firstEnd).every((line) => line.includes('end')),
      log.join('\n'),
    )
  })

for (let seed = 1; seed <= 20; seed++)
  test(`seed ${seed}: a load with pauses shorter than waitCount ends no job`, () => {
    const { history, log, submitted } = follow({
      ...{ seed, looks: 200 },
      // Work for all six every third look.
      arrives: (look) => (look % 3 === 0 ? 60 : 0),
    })
    assert.deepEqual([submitted, history.at(-1)], [6, 6], log.join('\n'))
    assert.ok(log.every((line) => line.includes('submit')))
  })

for (let seed = 1; seed <= 20; seed++)
  test(`seed ${seed}: whatever the load, never more than the maximum, nor fewer than the minimum`, () => {
    const chance = random(seed + 1000)
    const { history } = follow({
      ...{ seed, looks: 300 },
      arrives: () => (chance() < 0.1 ? Math.floor(200 * chance()) : 0),
    })
    assert.ok(
      history.every((jobs_) => jobs_ >= 1 && jobs_ <= 6),
      history.join(' '),
    )
  })

for (let seed = 1; seed <= 10; seed++)
  test(`seed ${seed}: when every job fails, submitting ends and says why`, () => {
    const { submitted, stopped, history } = follow({
      ...{ seed, looks: 200, fails: () => true },
      arrives: () => 10,
    })
    assert.match(
      stopped ?? '',
      /^no more jobs are submitted, since 3 in a row came to nothing: job \d+ failed$/,
    )
    // Six at first, and one for each of the two that failed before the last straw.
    assert.ok(submitted <= 8, String(submitted))
    assert.equal(history.at(-1), 0)
  })

test('failures with jobs between them that serve do not end submitting', () => {
  let count = 0
  const { stopped, tasks, log } = follow({
    ...{ seed: 7, looks: 1000 },
    // Every ninth job comes to nothing, and so does the one after it.
    fails: () => count++ % 9 < 2,
    arrives: (look) => (look < 900 && look % 100 === 0 ? 500 : 0),
  })
  assert.ok(count > 27, String(count))
  assert.deepEqual([stopped, tasks], [undefined, 0], log.join('\n'))
})
