// What watchers are told of jobs: all of it once, then what changed; the end of the scheduler's own job; a job that a person ends.

import assert from 'node:assert/strict'
import test from 'node:test'
import { applyJobsNews, type JobReport, type JobsReport } from '../../runtime/protocol/jobs.ts'
import { JobKeeper } from '../../runtime/slurm/jobKeeper.ts'
import { JobsNewsBook } from '../../runtime/slurm/jobsNews.ts'
import type { QueueRow } from '../../runtime/slurm/parseQueue.ts'
import { SchedulerTime } from '../../runtime/slurm/schedulerTime.ts'

const job = (id: string, more: Partial<JobReport> = {}): JobReport => ({
  ...{ id, pool: 'workers', state: 'running', text: 'running', resources: '1 core', workers: [] },
  ...{ logFile: `/l/${id}`, ...more },
})
const report = (...jobs: JobReport[]): JobsReport => ({ jobs, wanted: { workers: 2 }, adapting: false })

test('news hold what changed, and what is forgotten; time that passes is no news', () => {
  const book = new JobsNewsBook()
  assert.equal(book.all, undefined)
  const first = book.next(report(job('1', { text: '9 min left' }), job('2', { state: 'pending' })))!
  assert.deepEqual(
    first.jobs.map(({ id }) => id),
    ['1', '2'],
  )
  assert.equal(book.next(report(job('1', { text: '8 min left' }), job('2', { state: 'pending' }))), undefined)
  const second = book.next(report(job('1', { state: 'ended', text: 'has ended' })))!
  assert.deepEqual([second.jobs.map(({ id }) => id), second.gone], [['1'], ['2']])
  const third = book.next({ ...report(job('1', { state: 'ended', text: 'has ended' })), stopped: 'no more' })!
  assert.deepEqual([third.jobs, third.stopped], [[], 'no more'])
  // Whoever followed and whoever comes now know the same.
  const followed = [first, second, third].reduce<JobsReport | undefined>(applyJobsNews, undefined)
  assert.deepEqual(followed, applyJobsNews(undefined, book.all!))
})

const SETUP = {
  profile: { cores: 1, memory: '1GB' },
  place: { id: 'c1', folder: '/f', logFolder: '/l', node: 'node', runtime: '/r' },
  ...{ sinceMs: 0, jobs: 2 },
}
const MINUTE = 60_000

test("the end of the scheduler's own job is told an hour, ten and two minutes before, and again after more time was given", async () => {
  let endMs = 200 * MINUTE
  const asked: string[][] = []
  const time = new SchedulerTime(SETUP, {
    async jobs(names): Promise<QueueRow[]> {
      asked.push([...names])
      return [
        { ...{ id: '7', rawId: '7', state: 'RUNNING', reason: '', nodes: 'n1' }, endMs, name: names[0] },
      ]
    },
  })
  const at = async (minute: number): Promise<string | undefined> =>
    /ends in (.*?), and the cluster with it/.exec((await time.look(minute * MINUTE)) ?? '')?.[1]
  assert.equal(await at(0), undefined)
  assert.deepEqual([time.job, asked], [{ id: '7', nodes: 'n1', endMs }, [['heddle-c1-scheduler']]])
  assert.equal(await at(0.5), undefined)
  assert.equal(asked.length, 1)
  assert.equal(await at(140), '60 min')
  assert.equal(await at(150), undefined)
  assert.equal(await at(191), '9 min')
  assert.equal(await at(199), '60 s')
  endMs = 400 * MINUTE
  assert.equal(await at(200), undefined)
  assert.equal(await at(399), '60 s')
})

test('a scheduler on the login node has no end of its own', async () => {
  const time = new SchedulerTime(
    { ...SETUP, profile: { ...SETUP.profile, scheduler: 'login' } },
    { jobs: () => Promise.reject(new Error('nobody asks')) },
  )
  assert.equal(await time.look(0), undefined)
  assert.equal(time.job, undefined)
})

test('a job that a person ends is cancelled and not replaced; news of it go out', async (t) => {
  const queue = new Map<string, string>()
  const cancelled: string[] = []
  const told: JobsReport[] = []
  let changed: () => void = () => {}
  let number = 10
  const keeper = new JobKeeper(
    { ...SETUP, profile: { ...SETUP.profile, scheduler: 'login', arrays: false } },
    {
      workers: () => [],
      demand: () => ({ threads: 0, occupancyMs: 0, bytes: 0 }) as never,
      burden: () => 0,
      ...{ cutOff: () => {}, retire: () => {}, ends: () => {}, expect: () => {}, log: () => {} },
      news: (news) => {
        told.push(applyJobsNews(told.at(-1), news))
        changed()
      },
    },
    async ({ command, args }) => {
      if (command === 'scancel')
        for (const id of args) {
          cancelled.push(id)
          queue.set(id, 'CANCELLED')
        }
      const id = String(number)
      if (command === 'sbatch') queue.set(String(number++), 'RUNNING')
      const rows = [...queue].map(
        ([one, state]) => `${one}|${one}|${state}|None|n1|10:00|N/A|N/A|heddle-c1-workers`,
      )
      return {
        exitCode: 0,
        signal: null,
        stdout: command === 'sbatch' ? `${id}\n` : rows.join('\n'),
        stderr: '',
      }
    },
  )
  t.after(() => keeper.stop())
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds())
      await new Promise<void>((resolve) => {
        changed = resolve
      })
  }
  keeper.start()
  const states = (): string[] => (told.at(-1)?.jobs ?? []).map(({ id, state }) => `${id} ${state}`)
  await until(() => states().join() === '10 running,11 running')
  assert.equal(await keeper.cancel('10'), undefined)
  await until(() => states().includes('10 ended'))
  assert.deepEqual(
    [cancelled, states(), told.at(-1)!.wanted],
    [['10'], ['10 ended', '11 running'], { workers: 1 }],
  )
  assert.equal(await keeper.cancel('10'), "job 10 is none of this cluster's that runs or waits")
  assert.equal(keeper.log('99'), undefined)
  assert.deepEqual(await keeper.log('11'), [])
})
