// GPUs through real jobs: Slurm gives out devices, each worker sees its own alone, and tasks that ask for some find them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
})

after(() => lab.close())

/** What a task sees of devices, a while so that others run beside it. */
const LOOK = `
const look = async (_i: number) => {
  const { setTimeout } = await import('node:timers/promises')
  const beganMs = Date.now()
  await setTimeout(300)
  const { CUDA_VISIBLE_DEVICES = 'none', SLURMD_NODENAME = '', SLURM_JOB_ID = '' } = process.env
  return { devices: CUDA_VISIBLE_DEVICES, node: SLURMD_NODENAME, job: SLURM_JOB_ID, beganMs, endedMs: Date.now() }
}
/** How many ran at the same time on the same device, at most. */
const together = (seen) => Math.max(...seen.map((one) =>
  seen.filter((other) => other.node === one.node && other.devices === one.devices &&
    other.beganMs <= one.beganMs && one.beganMs < other.endedMs).length))
// Equal calls are one task: other calls have other numbers.
const many = Array.from({ length: 12 }, (_, i) => i)
const others = many.map((i) => i + 100)
`

test('workers of one job share out its devices, and a device has one task at a time that asks for it', async () => {
  const { stdout, stderr, exitCode } = await user.clientProgram(
    { partition: 'gpu', gpus: 2, cores: 4, processes: 2, memory: '800MB' },
    { jobs: 1 },
    `${LOOK}
await patiently(async () => (await client.info()).workers.length === 2)
const { workers } = await client.info()
console.log(JSON.stringify(workers.map(({ resources, threads }) => ({ ...resources, threads }))))
const seen = await client.gather(client.with({ resources: { gpu: 1 } }).map(look, many))
console.log([...new Set(seen.map(({ devices }) => devices))].sort().join(' '), together(seen))
// Those that ask for none run two at a time on each worker.
const free = await client.gather(client.map(look, others))
console.log(together(free))
`,
  ).ended
  assert.deepEqual(
    stdout.trim().split('\n'),
    ['[{"gpu":1,"threads":2},{"gpu":1,"threads":2}]', '0 1 1', '2'],
    stderr,
  )
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('two jobs on one node have a device each', async () => {
  const { stdout, stderr, exitCode } = await user.clientProgram(
    { partition: 'gpu', gpus: 1, directives: ['--nodelist=node3'] },
    { jobs: 2 },
    `${LOOK}
await patiently(async () => (await working()).length === 2)
const seen = await client.gather(client.with({ resources: { gpu: 1 } }).map(look, many))
const perJob = new Map()
for (const { job, devices } of seen) perJob.set(job, new Set([...(perJob.get(job) ?? []), devices]))
console.log([...perJob.values()].map((devices) => [...devices].join()).sort().join(' '), together(seen))
`,
  ).ended
  assert.equal(stdout.trim(), '0 1 1', stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('beside workers without devices: what asks for them goes to the pool that has some, and what asks for too many waits with its reason', async () => {
  const { stdout, stderr, exitCode } = await user.clientProgram(
    { pools: { gpu: { partition: 'gpu', gpus: 1 } } },
    { jobs: 1 },
    `${LOOK}
await client.scale({ jobs: 1, pool: 'gpu' })
await patiently(async () => (await working()).length === 2)
const seen = await client.gather(client.with({ resources: { gpu: 1 } }).map(look, many))
console.log([...new Set(seen.map(({ node, devices }) => node.replace(/[34]/, 'gpu') + ' ' + devices))].join())
const all = await client.gather(client.map(look, others))
console.log(new Set(all.map(({ node }) => node)).size)
const pair = client.with({ resources: { gpu: 2 } }).submit(look, 1000)
pair.result().catch(() => {})
let why = []
await patiently(async () => (why = await client.explain(pair.key)).length > 0 && /gpu/.test(why.join()))
console.log(why.join(' '))
await client.cancel([pair])
`,
  ).ended
  const lines = stdout.trim().split('\n')
  assert.deepEqual(lines.slice(0, 2), ['nodegpu 0', '2'], stderr)
  assert.match(lines[2], /needs 2 gpu, and no worker has more than 1\.$/)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})
