// `heddle slurm` on a real Slurm: every subcommand, what Slurm refuses, a controller that is away, workers of another allocation.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { type Ended, SlurmUser } from '../slurmLab/slurmUser.ts'

let lab: SlurmLab
let user: SlurmUser

before(async () => {
  lab = await SlurmLab.start()
  user = new SlurmUser(lab)
})

after(() => lab.close())

const slurm = (what: string, profile: object, ...args: string[]): Promise<Ended> =>
  user.slurm(what, profile, ...args).ended

/** `status`, again and again until it fits. */
async function statusOf(profile: object, wanted: RegExp): Promise<string> {
  for (let tries = 0; ; tries++) {
    const { stdout, stderr } = await slurm('status', profile)
    if (wanted.test(stdout)) return stdout
    if (tries > 30) throw new Error(`${wanted} was never so:\n${stdout}\n${stderr}`)
  }
}

const LOGIN = { scheduler: 'login' } as const

test('--dry-run shows what Slurm would get, and does nothing', async () => {
  const profile = { walltime: '30', pools: { gpu: { partition: 'gpu', gpus: 1 } } }
  const { stdout, exitCode } = await slurm('up', profile, '--dry-run', '--jobs', '3')
  assert.equal(exitCode, 0)
  assert.match(stdout, /^# scheduler\n#!\/bin\/bash\n#SBATCH --job-name=heddle-[0-9a-f]{8}-scheduler\n/)
  assert.match(stdout, /\n# workers\n#!\/bin\/bash\n[\s\S]*#SBATCH --array=0-2\n[\s\S]*#SBATCH --time=30\n/)
  assert.match(
    stdout,
    /\n# gpu\n#!\/bin\/bash\n[\s\S]*#SBATCH --gres=gpu:1\n[\s\S]*#SBATCH --partition=gpu\n/,
  )
  assert.deepEqual(await user.leftovers(), [])
})

test('what Slurm or we refuse is said in one line, with exit code 3 or 2, and leaves nothing', async () => {
  const cases: [object, RegExp, number][] = [
    [{ ...LOGIN, partition: 'nope' }, /^heddle: sbatch: .*[Ii]nvalid partition.*$/m, 3],
    [{ ...LOGIN, memory: '5GB' }, /^heddle: sbatch: .*(Memory|node configuration).*$/m, 3],
    [
      { ...LOGIN, directives: ['--no-such-option'] },
      /^heddle: sbatch: unrecognized option '--no-such-option'$/m,
      3,
    ],
    [{ partition: 'nope' }, /^heddle: sbatch: .*[Ii]nvalid partition.*$/m, 3],
    [{ scheduler: { kind: 'job', partition: 'nope' } }, /^heddle: sbatch: .*[Ii]nvalid partition.*$/m, 3],
    [{ queue: 'cpu' }, /profile\.queue is no part of a profile: write partition$/m, 2],
    [
      { ...LOGIN, folder: '/proc/none' },
      /^heddle: \/proc\/none\/\S+ on \S+ cannot be used: .*another folder/m,
      3,
    ],
  ]
  for (const [profile, text, code] of cases) {
    const { stderr, exitCode } = await slurm('up', profile)
    assert.match(stderr, text)
    assert.doesNotMatch(stderr, /\n {4}at /)
    assert.equal(exitCode, code, stderr)
    assert.deepEqual(await user.leftovers(), [], stderr)
  }
  for (const what of ['status', 'down', 'logs', 'scale', 'nothing'])
    assert.equal((await slurm(what, LOGIN, '--jobs', '1', '--job', '1')).exitCode, 2, what)
})

test("a scheduler's job that can never start is told, and is taken back", async () => {
  const { stderr, exitCode } = await slurm('up', { scheduler: { kind: 'job', walltime: '99:00:00' } })
  assert.match(
    stderr,
    /heddle: (the scheduler's job \d+ cannot start as it is: Partition(TimeLimit|Config)|sbatch: .*time limit)/i,
  )
  assert.equal(exitCode, 3)
  assert.deepEqual(await user.leftovers(), [])
})

test('up, status, run, scale, adapt, logs, down', async () => {
  const up = await slurm('up', LOGIN, '--jobs', '1')
  assert.equal(up.exitCode, 0, up.stderr)
  const file = /--connect (\S+)/.exec(up.stderr)?.[1] ?? ''
  const first = await statusOf(LOGIN, /job \d+ workers: running on node\d, \d+ min left, 1 workers/)
  assert.match(first, /^cluster [0-9a-f]{8}: 1 of workers wanted\n/)
  const job = /job (\d+)/.exec(first)?.[1] ?? ''
  writeFileSync(
    join(user.folder, 'sum.ts'),
    "import { Client } from 'heddle'\nconst client = await Client.local()\nconsole.log(await client.submit((a: number, b: number) => a + b, 40, 2).result())\nawait client.close()\n",
  )
  const ran = await user.heddle('run', 'sum.ts', '--connect', file).ended
  assert.match(ran.stdout, /^42$/m, ran.stderr)
  assert.match((await slurm('scale', LOGIN, '--cores', '2')).stdout, /2 of workers wanted\n/)
  await statusOf(LOGIN, /(running on node\d, \d+ min left, 1 workers[\s\S]*){2}/)
  assert.match(
    (await slurm('scale', LOGIN, '--jobs', '1', '--pool', 'gpu')).stderr,
    /this cluster has no pool "gpu": workers/,
  )
  assert.match(
    (await slurm('adapt', LOGIN, '--minimum', '1', '--maximum', '2', '--wait-count', '2')).stdout,
    /wanted, following the load\n/,
  )
  await statusOf(LOGIN, /1 of workers wanted, following the load/)
  assert.match(
    (await slurm('adapt', LOGIN, '--minimum', '3', '--maximum', '2')).stderr,
    /maximum is 2, which is less than minimum, 3/,
  )
  assert.match((await slurm('logs', LOGIN, '--job', job)).stdout, /heddle worker job\d+-0: 1 thread/)
  const down = await slurm('down', LOGIN, '--keep-logs')
  assert.match(down.stderr, /cluster [0-9a-f]{8} has ended/)
  const left = await user.leftovers()
  assert.ok(
    left.length > 0 &&
      left.every((each) => /^file shared\/slurm(\/[0-9a-f]{8}(\/logs(\/.*)?)?)?$/.test(each)),
    left.join('\n'),
  )
  assert.deepEqual((await slurm('down', LOGIN)).exitCode, 2)
})
