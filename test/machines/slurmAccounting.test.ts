// A Slurm with accounting: accounts and qualities of service to choose from, jobs of the one that was named, and wrong ones refused.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start({ accounts: ['weavers', 'dyers'] })
  user = new SlurmUser(lab)
})

after(() => lab.close())

for (const scheduler of ['login', 'job'] as const)
  for (const [wrong, reason] of [
    [{ account: 'nobody' }, 'Invalid account or account/partition combination specified'],
    [{ qos: 'gold' }, 'Invalid qos specification'],
  ] as const)
    test(`${Object.entries(wrong).join().replace(',', ' ')} is refused with Slurm's reason, and nothing is left (scheduler: ${scheduler})`, async () => {
      const { stdout, stderr, exitCode } = await user.slurm('up', { scheduler, ...wrong }, '--jobs', '1')
        .ended
      assert.equal(exitCode, 3, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, new RegExp(`sbatch: .*${reason}`))
      assert.deepEqual(await user.leftovers(), [])
    })

test('jobs run in the account that the profile names: the scheduler’s own and those of workers', async () => {
  const going = user.clientProgram(
    { scheduler: 'job', account: 'dyers' },
    { jobs: 1 },
    `
await patiently(async () => (await working()).length === 1)
console.log(await client.submit(() => process.env.SLURM_JOB_ACCOUNT).result())
await file('seen')
`,
  )
  await going.said(/^dyers$/)
  const accounts = (await lab.command('squeue', '-h', '-o', '%a')).trim().split('\n')
  assert.deepEqual(accounts, ['dyers', 'dyers'])
  user.give('seen')
  const { stderr, exitCode } = await going.ended
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(await user.leftovers(), [])
})
