// The jobs panel's rows, from the news that a scheduler tells.

import assert from 'node:assert/strict'
import test from 'node:test'
import { jobRows } from '../../media/jobs/jobRows.ts'
import { applyJobsNews } from '../../runtime/protocol/jobs.ts'
import { jobsNews } from './kit/sampleJobs.ts'

const NOW_MS = 1_795_768_646_000

test('those that live come first, the youngest end after them, each with what it waits for, has left, or how it ended', () => {
  const { jobs, ...rest } = jobsNews(NOW_MS)
  const rows = jobRows({ jobs, ...rest }, NOW_MS)
  assert.deepEqual(
    rows.map(({ id, state, why, nodes, timeLeft, workers, live }) => [
      id,
      state,
      why,
      nodes,
      timeLeft,
      workers,
      live,
    ]),
    [
      ['12', 'running', '', 'node1', '30 min 0 s', 2, true],
      ['13', 'pending', 'Resources: nodes are busy, starts about 2026-11-27 12:00', '', '', 0, true],
      ['14', 'suspended', '', 'node2', '', 1, true],
      ['11', 'ended', 'was preempted for a job that goes before it on node1', 'node1', '', 0, false],
      ['10', 'ended', 'reached its time limit on node1', 'node1', '', 0, false],
    ],
  )
})

test('a job beyond its time has none left, and not less', () => {
  const { jobs, ...rest } = jobsNews(NOW_MS)
  const [running] = jobRows({ jobs, ...rest }, NOW_MS + 3_600_000 * 5)
  assert.match(running.timeLeft, /^0/)
})

test('news change what is known, and forget what is gone', () => {
  const known = applyJobsNews(undefined, jobsNews(NOW_MS))
  assert.equal(known.jobs.length, 5)
  const [, , running] = jobsNews(NOW_MS).jobs
  const news = { ...jobsNews(NOW_MS), jobs: [{ ...running, state: 'ending' as const }], gone: ['13', '14'] }
  assert.deepEqual(
    applyJobsNews(known, news).jobs.map(({ id, state }) => [id, state]),
    [
      ['10', 'ended'],
      ['11', 'ended'],
      ['12', 'ending'],
    ],
  )
})
