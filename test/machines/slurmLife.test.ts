// What Slurm and others do to jobs that run: requeued, suspended, preempted, on nodes set down or hung; scratch that is no use.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { NodeName } from '../slurmLab/slurmConf.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start({
    config: [
      // Jobs of `first` take the nodes of others, who are started again where they may be.
      'PreemptType=preempt/partition_prio',
      'PreemptMode=REQUEUE',
      'PartitionName=first Nodes=node[1-2] PriorityTier=100 DefaultTime=10 MaxTime=60 State=UP',
    ],
  })
  user = new SlurmUser(lab)
})

after(() => lab.close())

/** The first job works, and a task on it waits for the file `gate`; which job, which start of it, and where are printed. */
const waits = (gate: string): string => `
await patiently(async () => (await working()).length === 1)
const [job] = await working()
const task = client.submit(async (gate: string) => {
  const { existsSync } = await import('node:fs')
  const { setTimeout } = await import('node:timers/promises')
  while (!existsSync(gate)) await setTimeout(20)
  return process.env.SLURM_JOB_ID + ' ' + (process.env.SLURM_RESTART_COUNT ?? 0)
}, ${JSON.stringify(user.folder)} + '/${gate}')
await patiently(async () => (await client.info()).workers.length === 1)
console.log('on ' + job.id + ' ' + job.nodes)
const result = await task.result()
console.log(result === job.id + ' 1' ? 'started again' : result.split(' ')[0] === job.id ? 'as it was' : 'in another job')
`

/** Which job runs, and on which node. */
async function placeOf({ said }: { said(line: RegExp): Promise<string> }): Promise<[string, NodeName]> {
  const [, job, node] = (await said(/^on \d+ node\d$/)).split(' ')
  return [job, node as NodeName]
}

test('a job that is put back into the queue: its task runs again, and is not charged', async () => {
  const going = user.clientProgram({}, { jobs: 1 }, waits('requeued'))
  const [job] = await placeOf(going)
  await lab.command('scontrol', 'requeue', job)
  await going.said(new RegExp(`job ${job} was put back into the queue by Slurm`))
  user.give('requeued')
  const { stdout, stderr, exitCode } = await going.ended
  // A look while the job was between two states had another take its place: whichever starts first runs it.
  assert.match(stdout, /^(started again|in another job)$/m, stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('a job that is suspended is told of, and its task goes on when it does', async () => {
  const going = user.clientProgram({}, { jobs: 1 }, waits('resumed'))
  const [job, node] = await placeOf(going)
  await lab.command('scontrol', 'suspend', job)
  await going.said(
    new RegExp(`job ${job} was suspended by Slurm on ${node}: what its workers do stands still`),
  )
  user.give('resumed')
  await lab.command('scontrol', 'resume', job)
  const { stdout, stderr, exitCode } = await going.ended
  assert.match(stdout, /^as it was$/m, stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

for (const [title, directives, how, comes] of [
  ['is started again where it may be', [], /was put back into the queue by Slurm/, /^started again$/m],
  [
    'is replaced where it may not',
    ['--no-requeue'],
    /was preempted for a job that goes before it/,
    /^in another job$/m,
  ],
] as const)
  test(`a job that another takes the place of ${title}, and its task runs again`, async () => {
    const gate = `preempted${directives.length}`
    const going = user.clientProgram(
      { directives: ['--nodelist=node1', ...directives] },
      { jobs: 1 },
      waits(gate),
    )
    const [job, node] = await placeOf(going)
    const wanted = ['-p', 'first', '-w', node, '--exclusive', '-o', '/dev/null', '--wrap', 'sleep 3']
    await lab.command('sbatch', ...wanted)
    await going.said(new RegExp(`job ${job} ${how.source}`))
    user.give(gate)
    const { stdout, stderr, exitCode } = await going.ended
    assert.match(stdout, comes, stderr)
    assert.equal(exitCode, 0)
    assert.deepEqual(await user.leftovers(), [])
  })

test('a node that is set down: its job is lost with it, and the task runs again in another', async () => {
  const going = user.clientProgram({ directives: ['--no-requeue'] }, { jobs: 1 }, waits('down'))
  const [job, node] = await placeOf(going)
  await lab.command('scontrol', 'update', `NodeName=${node}`, 'State=DOWN', 'Reason=test')
  await going.said(new RegExp(`job ${job} was lost with its node on ${node}`))
  user.give('down')
  const { stdout, stderr, exitCode } = await going.ended
  // It registers by itself, as the lab's `ReturnToService` lets it.
  assert.match(stdout, /^in another job$/m, stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('a node that hangs is given up when Slurm gives it up, and the task runs again in another job', async () => {
  const going = user.clientProgram({ directives: ['--no-requeue'] }, { jobs: 1 }, waits('hung'))
  const [job, node] = await placeOf(going)
  lab.freezeNode(node)
  await going.said(new RegExp(`job ${job} was lost with its node on ${node}`))
  user.give('hung')
  const { stdout, stderr, exitCode } = await going.ended
  assert.match(stdout, /^in another job$/m, stderr)
  assert.equal(exitCode, 0)
  // What was frozen finds that its job and its cluster are over.
  lab.thawNode(node)
  await user.nothingLeft()
})

test('a node that Slurm alone has lost: the run goes on, and what works there ends with the cluster', async () => {
  const going = user.clientProgram({ directives: ['--no-requeue'] }, { jobs: 1 }, waits('apart'))
  const [job, node] = await placeOf(going)
  lab.freezeDaemons(node)
  await going.said(new RegExp(`job ${job} was lost with its node on ${node}`))
  user.give('apart')
  const { stdout, stderr, exitCode } = await going.ended
  assert.match(stdout, /^(as it was|in another job)$/m, stderr)
  assert.equal(exitCode, 0)
  lab.thawNode(node)
  await user.nothingLeft()
})

test('scratch that cannot be used: jobs fail with the reason, and no more are submitted', async () => {
  const file = join(user.folder, 'no-folder')
  writeFileSync(file, '')
  const { stdout, stderr, exitCode } = await user.clientProgram(
    { scratch: `${file}/$SLURM_JOB_ID`, failuresMax: 2 },
    { jobs: 1 },
    `
await patiently(async () => (await client.jobs()).stopped !== undefined)
console.log((await client.jobs()).stopped)
`,
  ).ended
  rmSync(file)
  assert.match(
    stdout,
    /^no more jobs are submitted, since 2 in a row came to nothing: job \d+ failed on node\d \(exit code [1-9]\d*\): .*the spill folder \S+ cannot be used: ENOTDIR/,
    stderr,
  )
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('scratch that is full: values stay where there is room, or the task fails with the disk’s word', async () => {
  const scratch = join(user.folder, 'full')
  mkdirSync(scratch)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', scratch])
  try {
    const { stdout, stderr, exitCode } = await user.clientProgram(
      { scratch },
      { jobs: 1 },
      `
const parts = Array.from({ length: 12 }, (_, i) => client.submit((i: number) => new Float64Array(6_000_000).fill(i), i))
try {
  let sum = 0
  for (const part of parts) sum += await client.submit((x: Float64Array) => x[0], part).result()
  console.log('sum ' + sum)
} catch (error) {
  console.log('error ' + error.message)
}
`,
    ).ended
    console.log(stdout, stderr)
    assert.match(stdout, /^(sum 66|error .*(ENOSPC|no space|memory).*)$/m, stderr)
    assert.equal(exitCode, 0)
  } finally {
    execFileSync('umount', ['-l', scratch])
    rmSync(scratch, { recursive: true })
  }
  assert.deepEqual(await user.leftovers(), [])
})
