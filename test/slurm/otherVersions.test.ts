// What Slurm of other years and sites prints: facts of public threads and fixtures, each with its address; names of people are left out.

import assert from 'node:assert/strict'
import test from 'node:test'
import { neverStarts, phaseOf, reasonText } from '../../runtime/slurm/jobStates.ts'
import { parseAssociations } from '../../runtime/slurm/parseAssociations.ts'
import { failureOf, type JobDetails, parseJob } from '../../runtime/slurm/parseJob.ts'
import { parsePartitions } from '../../runtime/slurm/parsePartitions.ts'
import { parseQueue, type QueueRow } from '../../runtime/slurm/parseQueue.ts'
import { choicesOf } from '../../runtime/slurm/profileChoices.ts'

const local = (text: string): number => new Date(text).getTime()

const JOBS: { when: string; from: string; line: string; is: Partial<JobDetails> }[] = [
  {
    when: '2010: no files, and the name under another word',
    from: 'https://github.com/SDU-eScience/Type3-Docs, src/batch/monitor.rst',
    line: 'JobId=71701 Name=hostname UserId=da(1000) Priority=66264 Account=none QOS=normal WCKey=*123 JobState=COMPLETED Reason=None Dependency=(null) TimeLimit=UNLIMITED Requeue=1 Restarts=0 BatchFlag=0 ExitCode=0:0 StartTime=2010-01-05T10:58:40 EndTime=2010-01-05T10:58:40 SuspendTime=None SecsPreSuspend=0 ReqNodeList=(null) ExcNodeList=(null) NodeList=snowflake0 NumNodes=1 ReqS:C:T=1:1:1',
    is: {
      ...{ id: '71701', state: 'COMPLETED', reason: '', nodes: 'snowflake0', exitCode: 0, outputFile: '' },
      startMs: local('2010-01-05T10:58:40'),
    },
  },
  {
    when: '2019: details of each node, which have words of their own',
    from: 'https://github.com/irush-cs/slurm-scripts, t/get_jobs.t',
    line: 'JobId=1 JobName=name1 JobState=RUNNING Reason=None Requeue=0 Restarts=0 ExitCode=0:0 DerivedExitCode=0:0 StartTime=2019-01-31T10:35:53 EndTime=2019-02-01T10:35:54 PreemptTime=None ReqNodeList=(null) NodeList=node-[63-65] BatchHost=node-63   Nodes=node-63 CPU_IDs=22-23 Mem=1000 GRES_IDX=   Nodes=node-64 CPU_IDs=0,4-7 Mem=2000 GRES_IDX= Gres=(null) StdErr=/location/with/err.txt StdIn=/dev/null StdOut=/location/with/out.txt Power=',
    is: { id: '1', nodes: 'node-[63-65]', outputFile: '/location/with/out.txt', restarts: 0 },
  },
  {
    when: '2019: an element of an array',
    from: 'https://github.com/irush-cs/slurm-scripts, t/get_jobs.t',
    line: 'JobId=2398617 ArrayJobId=2398463 ArrayTaskId=150 JobName=parallel.sh JobState=COMPLETED Reason=None Restarts=0 ExitCode=0:0 StartTime=2019-01-31T12:26:08 EndTime=2019-01-31T16:19:20 NodeList=node-44',
    is: { id: '2398463_150', state: 'COMPLETED', endMs: local('2019-01-31T16:19:20') },
  },
  {
    when: '2019: a federation, two partitions, and no start yet',
    from: 'https://github.com/irush-cs/slurm-scripts, t/get_jobs.t',
    line: 'JobId=134238037 JobName=wrap JobState=PENDING Reason=AssocGrpCpuLimit Dependency=(null) Restarts=0 ExitCode=0:0 StartTime=Unknown EndTime=Unknown Partition=long,other NodeList=(null) FedOrigin=debug FedViableSiblings=debug ClusterFeatures=c-f1 Gres=(null) StdOut=/some/location/out',
    is: { id: '134238037', state: 'PENDING', reason: 'AssocGrpCpuLimit', nodes: '', startMs: undefined },
  },
  {
    when: '2020: put back and held',
    from: 'https://github.com/burrmill/burrmill/issues/15',
    line: 'JobId=80634 ArrayJobId=80520 ArrayTaskId=114 JobName=get_phone_alignments.sh Priority=0 Account=(null) JobState=PENDING Reason=launch_failed_requeued_held Requeue=1 Restarts=1 ExitCode=0:0 TimeLimit=UNLIMITED StartTime=Unknown EndTime=Unknown NodeList=(null) BatchHost=yea-node-n2-23',
    is: { id: '80520_114', reason: 'launch_failed_requeued_held', restarts: 1, nodes: '' },
  },
  {
    when: '2021: scheduler and place of the evaluation are not told yet',
    from: 'https://github.com/tdegeus/GooseSLURM/issues/32',
    line: 'JobId=10804568 JobName=velocity_python_PinAndTrigger.py-00 JobState=RUNNING Reason=None Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0 AccrueTime=2021-08-09T14:30:17 StartTime=2021-08-09T14:30:18 EndTime=2021-08-11T14:30:18 Deadline=N/A SuspendTime=None SecsPreSuspend=0 LastSchedEval=2021-08-09T14:30:18 Partition=serial NodeList=f006 BatchHost=f006',
    is: { id: '10804568', state: 'RUNNING', nodes: 'f006', endMs: local('2021-08-11T14:30:18') },
  },
]

