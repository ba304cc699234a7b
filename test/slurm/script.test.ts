// The scripts that sbatch gets.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import {
  type ClusterPlace,
  jobNamesOf,
  logFileOf,
  quoted,
  schedulerScript,
  threadsOf,
  workerScript,
  workersOf,
} from '../../runtime/slurm/jobScript.ts'

const PLACE: ClusterPlace = {
  ...{
    id: 'a1b2',
    folder: '/home/me/c',
    logFolder: '/home/me/c/logs',
    node: '/opt/node',
    runtime: '/opt/heddle',
  },
}
const WORKER =
  '--disable-warning=ExperimentalWarning /opt/heddle/dist/cli.js worker --slurm --join /home/me/c/cluster.json'

/** What every script has before its program starts; told by running it, below. */
const START = /^heddle_start\(\) \{\n[\s\S]*?^\}\n/m
const START_TEXT = START.exec(workerScript({ cores: 1, memory: '1GB' }, 'workers', PLACE, 1))![0]

test('the least profile: one worker a job', () => {
  assert.equal(
    workerScript({ cores: 4, memory: '8GiB' }, 'workers', PLACE, 1),
    `#!/bin/bash
#SBATCH --job-name=heddle-a1b2-workers
#SBATCH --output=/home/me/c/logs/job-%j.log
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=8192M
#SBATCH --open-mode=append

${START_TEXT}heddle_start ${WORKER} --threads 4 --memory-limit 8589934592B --reconnect 60
`,
  )
})

test('everything: an array of jobs of two nodes with four workers each, on GPUs', () => {
  const script = workerScript(
    {
      ...{ partition: 'gpu', account: 'p1', qos: 'long', reservation: 'r', constraint: 'a&b', cores: 8 },
      ...{ memory: '4GiB', processes: 4, nodes: 2, walltime: '1-0', gpus: 'a100:4', gres: 'shard:1' },
      ...{ directives: ['--mail-type=FAIL'], skippedDirectives: ['--mem', '--qos'], modules: ['node/24'] },
      ...{ prologue: ['ulimit -n 4096'], epilogue: ['echo done'], env: { A: "it's" }, jobName: 'me' },
      ...{ scratch: '$TMPDIR/a "b"', workerOptions: ['--no-shared-files'], resources: { licence: 2 } },
      deathTimeoutSeconds: 30,
    },
    'workers',
    PLACE,
    3,
  )
  assert.equal(
    script,
    `#!/bin/bash
#SBATCH --job-name=me-a1b2-workers
#SBATCH --output=/home/me/c/logs/job-%A_%a.log
#SBATCH --array=0-2
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=2
#SBATCH --gres=gpu:a100:4,shard:1
#SBATCH --open-mode=append
#SBATCH --partition=gpu
#SBATCH --account=p1
#SBATCH --reservation=r
#SBATCH --constraint=a&b
#SBATCH --time=1-0
#SBATCH --mail-type=FAIL

module load node/24
export A='it'\\''s'
ulimit -n 4096
${START_TEXT}trap : TERM
( srun --ntasks=8 --cpus-per-task=2 --kill-on-bad-exit=0 --wait=0 bash -c "$(declare -f heddle_start); heddle_start \\"\\$@\\"" heddle ${WORKER} --threads 2 --memory-limit 1073741824B --reconnect 30 --spill-folder "$TMPDIR/a \\"b\\"" --resources licence=2 --no-shared-files )
heddle_exit=$?
echo done
exit $heddle_exit
`,
  )
})

test("a pool's jobs are the profile's with its changes; GPUs may be taken away", () => {
  const profile = {
    cores: 4,
    memory: '1GiB',
    gpus: 2,
    pools: { cpu: { gpus: 0, cores: 2, partition: 'small' } },
  }
  const script = workerScript(profile, 'cpu', PLACE, 1)
  for (const line of ['--job-name=heddle-a1b2-cpu', '--cpus-per-task=2', '--partition=small'])
    assert.ok(script.includes(`#SBATCH ${line}\n`), script)
  assert.doesNotMatch(script, /--gres/)
  assert.match(workerScript(profile, 'workers', PLACE, 1), /--gres=gpu:2\n/)
})

test("the scheduler's job: its own size and time, no GPUs, never started twice", () => {
  const profile = {
    ...{ cores: 32, memory: '64GB', processes: 4, nodes: 2, gpus: 4, partition: 'gpu', walltime: '1:00:00' },
    scheduler: { kind: 'job', partition: 'long', walltime: '7-0' } as const,
  }
  const script = schedulerScript(profile, PLACE, ['--port', '0', '--slurm', '/home/me/c'])
  assert.equal(
    script,
    `#!/bin/bash
#SBATCH --job-name=heddle-a1b2-scheduler
#SBATCH --output=/home/me/c/logs/job-%j.log
#SBATCH --no-requeue
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=1908M
#SBATCH --open-mode=append
#SBATCH --partition=long
#SBATCH --time=7-0

${START_TEXT}heddle_start --disable-warning=ExperimentalWarning /opt/heddle/dist/scheduler.js --port 0 --slurm /home/me/c
`,
  )
})

test('names, numbers and log files', () => {
  assert.deepEqual(jobNamesOf({ cores: 1, memory: 1e9, pools: { gpu: {} } }, 'x'), [
    'heddle-x-scheduler',
    'heddle-x-workers',
    'heddle-x-gpu',
  ])
  assert.equal(logFileOf('/l', '11_2'), '/l/job-11_2.log')
  assert.equal(threadsOf({ cores: 7, memory: 1, processes: 2 }), 3)
  assert.equal(workersOf({ cores: 4, memory: 1, processes: 2, nodes: 3 }), 6)
})

test('what is quoted comes out of a shell as it went in', () => {
  for (const text of ['plain', "it's", 'a b', '$HOME', '`x`', '"', '', '\\', '*', '~'])
    assert.equal(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' }), text)
})
