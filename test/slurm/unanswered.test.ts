// A Slurm that does not answer: told once and taken back, and jobs that it took without saying so are this cluster's all the same.

import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { WorkerInfo } from '../../runtime/protocol/cluster.ts'
import { applyJobsNews, type JobsReport } from '../../runtime/protocol/jobs.ts'
import { JobBooks } from '../../runtime/slurm/jobBooks.ts'
import { JobKeeper } from '../../runtime/slurm/jobKeeper.ts'
import { parseQueue } from '../../runtime/slurm/parseQueue.ts'

const AWAY = 'slurm_load_jobs error: Socket timed out on send/recv operation'

/** A keeper over a Slurm of the test's: `queue` is what it has, `silent` names the commands that it does not answer. */
function keep(t: TestContext, { jobs, workers = [] }: { jobs: number; workers?: WorkerInfo[] }) {
  const queue = new Map<string, string>()
  const silent = new Set<string>()
  const logged: string[] = []
  const expected: string[][] = []
  let report: JobsReport | undefined
  let changed: () => void = () => {}
  let number = 10
  const keeper = new JobKeeper(
    {
      profile: { cores: 1, memory: '1GB', scheduler: 'login', arrays: false, pools: { gpu: { gpus: 1 } } },
      place: { id: 'c1', folder: '/f', logFolder: '/l', node: 'node', runtime: '/r' },
      ...{ sinceMs: 0, jobs },
    },
    {
      workers: () => workers,
      demand: () => ({ tasks: 0, expectedMs: 0, heldBytes: 0 }),
      burden: () => 0,
      ...{ cutOff: () => {}, retire: () => {}, ends: () => {} },
      expect: (lines) => expected.push([...lines]),
      log: (level, text) => logged.push(`${level}: ${text}`),
      news: (news) => {
        report = applyJobsNews(report, news)
        changed()
      },
    },
    async ({ command, args }) => {
      const rows = [...queue].map(
        ([id, state]) => `${id}|${id}|${state}|None|n1|10:00|N/A|N/A|heddle-c1-workers`,
      )
      // What cannot be answered may have been done.
      if (command === 'sbatch') queue.set(String(number++), 'RUNNING')
      if (command === 'scancel') for (const id of args) queue.set(id, 'CANCELLED')
      if (silent.has(command)) return { exitCode: 1, signal: null, stdout: '', stderr: AWAY }
      const stdout = command === 'sbatch' ? `${number - 1}\n` : rows.join('\n')
      return { exitCode: 0, signal: null, stdout, stderr: '' }
    },
  )
  t.after(() => keeper.stop())
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds())
      await new Promise<void>((resolve) => {
        changed = resolve
      })
  }
  return { keeper, queue, silent, logged, expected, until, report: () => report }
}

test('one look that fails is not told, two in a row are, once; the first answer takes it back', async (t) => {
  const { keeper, silent, logged, expected, until, report } = keep(t, { jobs: 1 })
  keeper.start()
  await until(() => report()?.jobs[0]?.state === 'running')
  assert.equal(report()?.unanswered, undefined)
  silent.add('squeue')
  keeper.lookSoon()
  await until(() => report()?.unanswered !== undefined)
  assert.match(
    report()!.unanswered!,
    /^Slurm does not answer, and is asked again: squeue: .*Socket timed out/,
  )
  // What it said last still stands, and tasks that wait are told why no others come.
  assert.equal(report()!.jobs[0].state, 'running')
  assert.equal(expected.at(-1)!.at(-1), report()!.unanswered)
  keeper.lookSoon()
  silent.clear()
  keeper.lookSoon()
  await until(() => report()?.unanswered === undefined)
  assert.deepEqual(
    logged.flatMap((line) => /^\w+: Slurm (does not answer|answers again)/.exec(line)?.[0] ?? []),
    ['warning: Slurm does not answer', 'info: Slurm answers again'],
  )
})

test('a job that Slurm took without saying so is found, and no other is submitted in its place', async (t) => {
  const { keeper, queue, silent, logged, until, report } = keep(t, { jobs: 1 })
  silent.add('sbatch')
  keeper.start()
  await until(() => report()?.jobs.length === 1)
  assert.deepEqual([...queue], [['10', 'RUNNING']])
  assert.deepEqual(
    report()!.jobs.map(({ id, pool, state }) => [id, pool, state]),
    [['10', 'workers', 'running']],
  )
  assert.ok(
    logged.includes("info: job 10 is one of this cluster's, though Slurm did not say so"),
    logged.join('\n'),
  )
})

test('found are those alone that live, have a name of the cluster’s and are in no books; their workers may be here first', () => {
  const books = new JobBooks()
  books.submitted(['1'], 'workers', 0)
  const rows = parseQueue(
    [
      '1|1|RUNNING|None|n1|10:00|N/A|N/A|main',
      '2|2|PENDING|Priority||10:00|N/A|N/A|gpu',
      '3_1|4|RUNNING|None|n1|10:00|N/A|N/A|main',
      '5|5|CANCELLED|None|n1|10:00|N/A|N/A|main',
      '6|6|RUNNING|None|n1|10:00|N/A|N/A|another',
    ].join('\n'),
  )
  const poolOf = (name: string): string | undefined => ({ main: 'workers', gpu: 'gpu' })[name]
  const found = books.adopt(rows, poolOf, ['job3_1-0', 'job3-0', 'local'], 5)
  assert.deepEqual(
    found.map(
      (event) =>
        event.kind === 'found' && [event.job.id, event.job.pool, [...event.job.workers], event.job.joined],
    ),
    [
      ['2', 'gpu', [], false],
      ['3_1', 'workers', ['job3_1-0'], true],
    ],
  )
  assert.deepEqual(books.adopt(rows, poolOf, [], 6), [])
})