for (const { when, from, line, is } of JOBS)
  test(`scontrol of ${when} (${from})`, () => {
    const job = parseJob(line)!
    for (const [name, value] of Object.entries(is))
      assert.deepEqual(job[name as keyof JobDetails], value, name)
  })

/** Columns of a `squeue` of all fields, in the order in which ours are asked for. */
const ROWS: { when: string; from: string; line: string; is: Partial<QueueRow> }[] = [
  {
    when: '2024: an element of an array whose name no encoding knows',
    from: 'https://github.com/OSC/ood_core, spec/fixtures/output/slurm/non_utf8_job_name.txt',
    line: '29471683_9|29471683|COMPLETED|None|p0220|30:00|2024-06-26T14:16:35|2024-06-26T14:19:40|\ufffd non-utf8',
    is: { id: '29471683_9', state: 'COMPLETED', reason: '', limitMs: 1_800_000, name: '\ufffd non-utf8' },
  },
  {
    when: '2026: four days, and a whole path for a name',
    from: 'https://github.com/OSC/ood_core, spec/fixtures/output/slurm/null_submit_time.txt',
    line: '6779842|6779842|RUNNING|None|c0191|4-00:00:00|2026-03-10T12:34:51|2026-03-14T12:34:51|cupd3_n_fcc_mix_n15cohp',
    is: { state: 'RUNNING', nodes: 'c0191', limitMs: 345_600_000, endMs: local('2026-03-14T12:34:51') },
  },
  {
    when: '2026: beyond its time',
    from: 'https://github.com/OSC/ood_core, spec/fixtures/output/slurm/null_submit_time.txt',
    line: '6783828|6783828|TIMEOUT|TimeLimit|c0902|2:00:00|2026-03-10T14:25:43|2026-03-10T16:26:12|ondemand/sys/dashboard/sys/bc_desktop/vdi',
    is: { state: 'TIMEOUT', reason: 'TimeLimit', name: 'ondemand/sys/dashboard/sys/bc_desktop/vdi' },
  },
]

for (const { when, from, line, is } of ROWS)
  test(`squeue of ${when} (${from})`, () => {
    const [row, ...more] = parseQueue(line)
    assert.deepEqual(more, [])
    for (const [name, value] of Object.entries(is)) assert.deepEqual(row[name as keyof QueueRow], value, name)
    if (is.state === 'TIMEOUT')
      assert.deepEqual(phaseOf(row).kind === 'ended' && phaseOf(row), { ...phaseOf(row), how: 'time-limit' })
  })

