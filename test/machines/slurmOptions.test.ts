// Parts of a profile, each by what a real Slurm made of it and by what its workers see.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
  // `module` as sites define it: a function that every shell finds.
  user.env['BASH_FUNC_module%%'] = `() { echo "module $*" >> ${said()}; }`
})

after(() => lab.close())

const said = (): string => join(user.folder, 'said')
/** Fields of a job as Slurm has them. */
async function fieldsOf(job: string): Promise<Map<string, string>> {
  const text = await lab.command('scontrol', 'show', 'job', '-o', job)
  return new Map(text.split(' ').map((field) => field.split(/=(.*)/s).slice(0, 2) as [string, string]))
}

test('nodes, processes, constraint, walltime, names, directives and skipped ones, modules, prologue, epilogue, env, scratch, logs, interface, resources', async () => {
  const logFolder = join(user.folder, 'logs')
  const going = user.clientProgram(
    {
      ...{ nodes: 2, processes: 2, cores: 2, memory: '800MB', constraint: 'cpu', walltime: '0:20:00' },
      ...{
        jobName: 'weave',
        directives: ['--mem-per-cpu=300M', '--comment=loom'],
        skippedDirectives: ['--mem'],
      },
      ...{ modules: ['loom/1.0', 'warp'], env: { LETTER: 'é b$HOME "c"' } },
      prologue: [`echo "before $SLURM_JOB_NUM_NODES" >> ${said()}`],
      epilogue: [`echo after >> ${said()}`],
      ...{ scratch: `${user.folder}/scratch-$SLURM_JOB_ID`, logFolder, interface: 'lo' },
      ...{ resources: { press: 2 }, workerOptions: ['--memory-shares', '50,60,70,90'] },
      ...{ deathTimeoutSeconds: 7, schedulerSettings: { saturation: 1.5 } },
    },
    { jobs: 1 },
    `
await patiently(async () => (await client.info()).workers.length === 4)
const { workers } = await client.info()
console.log(workers.map(({ name }) => name.replace(/^job\\d+-/, '')).sort().join(' '))
console.log(workers.every(({ dataAddress }) => dataAddress.startsWith('tls://127.0.0.1:')))
console.log(JSON.stringify(workers[0].resources), workers[0].threads, workers[0].memoryLimitBytes)
console.log(await client.with({ resources: { press: 2 } }).submit(() => process.env.LETTER).result())
const where = workers.map(({ name }) => client.with({ workers: [name] }).submit((_: string) => process.env.SLURMD_NODENAME, name))
console.log([...new Set(await client.gather(where))].sort().join(' '))
console.log('job ' + (await jobs())[0].id)
await file('looked')
`,
  )
  const job = (await going.said(/^job \d+$/)).split(' ')[1]
  const fields = await fieldsOf(job)
  const expected: Record<string, string | RegExp> = {
    ...{ NumNodes: '2', NumTasks: '4', 'CPUs/Task': '1', MinMemoryCPU: '300M', Features: 'cpu' },
    ...{ TimeLimit: '00:20:00', JobName: /^weave-[0-9a-f]{8}-workers$/, Comment: 'loom' },
    StdOut: `${logFolder}/job-${job}.log`,
  }
  for (const [name, value] of Object.entries(expected)) {
    const is = fields.get(name) ?? ''
    assert.ok(typeof value === 'string' ? is === value : value.test(is), `${name} is ${is}`)
  }
  assert.equal(existsSync(join(user.folder, `scratch-${job}`)), true)
  user.give('looked')
  const { stdout, stderr, exitCode } = await going.ended
  assert.deepEqual(
    stdout.trim().split('\n').slice(0, 5),
    ['0 1 2 3', 'true', '{"press":2} 1 400000000', 'é b$HOME "c"', 'node1 node2'],
    stderr,
  )
  assert.equal(exitCode, 0)
  assert.deepEqual(readFileSync(said(), 'utf8').trim().split('\n'), [
    ...['module load loom/1.0', 'module load warp', 'before 2', 'after'],
  ])
  // Logs stay in a folder of the person's own; scratch is left as it was found, or not at all.
  assert.ok(readdirSync(logFolder).includes(`job-${job}.log`))
  assert.equal(existsSync(join(user.folder, `scratch-${job}`)), false)
  assert.deepEqual(await user.leftovers(), [])
})

for (const [arrays, id] of [
  [true, /^\d+_[01]$/],
  [false, /^\d+$/],
] as const)
  test(`two jobs are ${arrays ? 'one array' : 'two scripts where a profile wants no arrays'}, in the reservation that it names`, async () => {
    const reservation = `held${arrays}`
    const wanted = ['StartTime=now', 'Duration=30', 'Users=root', 'Nodes=node1']
    await lab.command('scontrol', 'create', 'reservation', `ReservationName=${reservation}`, ...wanted)
    const going = user.clientProgram(
      { arrays, reservation },
      { jobs: 2 },
      `
await patiently(async () => (await working()).length === 2)
for (const { id } of await jobs()) console.log('job ' + id)
console.log('both')
await file('${reservation}')
`,
    )
    await going.said(/^both$/)
    const rows = await lab.command('squeue', '-h', '-r', '-o', '%v %N')
    assert.equal(rows, `${reservation} node1\n${reservation} node1\n`)
    user.give(reservation)
    const { stdout, stderr, exitCode } = await going.ended
    const ids = stdout.split('\n').flatMap((line) => /^job (.*)/.exec(line)?.[1] ?? [])
    assert.equal(ids.length, 2)
    for (const each of ids) assert.match(each, id, stderr)
    assert.equal(exitCode, 0)
    await lab.command('scontrol', 'delete', `ReservationName=${reservation}`)
    assert.deepEqual(await user.leftovers(), [])
  })

test('before its time is over a job hands over what it alone holds, takes nothing new, and another comes', async () => {
  const ran = join(user.folder, 'ran')
  const going = user.clientProgram(
    { handoverSeconds: 120 },
    { jobs: 2 },
    `
await patiently(async () => (await working()).length === 2)
const [, job] = await working()
const far = client.with({ workers: job.workers }).submit(async (file: string) => {
  const { appendFileSync } = await import('node:fs')
  appendFileSync(file, 'once ')
  return new Float64Array(200_000).fill(2)
}, ${JSON.stringify(ran)})
await far.result()
console.log('job ' + job.id)
await patiently(async () => (await jobs()).find(({ id }) => id === job.id)?.state === 'ended')
console.log((await jobs()).find(({ id }) => id === job.id)?.text)
console.log(await client.submit((x: Float64Array) => x.reduce((a, b) => a + b, 0), far).result())
await patiently(async () => (await working()).length === 2)
console.log('two again')
`,
  )
  const job = (await going.said(/^job \S+$/)).split(' ')[1]
  // It has a minute, which is less than a handover takes: the handover begins at the next look.
  await lab.command('scontrol', 'update', `JobId=${job}`, 'EndTime=now+60')
  const { stdout, stderr, exitCode } = await going.ended
  assert.match(stdout, /^has ended on node\d\n400000\ntwo again$/m, stderr)
  assert.equal(readFileSync(ran, 'utf8'), 'once ')
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})
