// What Slurm's states mean, and what the books of a cluster's jobs make of them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fateOf } from '../../runtime/slurm/fateQuestions.ts'
import { type Job, JobBooks, type JobEvent } from '../../runtime/slurm/jobBooks.ts'
import { eventText } from '../../runtime/slurm/jobEventText.ts'
import { endText, neverStarts, phaseOf, phaseText, reasonText } from '../../runtime/slurm/jobStates.ts'
import { expectedLines, jobReport } from '../../runtime/slurm/jobsReport.ts'
import { parseQueue, type QueueRow } from '../../runtime/slurm/parseQueue.ts'

const row = (id: string, state: string, more: Partial<QueueRow> = {}): QueueRow => ({
  ...{ id, rawId: id, state, reason: '', nodes: state === 'PENDING' ? '' : 'n1', name: 'x' },
  ...more,
})

/** Events as one line each. */
const told = (events: readonly JobEvent[]): string[] =>
  events.map(
    (event) =>
      `${event.kind} ${event.job.id}${event.kind === 'ended' ? ` ${event.how}${event.failed ? ' failed' : ''}` : ''}`,
  )

test('every state of Slurm has its place in the life of a job', () => {
  const kinds: [string, string][] = [
    ['PENDING', 'pending'],
    ['REQUEUED', 'pending'],
    ['REQUEUE_HOLD', 'pending'],
    ['CONFIGURING', 'running'],
    ['RUNNING', 'running'],
    ['RESIZING', 'running'],
    ['SIGNALING', 'running'],
    ['SOMETHING_NEW', 'running'],
    ['SUSPENDED', 'suspended'],
    ['STOPPED', 'suspended'],
    ['COMPLETING', 'ending'],
    ['STAGE_OUT', 'ending'],
    ['COMPLETED', 'ended completed'],
    ['FAILED', 'ended failed'],
    ['SPECIAL_EXIT', 'ended failed'],
    ['CANCELLED', 'ended cancelled'],
    ['REVOKED', 'ended cancelled'],
    ['TIMEOUT', 'ended time-limit'],
    ['NODE_FAIL', 'ended node-failure'],
    ['BOOT_FAIL', 'ended node-failure'],
    ['OUT_OF_MEMORY', 'ended out-of-memory'],
    ['PREEMPTED', 'ended preempted'],
    ['DEADLINE', 'ended deadline'],
  ]
  for (const [state, expected] of kinds) {
    const phase = phaseOf(row('7', state))
    assert.equal(phase.kind === 'ended' ? `ended ${phase.how}` : phase.kind, expected, state)
  }
})

test('squeue of the lab in words', () => {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', 'squeue-22.05.txt'), 'utf8')
  const words = new Map(
    parseQueue(text).map((each) => [each.id, phaseText(phaseOf(each), 1_795_768_671_000)]),
  )
  const expected: [string, string][] = [
    ['1', 'running on node1, 10 min left'],
    ['16', 'running on node3, 40 s left'],
    ['2', 'failed on node2 (NonZeroExitCode)'],
    ['4', 'pending (PartitionNodeLimit: it asks for more nodes than its partition has)'],
    ['5', 'pending (PartitionTimeLimit: it asks for more time than its partition allows: shorten walltime)'],
    ['6', 'pending (JobHeldUser: it is held: `scontrol release` lets it go)'],
    ['9', 'was cancelled on node3'],
    ['12', 'pending (DependencyNeverSatisfied: a job that it depends on did not end as it should)'],
    ['14', 'was lost with its node on node4'],
    ['15', 'was not started before its deadline'],
  ]
  for (const [id, words_] of expected) assert.equal(words.get(id), words_, id)
  assert.match(
    words.get('3_2') ?? '',
    /^pending \(Resources: nodes are busy\), starts about \d{4}-\d\d-\d\d \d\d:\d\d$/,
  )
})

test('a pending job tells no start that is past, and no reason is said to be none', () => {
  assert.equal(phaseText({ kind: 'pending', reason: '', startMs: 5 }, 10), 'pending (no reason told)')
  assert.equal(phaseText({ kind: 'submitted' }, 0), 'submitted')
  assert.equal(phaseText({ kind: 'suspended', nodes: 'n1' }, 0), 'suspended on n1')
  assert.equal(phaseText({ kind: 'ending', nodes: 'n1' }, 0), 'ending on n1')
  assert.equal(phaseText({ kind: 'running', nodes: 'n1' }, 0), 'running on n1')
})