const REASONS: { from: string; reason: string; never: boolean; words: RegExp }[] = [
  {
    from: 'https://github.com/burrmill/burrmill/issues/15: squeue of 2020 writes spaces where scontrol writes _',
    ...{ reason: 'launch failed requeued held', never: true, words: /it could not be started and is held/ },
  },
  {
    from: 'https://github.com/reframe-hpc/reframe/issues/303 (2018)',
    ...{ reason: 'ReqNodeNotAvail,  UnavailableNodes:', never: false, words: /is down or reserved/ },
  },
  {
    from: 'https://github.com/reframe-hpc/reframe/issues/2411 (2022)',
    ...{
      reason: 'ReqNodeNotAvail, May be reserved for other job',
      never: false,
      words: /is down or reserved/,
    },
  },
  {
    from: 'https://github.com/montefiore-institute/alan-cluster/issues/24 (2019)',
    reason: 'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
    ...{ never: false, words: /its nodes are down or kept for others/ },
  },
  {
    from: 'https://github.com/irush-cs/slurm-scripts, t/get_jobs.t (2019)',
    ...{ reason: 'AssocGrpCpuLimit', never: false, words: /^AssocGrpCpuLimit: the limit of an account/ },
  },
  {
    from: 'https://github.com/aws/aws-parallelcluster/issues/5731 (2024)',
    ...{ reason: 'BadConstraints', never: true, words: /no node has what it asks for/ },
  },
]

for (const { from, reason, never, words } of REASONS)
  test(`a job waits: ${reason} (${from})`, () => {
    const [row] = parseQueue(`7|7|PENDING|${reason}||10:00|N/A|N/A|x`)
    assert.equal(row.reason, reason)
    assert.equal(neverStarts(row.reason), never)
    assert.match(reasonText(row.reason), words)
  })

test('too much memory has a number of its own in the place of a signal (https://github.com/galaxyproject/galaxy/pull/6832, 2018)', () => {
  const job = parseJob('JobId=7 JobState=OUT_OF_MEMORY Reason=OutOfMemory ExitCode=0:125')!
  assert.equal(failureOf(job), 'out of memory')
})

test('sinfo of 2023: a partition with nodes of three kinds is offered as three (https://github.com/silx-kit/jupyterhub_moss/issues/97)', async () => {
  const kind = (nodes: number, cores: number, memory: number, gres: string): string =>
    `dev|up|infinite|${nodes}|${cores}|${memory}|${gres}|(null)|n/a`
  const partitions = parsePartitions(
    [
      kind(1, 128, 520_000, 'gpu:MYGPU:2(S:0-1)'),
      kind(1, 128, 520_000, 'gpu:MYGPU:2'),
      kind(1, 40, 310_000, '(null)'),
    ].join('\n'),
  )
  const slurm = { partitions: async () => partitions, associations: async () => ({ accounts: [], qos: [] }) }
  assert.deepEqual(
    (await choicesOf(slurm)).partitions.map(({ name, text }) => `${name}: ${text}`),
    [
      'dev: 1 node · 128 cores · 545 GB · gpu:MYGPU:2(S:0-1)',
      'dev: 1 node · 128 cores · 545 GB · gpu:MYGPU:2',
      'dev: 1 node · 40 cores · 325 GB',
    ],
  )
})

test('sacctmgr: an account is told once for each cluster (https://github.com/OSC/ood_core, spec/fixtures/output/slurm/sacctmgr_show_accts.txt)', () => {
  // Its columns account and qos.
  const text = [
    'pzs0715|ascend-default',
    'pzs1124|owens-default,staff,phoenix',
    'pzs0715|owens-default',
    '',
  ].join('\n')
  assert.deepEqual(parseAssociations(text), {
    accounts: ['pzs0715', 'pzs1124'],
    qos: ['ascend-default', 'owens-default', 'phoenix', 'staff'],
  })
})
