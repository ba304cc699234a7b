// What the editor says of a Slurm cluster before it is started: when it would start, in every case, and what it would get.

import assert from 'node:assert/strict'
import test from 'node:test'
import { adaptOf, scaleOf } from '../../client/slurm/jobWishes.ts'
import { scriptsText, startText } from '../../client/slurm/planText.ts'
import { choicesOf, walltimeOf } from '../../runtime/slurm/profileChoices.ts'
import { type RunCommand, SlurmCommands } from '../../runtime/slurm/slurmCommands.ts'

const NOW_MS = 1_795_768_646_000
const plan = { id: 'a1b2', scripts: [{ name: 'workers', script: '#!/bin/bash\nexec worker\n' }] }

test('the estimated start: now, later, unknown, or refused', () => {
  const texts = (more: object): string => startText({ ...plan, ...more }, NOW_MS)
  assert.equal(texts({}), 'Slurm does not say when it would start.')
  assert.equal(texts({ startMs: NOW_MS - 5000 }), 'Slurm would start it now.')
  assert.equal(texts({ startMs: NOW_MS + 59_000 }), 'Slurm would start it now.')
  const laterMs = NOW_MS + 3 * 3_600_000
  assert.equal(
    texts({ startMs: laterMs }),
    `Slurm would start it in about 3 h, ${new Date(laterMs).toLocaleString()}.`,
  )
  assert.equal(
    texts({ startMs: laterMs, refused: 'sbatch: invalid partition specified: nope' }),
    'Slurm would refuse it: sbatch: invalid partition specified: nope',
  )
})

test('the scripts have titles, and say that nothing is sent', () => {
  const scripts = ['scheduler', 'workers', 'gpu'].map((name) => ({ name, script: `#!/bin/bash\n${name}\n` }))
  assert.equal(
    scriptsText('loom', { id: 'a1b2', scripts }, NOW_MS),
    `# What Slurm gets for the profile loom. Nothing is sent yet.
# Slurm does not say when it would start.

# ──── the scheduler's own job ────
#!/bin/bash
scheduler

# ──── jobs of workers ────
#!/bin/bash
workers

# ──── pool gpu ────
#!/bin/bash
gpu
`,
  )
})

/** Slurm's commands as a site without accounting has them. */
const site =
  (accounting: string | Error): RunCommand =>
  async ({ command }) => {
    const said = (stdout: string) => ({ stdout, stderr: '', exitCode: 0, signal: null })
    if (command === 'sinfo') return said('cpu*|up|1-00:00:00|2|64|256000|(null)|cpu|10:00\n')
    if (command === 'id') return said('me\n')
    if (accounting instanceof Error) throw accounting
    return accounting.includes('|') ? said(accounting) : { ...said(''), stderr: accounting, exitCode: 1 }
  }

test('a profile has accounts to choose from where accounting answers, and none where it does not or is not installed', async () => {
  const accountsOf = async (accounting: string | Error) => {
    const { accounts, qos, partitions } = await choicesOf(new SlurmCommands(site(accounting)))
    assert.deepEqual(
      partitions.map(({ name, walltime, cores }) => [name, walltime, cores]),
      [['cpu', '1-00:00:00', 64]],
    )
    return [accounts, qos]
  }
  assert.deepEqual(await accountsOf('physics|normal,long\nchemistry|normal\n'), [
    ['chemistry', 'physics'],
    ['long', 'normal'],
  ])
  // As sacctmgr says it where slurm.conf has accounting_storage/none.
  const none =
    'You are not running a supported accounting_storage plugin\nOnly accounting_storage/slurmdbd is supported.'
  assert.deepEqual(await accountsOf(none), [[], []])
  assert.deepEqual(await accountsOf(new Error('spawn sacctmgr ENOENT')), [[], []])
})

test('walltimes as Slurm takes them', () => {
  assert.deepEqual([0, 61_000, 3_600_000, 90_000_000].map(walltimeOf), [
    '00:00:00',
    '00:01:01',
    '01:00:00',
    '1-01:00:00',
  ])
})

test('what a person writes for how much, and what is none', () => {
  assert.deepEqual(['4', '1 job', '32 cores', '8 workers', '64GB', '1.5 TB', '2 jobs of gpu'].map(scaleOf), [
    { jobs: 4 },
    { jobs: 1 },
    { cores: 32 },
    { workers: 8 },
    { memory: '64GB' },
    { memory: '1.5TB' },
    { jobs: 2, pool: 'gpu' },
  ])
  for (const text of ['', 'many', '-1', '1.5', '1.5 jobs', '4 apples', '4 jobs of'])
    assert.equal(scaleOf(text), undefined, text)
  assert.deepEqual(['0-10', '2 to 4', '1,1'].map(adaptOf), [
    { minimum: 0, maximum: 10 },
    { minimum: 2, maximum: 4 },
    { minimum: 1, maximum: 1 },
  ])
  for (const text of ['', '5', '4-2', '0-0', 'a-b']) assert.equal(adaptOf(text), undefined, text)
})
