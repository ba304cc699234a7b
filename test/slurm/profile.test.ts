// Profiles: what can be known to be wrong before Slurm is asked is told by the name that it was given under.

import assert from 'node:assert/strict'
import test from 'node:test'
import { checkProfile, ProfileError } from '../../runtime/slurm/checkProfile.ts'
import type { SlurmProfile } from '../../runtime/slurm/slurmProfile.ts'

const LEAST = { cores: 4, memory: '8GB' }

/** The text that a profile is refused with. */
function refusal(given: unknown, name?: string): string {
  try {
    checkProfile(given, name)
  } catch (error) {
    assert.ok(error instanceof ProfileError, String(error))
    assert.ok(error.message.startsWith(error.field), error.message)
    return error.message
  }
  return 'taken'
}

test('a profile with every part is taken as it is', () => {
  const profile: SlurmProfile = {
    ...{ host: 'hpc', configFile: '/home/me/ssh', partition: 'cpu', account: 'p1', qos: 'long' },
    ...{ reservation: 'course', constraint: 'a&b', cores: 64, memory: '256GiB', processes: 4, nodes: 2 },
    ...{ walltime: '2-12:00', gpus: 'a100:4', gres: 'shard:1', directives: ['--mail-type=FAIL'] },
    ...{ skippedDirectives: ['--mem'], modules: ['node/24'], prologue: ['set -e'], epilogue: ['date'] },
    ...{ env: { OMP_NUM_THREADS: '1' }, scratch: '$TMPDIR', workerOptions: ['--no-shared-files'] },
    ...{ resources: { licence: 2 }, scheduler: { kind: 'job', walltime: '1-0', cores: 2, memory: '4GB' } },
    ...{ schedulerSettings: { saturation: 1.5 }, pools: { gpu: { gpus: 1, partition: 'gpu' } } },
    ...{ jobName: 'me', folder: '~/x', logFolder: '~/logs', interface: 'ib0', deathTimeoutSeconds: 30 },
    ...{ handoverSeconds: 20, nodePath: '/opt/node', arrays: false, failuresMax: 5 },
  }
  assert.equal(checkProfile(profile), profile)
  assert.deepEqual(checkProfile(LEAST), LEAST)
})

