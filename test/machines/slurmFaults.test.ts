// What goes wrong on a site: a controller that is away, a node that crashes, a program that dies; and workers of another allocation.

import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { NodeName } from '../slurmLab/slurmConf.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { type Ended, SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
})

after(() => lab.close())

test('a controller that is away: the run goes on, is told so, and jobs follow when it is back', async () => {
  const going = user.clientProgram(
    {},
    { jobs: 1 },
    `
await patiently(async () => (await working()).length === 1)
console.log('one')
await file('away')
await client.scale({ jobs: 2 })
console.log(await client.submit((x: number) => x + 1, 41).result())
await patiently(async () => (await working()).length === 2)
console.log('two')
`,
  )
  await going.said(/^one$/)
  await lab.crashController()
  user.give('away')
  await going.said(/Slurm does not answer, and is asked again: squeue: .*slurm controller/)
  await lab.startController()
  const { stdout, stderr, exitCode } = await going.ended
  assert.deepEqual(stdout.trim().split('\n'), ['one', '42', 'two'], stderr)
  assert.match(stderr, /Slurm answers again/)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('a controller that is frozen while a job is submitted: it is told, and what it took without an answer is found and not doubled', async () => {
  const going = user.clientProgram(
    {},
    { jobs: 0 },
    `
console.log('up')
await file('frozen')
await client.scale({ jobs: 1 })
await patiently(async () => (await client.jobs()).unanswered !== undefined)
console.log((await client.jobs()).unanswered.split(',')[0])
await patiently(async () => (await client.jobs()).unanswered === undefined && (await working()).length === 1)
console.log(await client.submit((x: number) => x + 1, 41).result())
console.log('settled')
await file('counted')
`,
  )
  await going.said(/^up$/)
  lab.freezeController()
  user.give('frozen')
  await going.said(/^Slurm does not answer/)
  lab.thawController()
  await going.said(/^settled$/)
  assert.equal((await lab.jobs()).length, 1)
  user.give('counted')
  const { stdout, stderr, exitCode } = await going.ended
  assert.deepEqual(stdout.trim().split('\n'), ['up', 'Slurm does not answer', '42', 'settled'], stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test("the scheduler's own job, taken without an answer: the start says so, and the cluster is offered and ended as any other", async () => {
  // Between two answers of Slurm's no test can be quick enough: the answer is lost here, and then Slurm is away.
  const bin = join(user.folder, 'bin')
  const away = join(user.folder, 'slurm-away')
  mkdirSync(bin)
  const lost = 'Unable to contact slurm controller (connect failure)'
  const program = (name: string, ...lines: string[]): void =>
    writeFileSync(join(bin, name), `#!/bin/bash\nexport PATH=${lab.env.PATH}\n${lines.join('\n')}\n`, {
      mode: 0o755,
    })
  program(
    'sbatch',
    `[[ " $* " == *" --parsable "* && -e ${away}.next ]] || exec sbatch "$@"`,
    `sbatch "$@" >/dev/null; mv ${away}.next ${away}; echo "sbatch: error: Batch job submission failed: ${lost}" >&2; exit 1`,
  )
  for (const name of ['squeue', 'scancel'])
    program(
      name,
      `[ ! -e ${away} ] || { echo "slurm_load_jobs error: ${lost}" >&2; exit 1; }`,
      `exec ${name} "$@"`,
    )
  const path = user.env.PATH
  user.env.PATH = `${bin}:${path}`
  try {
    user.give('slurm-away.next')
    const up = await user.slurm('up', { scheduler: 'job' }).ended
    assert.notEqual(up.exitCode, 0)
    assert.match(up.stderr, /Unable to contact slurm controller/)
    rmSync(away)
    const deadline = performance.now() + 60_000
    let status: Ended
    do {
      status = await user.slurm('status', { scheduler: 'job' }).ended
      await setTimeout(100)
    } while (status.exitCode !== 0 && performance.now() < deadline)
    assert.equal(status.exitCode, 0, status.stderr)
    const down = await user.slurm('down', { scheduler: 'job' }).ended
    assert.equal(down.exitCode, 0, down.stderr)
  } finally {
    user.env.PATH = path
  }
  assert.deepEqual(await user.leftovers(), [])
})

test('a node that crashes: its task runs again elsewhere, and another job comes', async () => {
  const going = user.clientProgram(
    { directives: ['--no-requeue'] },
    { jobs: 1 },
    `
await patiently(async () => (await working()).length === 1)
const [job] = await working()
const task = client.submit(async (folder: string) => {
  const { existsSync } = await import('node:fs')
  const { setTimeout } = await import('node:timers/promises')
  while (!existsSync(folder + '/crashed')) await setTimeout(20)
  return process.env.SLURM_JOB_ID
}, ${JSON.stringify(user.folder)})
console.log('on ' + job.nodes)
console.log((await task.result()) !== job.id)
`,
  )
  const node = (await going.said(/^on node\d$/)).slice(3) as NodeName
  lab.crashNode(node)
  user.give('crashed')
  const { stdout, stderr, exitCode } = await going.ended
  assert.equal(stdout, `on ${node}\ntrue\n`, stderr)
  assert.match(stderr, new RegExp(`job \\d+ was lost with its node on ${node}`))
  assert.equal(exitCode, 0)
  lab.startNode(node)
  assert.deepEqual(await user.leftovers(), [])
})

for (const scheduler of ['login', 'job'])
  test(`a program that dies takes its cluster with it (scheduler: ${scheduler})`, async () => {
    const going = user.clientProgram(
      { scheduler, deathTimeoutSeconds: 1 },
      { jobs: 1 },
      `
await patiently(async () => (await working()).length === 1)
console.log('one')
await setTimeout(60_000)
`,
    )
    await going.said(/^one$/)
    going.child.kill('SIGKILL')
    await going.ended
    const deadline = performance.now() + 60_000
    // What the program itself had on this machine goes with the next look at clusters.
    let left: string[]
    do {
      await user.heddle('clusters').ended
      left = await user.leftovers()
      await setTimeout(100)
    } while (left.length > 0 && performance.now() < deadline)
    assert.deepEqual(left, [])
  })

test('srun inside an allocation brings workers to a cluster: one on each node, named by job and process', async () => {
  const up = await user.slurm('up', { scheduler: 'login' }, '--jobs', '0').ended
  assert.equal(up.exitCode, 0, up.stderr)
  const local = /--connect (\S+)/.exec(up.stderr)?.[1] ?? ''
  const id = /cluster ([0-9a-f]{8})/.exec(up.stderr)?.[1] ?? ''
  const worker = [
    `srun ${process.execPath} ${join(user.folder, 'node_modules', 'heddle', 'dist', 'cli.js')}`,
    `worker --slurm --join ${join(user.shared, 'slurm', id, 'cluster.json')} --threads 1 --memory-limit 300MB --reconnect 5`,
  ].join(' ')
  const script = join(user.folder, 'allocation.sh')
  writeFileSync(
    script,
    `#!/bin/bash\n#SBATCH -N 2 --ntasks-per-node=1 --mem=400M -o ${user.folder}/allocation.log\n${worker}\n`,
  )
  const job = (await lab.commandAs(user.env, 'sbatch', '--parsable', script)).trim()
  const { stdout, stderr } = await user.program(`
import { setTimeout } from 'node:timers/promises'
import { Client } from 'heddle'
const client = await Client.connect(${JSON.stringify(local)})
let workers = []
while (workers.length < 2) {
  workers = (await client.info()).workers
  await setTimeout(50)
}
console.log(workers.map(({ name }) => name).sort().join(' '))
const nodes = workers.map(({ name }) => client.with({ workers: [name] }).submit((_name: string) => process.env.SLURMD_NODENAME, name))
console.log((await client.gather(nodes)).sort().join(' '))
await client.close()
`).ended
  assert.deepEqual(stdout.trim().split('\n'), [`job${job}-0 job${job}-1`, 'node1 node2'], stderr)
  const down = await user.slurm('down', { scheduler: 'login' }).ended
  assert.equal(down.exitCode, 0, down.stderr)
  // The allocation is its owner's: it ends with what runs in it, which has no scheduler any more.
  const deadline = performance.now() + 60_000
  while ((await lab.jobs()).length > 0 && performance.now() < deadline) await setTimeout(100)
  assert.deepEqual(await user.leftovers(), [])
})
