// A cluster of Slurm's jobs from a program, on a real Slurm: started, scaled, followed, hurt and ended, and nothing is left.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  // As a site that ends jobs above their memory.
  lab = await SlurmLab.start({ config: ['JobAcctGatherParams=OverMemoryKill'] })
  user = new SlurmUser(lab)
})

after(() => lab.close())

/** A program with a client; `until` looks at the jobs until they are as they should be. */
const program = (profile: object, options: object, body: string): string => `
import { setTimeout } from 'node:timers/promises'
import { Client } from 'heddle'
const client = await Client.slurm(${JSON.stringify({ ...user.profile, ...profile })}, {
  ...${JSON.stringify(options)},
  notice: (text) => console.error(text),
})
const began = performance.now()
const note = (text) => console.error(((performance.now() - began) / 1000).toFixed(1) + ' s: ' + text)
const until = async (holds) => {
  // Slurm looks for jobs beyond their time every half minute.
  const deadline = performance.now() + 120_000
  for (;;) {
    const report = await client.jobs()
    if (holds(report)) return report
    if (performance.now() > deadline) throw new Error('never so: ' + JSON.stringify(report))
    await setTimeout(50)
  }
}
const working = ({ jobs }) => jobs.filter(({ workers, state }) => workers.length > 0 && state === 'running').length
${body}
note('closing')
await client.close()
note('closed')
`

for (const scheduler of ['login', 'job'])
  test(`scheduler ${scheduler === 'job' ? 'in a job of its own' : 'on the login node'}: up, right answers, more and fewer jobs, down`, async () => {
    const { stdout, stderr, exitCode } = await user.program(
      program(
        { scheduler, processes: 2, cores: 2, memory: '800MB' },
        { jobs: 1 },
        `
await until(({ jobs }) => jobs[0]?.workers.length === 2)
const { workers } = await client.info()
console.log(workers.length, workers.every(({ name, dataAddress }) => /^job\\d+-[01]$/.test(name) && dataAddress.startsWith('tls://')))
const parts = client.map((i: number) => i * i, Array.from({ length: 100 }, (_, i) => i))
console.log(await client.submit((all: number[]) => all.reduce((a, b) => a + b, 0), parts).result())
await client.scale({ cores: 4 })
const two = await until((report) => working(report) === 2)
console.log(two.wanted.workers)
note('two')
const far = client.with({ workers: [two.jobs[1].workers[0]] }).submit(() => new Float64Array(200_000).fill(2))
await far.result()
// Its only copy is in a job that ends: it is handed over first.
await client.scale({ jobs: 1 })
await until(({ jobs }) => jobs.filter(({ state }) => state === 'ended').length === 1)
note('one')
console.log(await client.submit((x: Float64Array) => x.reduce((a, b) => a + b, 0), far).result())
`,
      ),
    ).ended
    assert.deepEqual(stdout.trim().split('\n'), ['2 true', '328350', '2', '400000'], stderr)
    assert.doesNotMatch(stderr, /failed|cancelled|lost/)
    assert.equal(exitCode, 0)
    assert.deepEqual(await user.leftovers(), [])
  })

test('the load is followed: jobs for what there is to do, none when there is nothing', async () => {
  const { stdout, stderr } = await user.program(
    program(
      { scheduler: 'login' },
      { adapt: { minimum: 0, maximum: 3, targetDurationMs: 200, intervalMs: 200, waitCount: 3 } },
      `
const gate = ${JSON.stringify(user.folder)} + '/three'
// None ends before all three jobs work: the first that comes could be done with all of them before the last one is there.
const work = client.map(async (i: number) => {
  const { existsSync } = await import('node:fs')
  while (!existsSync(gate)) await setTimeout(20)
  await setTimeout(300)
  return i
}, Array.from({ length: 24 }, (_, i) => i))
const most = await until((report) => working(report) === 3)
await (await import('node:fs/promises')).writeFile(gate, '')
console.log(most.adapting, most.wanted.workers)
console.log((await client.gather(work)).reduce((a, b) => a + b, 0))
// Results that are wanted are not thrown away for being idle.
await until(({ jobs, wanted }) => wanted.workers === 1 && jobs.filter(({ state }) => state === 'ended').length === 2)
console.log((await client.gather(work)).length)
for (const future of work) future.release()
await until(({ jobs, wanted }) => wanted.workers === 0 && jobs.every(({ state }) => state === 'ended'))
console.log((await client.jobs()).jobs.length)
console.log(await client.submit(() => 'again').result())
`,
    ),
  ).ended
  assert.deepEqual(stdout.trim().split('\n'), ['true 3', '276', '24', '3', 'again'], stderr)
  assert.deepEqual(await user.leftovers(), [])
})

test('scancel and the time limit: named, no fault of the task, and another job takes over', async () => {
  const going = user.program(
    program(
      { scheduler: 'login' },
      { jobs: 1 },
      `
const { existsSync, writeFileSync } = await import('node:fs')
for (const round of ['first', 'second']) {
  const report = await until((each) => working(each) === 1)
  const task = client.submit(async (name: string) => {
    const { existsSync, writeFileSync } = await import('node:fs')
    const { setTimeout } = await import('node:timers/promises')
    writeFileSync(name + '.' + process.env.SLURM_JOB_ID, '')
    while (!existsSync(name + '.gate')) await setTimeout(20)
    return name + ' came through'
  }, ${JSON.stringify(user.folder)} + '/' + round)
  const [job] = report.jobs.filter(({ state }) => state === 'running')
  while (!existsSync(${JSON.stringify(user.folder)} + '/' + round + '.' + job.id)) await setTimeout(20)
  console.log('ready ' + round + ' ' + job.id)
  await until(({ jobs }) => jobs.find(({ id }) => id === job.id)?.state === 'ended')
  writeFileSync(${JSON.stringify(user.folder)} + '/' + round + '.gate', '')
  console.log((await task.result()).split('/').at(-1))
}
`,
    ),
  )
  const first = (await going.said(/^ready first/)).split(' ')[2]
  await lab.command('scancel', first)
  const second = (await going.said(/^ready second/)).split(' ')[2]
  assert.notEqual(first, second)
  await lab.command('scontrol', 'update', `JobId=${second}`, 'EndTime=now+3')
  const { stdout, stderr, exitCode } = await going.ended
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.includes('came through')),
    ['first came through', 'second came through'],
    stderr,
  )
  assert.match(stderr, new RegExp(`job ${first} was cancelled on node\\d`))
  assert.match(stderr, new RegExp(`job ${second} reached its time limit on node\\d`))
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('a job that uses more memory than it asked for is named with its reason', async () => {
  const { stdout, stderr } = await user.program(
    program(
      { scheduler: 'login', failuresMax: 1, workerOptions: ['--memory-shares', 'off,off,off,off'] },
      { jobs: 1 },
      `
await until((report) => working(report) === 1)
const task = client.submit(async () => {
  const { setTimeout } = await import('node:timers/promises')
  const held = Array.from({ length: 12 }, () => new Uint8Array(50_000_000).fill(1))
  await setTimeout(20_000)
  return held.length
})
task.result().catch(() => {})
const { stopped } = await until((report) => report.stopped !== undefined)
console.log(stopped)
`,
    ),
  ).ended
  assert.match(
    stdout,
    /no more jobs are submitted, since job \d+ (failed on node1|used more memory than it had asked for on node1)/,
    stderr,
  )
  assert.match(stderr, /exceeded memory limit|oom/i)
  assert.deepEqual(await user.leftovers(), [])
})
