// What Slurm prints, read: outputs of the lab's 22.05, and lines that differ from site to site.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { failureOf, parseJob } from '../../runtime/slurm/parseJob.ts'
import { parsePartitions } from '../../runtime/slurm/parsePartitions.ts'
import { parseQueue } from '../../runtime/slurm/parseQueue.ts'
import { readEstimate, readSubmitted, refusalOf } from '../../runtime/slurm/readSbatch.ts'
import { parseLimit, parseMoment, parseWalltime, timeText } from '../../runtime/slurm/slurmTime.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')

test('walltimes in every form that sbatch takes', () => {
  const given: [string, number | undefined][] = [
    ['30', 1_800_000],
    ['0', 0],
    ['30:15', 1_815_000],
    ['01:00:00', 3_600_000],
    ['100:00:00', 360_000_000],
    ['2-12', 216_000_000],
    ['1-02:30', 95_400_000],
    ['1-02:30:05', 95_405_000],
    [' 10 ', 600_000],
    ['UNLIMITED', Infinity],
    ['infinite', Infinity],
    ['', undefined],
    ['soon', undefined],
    ['1:2:3:4', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['N/A', undefined],
    ['1-', undefined],
  ]
  for (const [text, ms] of given) assert.equal(parseWalltime(text), ms, JSON.stringify(text))
})

test('limits as squeue writes them have two parts at least', () => {
  assert.equal(parseLimit('10:00'), 600_000)
  assert.equal(parseLimit('4-03:00:00'), 356_400_000)
  assert.equal(parseLimit('UNLIMITED'), Infinity)
  for (const text of ['10', 'INVALID', 'NOT_SET', '']) assert.equal(parseLimit(text), undefined, text)
})

test('moments are epoch seconds, or local times where a site prints those', () => {
  assert.equal(parseMoment('1795768646'), 1_795_768_646_000)
  assert.equal(parseMoment('2026-11-27T08:37:26'), new Date(2026, 10, 27, 8, 37, 26).getTime())
  for (const text of ['N/A', 'Unknown', '', '0', 'tomorrow', '2026-11-27'])
    assert.equal(parseMoment(text), undefined, text)
})

test('durations for people', () => {
  const given: [number, string][] = [
    [-5000, '0 s'],
    [0, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [5_400_000, '1 h 30 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 d 0 h'],
    [356_400_000, '4 d 3 h'],
    [Infinity, 'no limit'],
  ]
  for (const [ms, text] of given) assert.equal(timeText(ms), text)
})

test('squeue of the lab: each job with its state, reason, nodes and times', () => {
  const rows = parseQueue(fixture('squeue-22.05.txt'))
  assert.equal(rows.length, 20)
  const byId = new Map(rows.map((row) => [row.id, row]))
  assert.deepEqual(byId.get('1'), {
    ...{ id: '1', rawId: '1', state: 'RUNNING', reason: '', nodes: 'node1', name: 'ok' },
    ...{ startMs: 1_795_768_646_000, endMs: 1_795_769_246_000, limitMs: 600_000 },
  })
  // An element of an array has a number of its own once it runs.
  assert.deepEqual([byId.get('3_1')?.rawId, byId.get('3_2')?.rawId], ['11', '3'])
  assert.deepEqual(byId.get('4'), {
    ...{ id: '4', rawId: '4', state: 'PENDING', reason: 'PartitionNodeLimit', nodes: '', name: 'never' },
    limitMs: 600_000,
  })
  assert.deepEqual(
    rows
      .filter(({ state }) => state !== 'PENDING' && state !== 'RUNNING')
      .map(({ id, state }) => [id, state]),
    [
      ['15', 'DEADLINE'],
      ['2', 'FAILED'],
      ['17', 'FAILED'],
      ['9', 'CANCELLED'],
      ['18', 'FAILED'],
      ['14', 'NODE_FAIL'],
    ],
  )
})

test('squeue that takes no heed of SLURM_TIME_FORMAT tells the same jobs', () => {
  const plain = (name: string) =>
    parseQueue(fixture(name)).map(({ startMs, endMs, ...rest }) => ({
      ...rest,
      hasTimes: [startMs !== undefined, endMs !== undefined],
    }))
  assert.deepEqual(plain('squeue-local-times-22.05.txt'), plain('squeue-22.05.txt'))
})

test('squeue: what is no line of a job is passed over, and names may hold anything', () => {
  const line = (id: string, state: string, name: string): string =>
    `${id}|7|${state}|None|n1|1:00|1795768646|1795768647|${name}`
  const text = [
    'Welcome to cluster|x|y|z|a|b|c|d|e',
    'Last login: Friday',
    line('7', 'RUNNING', 'a|b|c'),
    line('8_[2-5]', 'PENDING', 'folded'),
    line('9', 'running', 'case'),
    '10|10|RUNNING|None',
    '',
  ].join('\r\n')
  assert.deepEqual(
    parseQueue(text.replaceAll('\r', '')).map(({ id, name }) => [id, name]),
    [['7', 'a|b|c']],
  )
  assert.deepEqual(parseQueue(''), [])
})

test('sinfo of the lab: what a profile can choose from', () => {
  const shared = { isUp: true, walltimeMsMax: 3_600_000, walltimeMsDefault: 600_000, nodes: 2, cores: 4 }
  assert.deepEqual(parsePartitions(fixture('sinfo-22.05.txt')), [
    { ...shared, name: 'cpu', isDefault: true, memoryBytes: 4000 * 2 ** 20, gres: '', features: ['cpu'] },
    {
      ...{ ...shared, name: 'gpu', isDefault: false, memoryBytes: 4000 * 2 ** 20 },
      ...{ gres: 'gpu:fake:2', features: ['gpu'] },
    },
  ])
})

test('sinfo: no limit, no default, nodes that differ, a partition that is down, and other lines', () => {
  const [long, mixed, ...more] = parsePartitions(
    [
      'Welcome!',
      'long|down|infinite|3|64+|256000+|gpu:a100:4(S:0-1)|a100,ib|n/a',
      'mixed|up|2-00:00:00|1|8|1000|(null)|(null)|30:00',
      'PARTITION|AVAIL|TIMELIMIT|NODES|CPUS|MEMORY|GRES|AVAIL_FEATURES|DEFAULTTIME',
    ].join('\n'),
  )
  assert.deepEqual(more, [])
  assert.deepEqual(
    [long.isUp, long.walltimeMsMax, long.walltimeMsDefault, long.cores, long.memoryBytes, long.features],
    [false, Infinity, undefined, 64, 256_000 * 2 ** 20, ['a100', 'ib']],
  )
  assert.deepEqual([mixed.walltimeMsMax, mixed.features, mixed.gres], [172_800_000, [], ''])
})

test('scontrol of the lab: states, exit codes, restarts and files', () => {
  const jobs = fixture('scontrol-show-job-22.05.txt').split('\n').filter(Boolean).map(parseJob)
  const byId = new Map(jobs.map((job) => [job?.id, job]))
  assert.deepEqual(byId.get('2'), {
    ...{ id: '2', state: 'FAILED', reason: 'NonZeroExitCode', exitCode: 3, signal: 0, restarts: 0 },
    ...{ nodes: 'node2', outputFile: '/dev/null', startMs: 1_795_768_646_000, endMs: 1_795_768_647_000 },
  })
  assert.deepEqual([byId.get('13')?.restarts, byId.get('13')?.nodes], [1, 'node4'])
  assert.deepEqual([byId.get('14')?.state, byId.get('14')?.signal], ['NODE_FAIL', 15])
  assert.deepEqual([byId.get('3_2')?.state, byId.get('3_2')?.nodes], ['PENDING', ''])
  assert.equal(byId.get('12')?.startMs, undefined)
})

test('scontrol of a site of 2020, with local times and fields that newer ones do not have', () => {
  // From https://github.com/codalab/codalab-worksheets/pull/2484, with the user's name left out.
  assert.deepEqual(parseJob(fixture('scontrol-show-job-2020.txt').trim()), {
    ...{ id: '1539172', state: 'RUNNING', reason: '', exitCode: 0, signal: 0, restarts: 0 },
    ...{ nodes: 'jagupard12', outputFile: '' },
    startMs: new Date(2020, 5, 20, 20, 49, 42).getTime(),
    endMs: new Date(2020, 5, 30, 20, 49, 42).getTime(),
  })
})

test('squeue of 24.11: parts of jobs of several kinds, which are never ours, are passed over', () => {
  // Ids as in https://github.com/meta-pytorch/torchx/issues/1101
  const of = (id: string): string =>
    `${id}|21|RUNNING|None|slurm-h100-206-061|1:00|1756128037|1756128097|mesh0-0`
  assert.deepEqual(
    parseQueue([of('21+0'), of('21+1'), of('22')].join('\n')).map(({ id }) => id),
    ['22'],
  )
})

test('scontrol: values with spaces, and names that look like fields', () => {
  const job = parseJob(
    'JobId=7 JobName=a b JobState=RUNNING JobState=FAILED Reason=None StdOut=/home/a b/x=1.log Restarts=2',
  )
  assert.deepEqual(job, {
    ...{ id: '7', state: 'RUNNING', reason: '', restarts: 2, nodes: '', outputFile: '/home/a b/x=1.log' },
  })
  assert.equal(parseJob('slurm_load_jobs error: Invalid job id specified'), undefined)
  assert.equal(parseJob(''), undefined)
})

test("sbatch's number: alone, of a federation, after a login shell's words, or none", () => {
  assert.equal(readSubmitted('12\n'), '12')
  assert.equal(readSubmitted('12;hpc-2.north\n'), '12')
  assert.equal(readSubmitted('Quota: 80% used\n2026\n13\n'), '13')
  for (const text of ['', 'Submitted batch job 12\n', 'error\n']) assert.equal(readSubmitted(text), undefined)
})

test("sbatch's estimate: of the lab, as a local time, or none", () => {
  const [estimate, refused] = fixture('sbatch-test-only-22.05.txt').split('\n')
  assert.equal(readEstimate(estimate), 1_795_950_147_000)
  assert.equal(
    readEstimate('sbatch: Job 5 to start at 2026-11-27T08:37:26 using 1 processors'),
    new Date(2026, 10, 27, 8, 37, 26).getTime(),
  )
  assert.equal(readEstimate(refused), undefined)
  assert.equal(readEstimate('sbatch: Job 5 to start at N/A using'), undefined)
})

test('a refusal is one line in Slurm’s words, and says whether it may pass', () => {
  const of = (stderr: string, signal: NodeJS.Signals | null = null) =>
    refusalOf('sbatch', { exitCode: signal ? null : 1, signal, stdout: '', stderr })
  assert.deepEqual(
    of(
      'sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified\n',
    ),
    {
      text: 'sbatch: invalid partition specified: nope; Batch job submission failed: Invalid partition name specified',
      again: false,
    },
  )
  assert.deepEqual(of(`sbatch: unrecognized option '--nope'\nTry "sbatch --help" for more information\n`), {
    text: "sbatch: unrecognized option '--nope'",
    again: false,
  })
  for (const away of [
    'slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
    'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
    'sbatch: error: Batch job submission failed: Resource temporarily unavailable',
    'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user’s size and/or time limits)',
  ])
    assert.equal(of(away).again, !away.includes('policy'), away)
  assert.deepEqual(of('', 'SIGKILL'), { text: 'sbatch did not answer in time and was ended', again: true })
  assert.equal(of('').text, 'sbatch: exit code 1')
})

test('why a job failed, of what its script ended with', () => {
  const cases: [Parameters<typeof failureOf>[0], string | undefined][] = [
    [{ exitCode: 3, signal: 0 }, 'exit code 3'],
    [{ exitCode: 0, signal: 9 }, 'ended by signal 9'],
    [{ exitCode: 137, signal: 0 }, 'exit code 137, as after signal 9'],
    [{ exitCode: 0, signal: 0 }, undefined],
    [{}, undefined],
  ]
  for (const [details, reason] of cases) assert.equal(failureOf(details), reason)
})
