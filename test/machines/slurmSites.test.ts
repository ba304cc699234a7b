// What sites differ in: compute nodes that do not share the home, and compute nodes of another kind than the login node.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { nodeFolderOf } from '../../runtime/slurm/otherNodes.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
  // The nodes of the partition `gpu` share the home, those of `cpu` see the shared folder alone.
  for (const node of ['node1', 'node2'] as const) lab.unshareHome(node, user.folder, user.shared)
})

after(() => lab.close())

test('compute nodes that see the shared folder alone: right answers, spilled to their own disk, logs are fetched, nothing is left', async () => {
  const going = user.clientProgram(
    { scheduler: 'job', scratch: `${user.folder}/scratch`, prologue: ['echo "said in the job"'] },
    { jobs: 1 },
    `
await patiently(async () => (await working()).length === 1)
const home = ${JSON.stringify(user.folder)}
console.log(await client.submit(async (home: string) => {
  const { readdirSync } = await import('node:fs')
  // Node keeps compiled programs in the home's cache.
  return readdirSync(home).filter((name) => name !== '.cache').sort().join(' ')
}, home).result())
// Together more than the worker's memory.
const parts = client.map((i: number) => new Float64Array(4_000_000).fill(i), Array.from({ length: 16 }, (_, i) => i))
const sums = client.map((part: Float64Array) => part.reduce((sum, x) => sum + x, 0), parts)
console.log((await client.gather(sums)).reduce((sum, x) => sum + x, 0))
console.log(await client.submit(async (folder: string) => {
  const { readdirSync, statSync } = await import('node:fs')
  const files = readdirSync(folder, { recursive: true }).map((name) => statSync(folder + '/' + name)).filter((one) => one.isFile())
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  return bytes > 0
}, home + '/scratch').result())
console.log((await client.gather(client.map((part: Float64Array) => part[0], parts))).length)
console.log('job ' + (await jobs())[0].id)
await file('fetched')
`,
  )
  const job = (await going.said(/^job \d+$/)).split(' ')[1]
  const logs = await user.slurm('logs', { scheduler: 'job' }, '--job', job).ended
  assert.match(logs.stdout, /^said in the job$/m, logs.stderr)
  assert.equal(readdirSync(user.folder).includes('scratch'), false)
  user.give('fetched')
  const { stdout, stderr, exitCode } = await going.ended
  const lines = stdout.trim().split('\n').slice(0, 4)
  assert.deepEqual(lines, ['run scratch shared tmp', '480000000', 'true', '16'], stderr)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

const WAY_OUT = /name a folder that all machines of the cluster share with "folder" in the profile/

test('a home that workers do not share, and no other folder named: jobs end with what they do not see and the way out', async () => {
  const going = user.clientProgram(
    { folder: undefined, failuresMax: 1 },
    { jobs: 1 },
    `
await patiently(async () => (await client.jobs()).stopped !== undefined)
console.log((await client.jobs()).stopped)
`,
  )
  const { stdout, stderr, exitCode } = await going.ended
  assert.match(
    stdout,
    /job \d+ failed on node[12] \(node[12] does not see \S+\/\.cache\/heddle\/slurm\//,
    stderr,
  )
  assert.match(stdout, WAY_OUT)
  assert.match(stderr, WAY_OUT)
  assert.equal(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test("the same of the scheduler's own job: starting says it, and nothing is left", async () => {
  const { stderr, exitCode } = await user.slurm('up', { folder: undefined, scheduler: 'job' }).ended
  assert.match(stderr, /the scheduler's job \d+ failed: node[12] does not see \S+\/\.cache\/heddle\/slurm\//)
  assert.match(stderr, WAY_OUT)
  assert.notEqual(exitCode, 0)
  assert.deepEqual(await user.leftovers(), [])
})

test('logs elsewhere, in a folder that is shared: the job itself says there what it does not see', async () => {
  const logFolder = join(lab.folder, 'logs')
  const { stderr } = await user.slurm('up', { folder: undefined, scheduler: 'job', logFolder }).ended
  assert.match(
    stderr,
    /the scheduler's job \d+ failed: heddle: node[12] does not see \S+\/\.cache\/heddle\/slurm\//,
  )
  assert.match(stderr, WAY_OUT)
  assert.deepEqual(await user.leftovers(), [])
})

/** The header of a Linux program for aarch64, with nothing behind it: what this machine's kernel makes of the other's Node. */
const FOREIGN_PROGRAM = Buffer.concat([
  Buffer.from('7f454c46020101000000000000000000', 'hex'),
  Buffer.from('0200b700010000000000400000000000', 'hex'),
  Buffer.alloc(4096),
])

test('a Node of another kind of machine: jobs end with the kind, the Node and the way out; the pool that names its own works', async () => {
  const foreign = join(user.shared, 'foreign-node')
  writeFileSync(foreign, FOREIGN_PROGRAM, { mode: 0o755 })
  const own = join(user.shared, 'own-node')
  writeFileSync(own, `#!/bin/sh\nexport NODE_IS=own\nexec ${process.execPath} "$@"\n`, { mode: 0o755 })
  try {
    const { stdout, stderr, exitCode } = await user.clientProgram(
      { failuresMax: 1, pools: { strange: { nodePath: foreign }, known: { nodePath: own, processes: 1 } } },
      { jobs: 0 },
      `
await client.scale({ jobs: 1, pool: 'known' })
await patiently(async () => (await working()).length === 1)
console.log(await client.submit(() => process.env.NODE_IS).result())
await client.scale({ jobs: 1, pool: 'strange' })
await patiently(async () => (await client.jobs()).stopped !== undefined)
console.log((await client.jobs()).stopped)
`,
    ).ended
    assert.match(stdout, /^own$/m, stderr)
    assert.match(stdout, /no Node of this cluster runs on node[12]: name a Node 24 or newer/)
    assert.match(
      stdout,
      /heddle: node[12] is a machine of the kind \S+, on which \S+\/foreign-node does not run: name a Node 24 or newer for machines of this kind with "nodePath"/,
    )
    assert.equal(exitCode, 0)
  } finally {
    for (const name of ['foreign-node', 'own-node']) rmSync(join(user.shared, name))
  }
  assert.deepEqual(await user.leftovers(), [])
})

test('compute nodes of another kind than the login node: each worker runs the Node of its machine, the login node its own', async () => {
  // There is one kind of machine here: `scontrol` and `uname` say of node1 what they say where it is another.
  const bin = join(user.folder, 'bin')
  mkdirSync(bin)
  const program = (file: string, ...lines: string[]): void =>
    writeFileSync(file, `#!/bin/bash\n${lines.join('\n')}\n`, { mode: 0o755 })
  program(
    join(bin, 'scontrol'),
    `export PATH=${lab.env.PATH}`,
    'set -o pipefail',
    'scontrol "$@" | sed "s/^NodeName=node1 Arch=[a-z0-9_]*/NodeName=node1 Arch=aarch64/"',
  )
  const brought = nodeFolderOf(user.shared, 'linux-arm64')
  mkdirSync(join(brought, 'bin'), { recursive: true })
  program(join(brought, 'bin', 'node'), 'export NODE_IS=aarch64', `exec ${process.execPath} "$@"`)
  const uname =
    'uname() { if [[ $* == -m && $SLURMD_NODENAME == node1 ]]; then echo aarch64; else command uname "$@"; fi; }'
  const path = user.env.PATH
  user.env.PATH = `${bin}:${path}`
  try {
    const { stdout, stderr, exitCode } = await user.clientProgram(
      { scheduler: 'job', nodes: 2, prologue: [uname, 'export -f uname', 'unset NODE_IS'] },
      { jobs: 1 },
      `
await patiently(async () => (await client.info()).workers.length === 2)
const { workers } = await client.info()
const kinds = workers.map(({ name }) => client.with({ workers: [name] }).submit((_: string) => process.env.SLURMD_NODENAME + ' ' + (process.env.NODE_IS ?? 'own'), name))
console.log((await client.gather(kinds)).sort().join(', '))
`,
    ).ended
    assert.equal(stdout, 'node1 aarch64, node2 own\n', stderr)
    assert.equal(exitCode, 0)
  } finally {
    user.env.PATH = path
    for (const folder of [bin, join(user.shared, 'node')]) rmSync(folder, { recursive: true, force: true })
  }
  assert.deepEqual(await user.leftovers(), [])
})