test('reasons for which a job never starts are told from those that pass', () => {
  for (const reason of [
    ...[
      'PartitionNodeLimit',
      'PartitionTimeLimit',
      'BadConstraints',
      'DependencyNeverSatisfied',
      'JobHeldUser',
    ],
    ...[
      'JobHeldAdmin',
      'InvalidAccount',
      'InvalidQOS',
      'AssocMaxCpuPerJobLimit',
      'QOSMaxWallDurationPerJobLimit',
    ],
    'QOSMaxMemoryPerJobLimit',
  ])
    assert.equal(neverStarts(reason), true, reason)
  for (const reason of [
    ...['', 'Resources', 'Priority', 'BeginTime', 'Dependency', 'QOSMaxJobsPerUserLimit', 'AssocGrpCpuLimit'],
    ...['ReqNodeNotAvail, UnavailableNodes:node2', 'Reservation', 'JobArrayTaskLimit', 'PartitionDown'],
  ])
    assert.equal(neverStarts(reason), false, reason)
  assert.equal(
    reasonText('ReqNodeNotAvail, UnavailableNodes:node2'),
    'ReqNodeNotAvail, UnavailableNodes:node2: a node that it asks for is down or reserved',
  )
})

test('the end of a job in words', () => {
  assert.equal(endText('out-of-memory', '', 'n1'), 'used more memory than it had asked for on n1')
  assert.equal(endText('preempted', '', ''), 'was preempted for a job that goes before it')
  assert.equal(endText('time-limit', 'TimeLimit', 'n1'), 'reached its time limit on n1')
  assert.equal(endText('unknown', '', ''), 'is no longer known to Slurm')
})

test('the life of a job: submitted, pending, running, ending, ended', () => {
  const books = new JobBooks()
  books.submitted(['7'], 'workers', 0)
  assert.deepEqual(told(books.observed([], 1000)), [])
  assert.deepEqual(told(books.observed([row('7', 'PENDING', { reason: 'Resources' })], 2000)), [])
  assert.deepEqual(told(books.observed([row('7', 'RUNNING')], 3000)), ['started 7'])
  assert.equal(books.workerJoined('job7-0')?.id, '7')
  assert.deepEqual(told(books.observed([row('7', 'RUNNING')], 4000)), [])
  assert.deepEqual(told(books.observed([row('7', 'COMPLETING')], 5000)), [])
  assert.deepEqual(told(books.observed([row('7', 'COMPLETED')], 6000)), ['ended 7 completed'])
  assert.deepEqual(told(books.observed([row('7', 'COMPLETED')], 7000)), [])
  assert.deepEqual(books.live(), [])
})

test('a job that Slurm does not show is given 30 s, one that it has shown is gone at once', () => {
  const books = new JobBooks()
  books.submitted(['7', '8'], 'workers', 0)
  assert.deepEqual(told(books.observed([row('8', 'RUNNING')], 30_000)), ['started 8'])
  assert.deepEqual(told(books.observed([], 30_001)), ['ended 7 unknown failed', 'ended 8 unknown failed'])
})

test('jobs that Slurm starts again are requeued, their workers gone', () => {
  const books = new JobBooks()
  books.submitted(['7_0'], 'workers', 0)
  books.observed([row('7_0', 'RUNNING')], 1)
  books.workerJoined('job7_0-0')
  const events = books.observed([row('7_0', 'PENDING', { reason: 'BeginTime' })], 2)
  assert.deepEqual(told(events), ['requeued 7_0'])
  assert.ok(events[0].kind === 'requeued')
  assert.equal(
    eventText(events[0]).text,
    'job 7_0 was put back into the queue by Slurm (BeginTime): its workers come again when it starts',
  )
  const [job] = books.live()
  assert.deepEqual([job.requeues, job.workers.size, job.joined], [1, 0, true])
  assert.deepEqual(fateOf(books, 'job7_0-0'), {
    ...{ ended: true, reason: 'its job 7_0 was put back into the queue' },
  })
  assert.deepEqual(told(books.observed([row('7_0', 'RUNNING')], 3)), ['started 7_0'])
})

test('a job whose workers have been here for a minute is proven, once', () => {
  const books = new JobBooks()
  books.submitted(['7', '8'], 'workers', 0)
  const look = (nowMs: number): string[] =>
    told(books.observed([row('7', 'RUNNING'), row('8', 'RUNNING')], nowMs))
  assert.deepEqual(look(1000), ['started 7', 'started 8'])
  books.workerJoined('job7-0')
  assert.deepEqual([look(60_999), look(61_000), look(200_000)], [[], ['proven 7'], []])
})

test('a reason that cannot pass is told once, and again when it is another', () => {
  const books = new JobBooks()
  books.submitted(['7'], 'workers', 0)
  const look = (reason: string): string[] => told(books.observed([row('7', 'PENDING', { reason })], 1))
  assert.deepEqual(look('PartitionTimeLimit'), ['stuck 7'])
  assert.deepEqual(look('PartitionTimeLimit'), [])
  assert.deepEqual(look('Priority'), [])
  assert.deepEqual(look('JobHeldUser'), ['stuck 7'])
})

