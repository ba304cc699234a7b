// A Slurm that ssh reaches: from a program on another machine, with the scheduler in a job of its own.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'
import { SshServer } from '../slurmLab/sshServer.ts'

test('through ssh: up, right answers, the dashboard, down, and nothing is left over there', async (t) => {
  const lab = await SlurmLab.start()
  t.after(() => lab.close())
  const user = new SlurmUser(lab)
  const server = await SshServer.start({ env: { SLURM_CONF: lab.env.SLURM_CONF } })
  t.after(() => server.close())
  const profile = {
    ...{ cores: 1, memory: '400MB', host: server.host, configFile: server.configFile },
    ...{ nodePath: process.execPath, folder: user.shared },
  }
  const { stdout, stderr, exitCode } = await user.program(`
import { setTimeout } from 'node:timers/promises'
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
  assert.deepEqual(await lab.jobs(), [])
  assert.deepEqual(lab.jobProcesses(), [])
  assert.equal(readdirSync(user.shared).includes('slurm'), false)
})