test('what is wrong is named, with what it could be', () => {
  const given: [object, string][] = [
    [{ memory: '1GB' }, 'profile.cores is missing: a job needs it, e.g. 8'],
    [{ cores: 1 }, 'profile.memory is missing: a job needs it, e.g. "16GB"'],
    [{ ...LEAST, cores: 1.5 }, 'profile.cores must be a whole number ≥ 1, not 1.5'],
    [{ ...LEAST, cores: '8' }, 'profile.cores must be a whole number ≥ 1, not "8"'],
    [{ ...LEAST, memory: 'lots' }, 'profile.memory must be an amount of memory like "16GB", not "lots"'],
    [{ ...LEAST, memory: null }, 'profile.memory must be an amount of memory like "16GB", not null'],
    [
      { ...LEAST, walltime: 'soon' },
      'profile.walltime must be a time as Slurm writes it: "30" (minutes), "01:00:00", "2-12:00:00", not "soon"',
    ],
    [{ ...LEAST, partition: 'a\nb' }, 'profile.partition must be a text of one line, not "a\\nb"'],
    [{ ...LEAST, partition: ' ' }, 'profile.partition must be a text of one line, not " "'],
    [
      { ...LEAST, directives: ['--a\n#SBATCH --b'] },
      'profile.directives must be a list of texts of one line each, not ["--a\\n#SBATCH --b"]',
    ],
    [{ ...LEAST, modules: 'node' }, 'profile.modules must be a list of texts of one line each, not "node"'],
    [
      { ...LEAST, env: { A: 1 } },
      'profile.env must be an object of texts like { OMP_NUM_THREADS: "1" }, not {"A":1}',
    ],
    [
      { ...LEAST, env: null },
      'profile.env must be an object of texts like { OMP_NUM_THREADS: "1" }, not null',
    ],
    [{ ...LEAST, env: { 'A B': '1' } }, 'profile.env.A B is no name of a variable'],
    [{ ...LEAST, arrays: 1 }, 'profile.arrays must be true or false, not 1'],
    [
      { ...LEAST, gpus: 'two' },
      'profile.gpus must be a number of GPUs, or a kind and a number like "a100:2", not "two"',
    ],
    [
      { ...LEAST, gpus: -1 },
      'profile.gpus must be a number of GPUs, or a kind and a number like "a100:2", not -1',
    ],
    [{ ...LEAST, deathTimeoutSeconds: -1 }, 'profile.deathTimeoutSeconds must be seconds, ≥ 0, not -1'],
    [{ ...LEAST, processes: 8 }, 'profile.processes is 8, and a node has 4 cores for them'],
    [
      { cores: 512, memory: '8GB' },
      'profile.processes leaves 512 threads to a worker, which may have 255: use more processes',
    ],
    [
      { ...LEAST, memory: '300MB', processes: 4 },
      'profile.memory leaves 75 MB to each of 4 workers, which need 100 MB: ask for more or use fewer processes',
    ],
    [{ ...LEAST, resources: { gpu: 0 } }, 'profile.resources.gpu must be an amount above 0'],
    [{ ...LEAST, resources: null }, 'profile.resources must be an object, not null'],
    [
      { ...LEAST, scheduler: 'laptop' },
      'profile.scheduler must be "login", "job" or an object like { kind: "job", walltime: "1-00:00:00" }, not "laptop"',
    ],
    [
      { ...LEAST, scheduler: { kind: 'job', walltime: 3 } },
      'profile.scheduler.walltime must be a time as Slurm writes it: "30" (minutes), "01:00:00", "2-12:00:00", not 3',
    ],
    [
      { ...LEAST, jobName: 'a b' },
      'profile.jobName may have letters, digits, ".", "-" and "_", at most 32: not "a b"',
    ],
    [
      { ...LEAST, logFolder: '/logs/my logs' },
      'profile.logFolder may have no space, "%" or "\\": Slurm reads them in its own way, not "/logs/my logs"',
    ],
    [
      { ...LEAST, folder: '/a%j' },
      'profile.folder may have no space, "%" or "\\": Slurm reads them in its own way, not "/a%j"',
    ],
    [
      { ...LEAST, pools: { scheduler: {} } },
      'profile.pools.scheduler is no name for a pool: small letters, digits and "_", at most 16',
    ],
    [
      { ...LEAST, pools: { workers: {} } },
      'profile.pools.workers is no name for a pool: small letters, digits and "_", at most 16',
    ],
    [{ ...LEAST, pools: [] }, 'profile.pools must be an object, not []'],
    [
      { ...LEAST, pools: 'gpu' },
      'profile.pools must be an object of job requests by name: { gpu: { gpus: 2 } }',
    ],
    [{ ...LEAST, pools: { gpu: 2 } }, 'profile.pools.gpu must be an object like { gpus: 2 }'],
    [{ ...LEAST, pools: { gpu: { cores: 0 } } }, 'profile.pools.gpu.cores must be a whole number ≥ 1, not 0'],
    [
      { ...LEAST, pools: { gpu: { processes: 8 } } },
      'profile.pools.gpu.processes is 8, and a node has 4 cores for them',
    ],
  ]
  for (const [profile, text] of given) assert.equal(refusal(profile), text)
  for (const none of [undefined, null, 3, [], 'x'])
    assert.equal(
      refusal(none, 'heddle.clusters.a'),
      'heddle.clusters.a must be an object like { cores: 8, memory: "16GB", partition: "cpu" }',
    )
})

test("dask-jobqueue's and Slurm's names lead to ours, and unknown ones show all", () => {
  const given: [string, string][] = [
    ['queue', 'partition'],
    ['project', 'account'],
    ['job_extra_directives', 'directives'],
    ['job_directives_skip', 'skippedDirectives'],
    ['local_directory', 'scratch'],
    ['log_directory', 'logFolder'],
    ['death_timeout', 'deathTimeoutSeconds'],
    ['worker_extra_args', 'workerOptions'],
    ['job_script_prologue', 'prologue'],
    ['python', 'nodePath'],
    ['time', 'walltime'],
    ['job_name', 'jobName'],
    ['Cores', 'cores'],
  ]
  for (const [theirs, ours] of given)
    assert.equal(
      refusal({ ...LEAST, [theirs]: 'x' }),
      `profile.${theirs} is no part of a profile: write ${ours}`,
    )
  assert.match(
    refusal({ ...LEAST, colour: 'red' }),
    /^profile\.colour is no part of a profile: partition, account/,
  )
  assert.match(refusal({ ...LEAST, pools: { a: { host: 'x' } } }), /^profile\.pools\.a\.host is no part/)
})