test('which ends speak against another job of the kind', () => {
  const cases: [state: string, joined: boolean, asked: boolean, failed: boolean][] = [
    ['FAILED', true, false, true],
    ['OUT_OF_MEMORY', true, false, true],
    ['DEADLINE', false, false, true],
    ['COMPLETED', true, false, false],
    ['COMPLETED', false, false, true],
    ['TIMEOUT', true, false, false],
    ['TIMEOUT', false, false, true],
    ['CANCELLED', true, false, false],
    ['CANCELLED', false, false, true],
    ['NODE_FAIL', false, false, false],
    ['PREEMPTED', false, false, false],
    ['FAILED', false, true, false],
  ]
  for (const [state, joined, asked, failed] of cases) {
    const books = new JobBooks()
    books.submitted(['7'], 'workers', 0)
    if (joined) books.workerJoined('job7-0')
    books.live()[0].asked = asked
    const [, event] = books.observed([row('7', 'RUNNING')], 1).concat(books.observed([row('7', state)], 2))
    assert.equal(event.kind === 'ended' && event.failed, failed, `${state} ${joined} ${asked}`)
  }
})

test('what a person is told, and how loudly', () => {
  const job = (phase: Job['phase'], more: Partial<Job> = {}): Job => ({
    ...{
      id: '7',
      pool: 'workers',
      submittedMs: 0,
      waitedMs: 0,
      asked: false,
      workers: new Set(),
      joined: true,
      proven: false,
      requeues: 0,
    },
    phase,
    ...(more as object),
  })
  const ended = (how: 'completed' | 'time-limit' | 'failed', more: Partial<Job> = {}, failed = false) =>
    eventText({ kind: 'ended', how, failed, job: job({ kind: 'ended', how, reason: '', nodes: 'n1' }, more) })
  assert.deepEqual(eventText({ kind: 'started', job: job({ kind: 'running', nodes: 'n1' }) }), {
    ...{ level: 'info', text: 'job 7 has started on n1' },
  })
  assert.deepEqual(ended('completed'), { level: 'info', text: 'job 7 has ended on n1' })
  assert.deepEqual(ended('time-limit'), { level: 'warning', text: 'job 7 reached its time limit on n1' })
  assert.deepEqual(ended('failed', {}, true), { level: 'error', text: 'job 7 failed on n1' })
  assert.equal(ended('failed', { asked: true }).level, 'info')
})

test("a worker's fate is its job's: nothing is said while that runs", () => {
  const books = new JobBooks()
  books.submitted(['7'], 'workers', 0)
  books.observed([row('7', 'RUNNING')], 1)
  assert.equal(fateOf(books, 'job7-0'), undefined)
  books.observed([row('7', 'TIMEOUT')], 2)
  assert.deepEqual(fateOf(books, 'job7-0'), { ended: true, reason: 'its job 7 reached its time limit' })
  assert.deepEqual(fateOf(books, 'job9-0'), { ended: true, reason: 'its job is gone' })
})

test('at most 100 ended jobs are remembered, the youngest', () => {
  const books = new JobBooks()
  const ids = Array.from({ length: 130 }, (_, i) => String(i + 1))
  books.submitted(ids, 'workers', 0)
  books.observed(
    ids.map((id) => row(id, 'COMPLETED')),
    1,
  )
  assert.deepEqual([books.jobs.size, books.jobs.has('30'), books.jobs.has('31')], [100, false, true])
})

test('reports and what waiting tasks are told', () => {
  const books = new JobBooks()
  books.submitted(['1', '2', '3', '4', '5'], 'gpu', 0)
  books.observed([row('1', 'RUNNING', { endMs: 60_000 }), row('2', 'PENDING', { startMs: 9 })], 1)
  const jobs = books.live()
  const setup = {
    profile: { cores: 4, memory: '8GB', pools: { gpu: { gpus: 'a100:2' } } },
    place: { id: 'c', folder: '/f', logFolder: '/l', node: 'node', runtime: '/r' },
  }
  assert.deepEqual(jobReport(jobs[0], setup, 0), {
    ...{ id: '1', pool: 'gpu', state: 'running', text: 'running on n1, 60 s left', workers: [] },
    ...{ logFile: '/l/job-1.log', resources: '4 cores · 8GB · 2 a100 GPUs', nodes: 'n1', endMs: 60_000 },
  })
  assert.deepEqual(jobReport(jobs[1], setup, 10).startMs, 9)
  assert.deepEqual(expectedLines(jobs.slice(1), ['no more'], 10), [
    'job 2 pending (no reason told)',
    'job 3 submitted',
    'job 4 submitted',
    'and 1 more jobs',
    'no more',
  ])
})
