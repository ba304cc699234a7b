// What a job's script does on its node before Node runs: which one it takes, and what it says when something is missing.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type ClusterPlace, schedulerScript, workerScript } from '../../runtime/slurm/jobScript.ts'
import { siteTrouble } from '../../runtime/slurm/siteTrouble.ts'
import type { SlurmProfile } from '../../runtime/slurm/slurmProfile.ts'

// A name that a shell would take apart, or fill in.
const site = mkdtempSync(join(tmpdir(), 'heddle $HOME "site" '))
after(() => rmSync(site, { recursive: true }))

/** A program of a shell. */
function program(name: string, ...lines: string[]): string {
  const file = join(site, name)
  writeFileSync(file, `#!/bin/bash\n${lines.join('\n')}\n`, { mode: 0o755 })
  return file
}

for (const folder of ['cluster', 'runtime/dist', 'bin']) mkdirSync(join(site, folder), { recursive: true })
writeFileSync(join(site, 'cluster', 'setup.json'), '{}')
writeFileSync(join(site, 'runtime', 'dist', 'cli.js'), '')
program('bin/uname', 'if [ "$1" = -m ]; then echo "$KIND"; else echo machine1; fi')
// It does not wait for what is not there.
program('bin/sleep', 'exit 0')
program('bin/srun', 'while [[ $1 == --* ]]; do shift; done', '"$@"')
const says = (name: string): string => program(name, `echo ${name}`, 'printf "<%s>" "$@"', 'exit 7')

const PLACE: ClusterPlace = {
  ...{ id: 'a1', folder: join(site, 'cluster'), logFolder: join(site, 'cluster', 'logs') },
  ...{ node: says('node-here'), runtime: join(site, 'runtime') },
  nodes: { aarch64: says('node-aarch64') },
}
const PROFILE: SlurmProfile = { cores: 1, memory: '1GB' }

function run(
  script: string,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; stdout: string; last: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: `${join(site, 'bin')}:${process.env.PATH}`, KIND: 'x86_64', SLURMD_NODENAME: 'n1', ...env },
  })
  return { status, stdout, last: stderr.trim().split('\n').at(-1)! }
}

const worker = (profile: Partial<SlurmProfile> = {}, place: Partial<ClusterPlace> = {}): string =>
  workerScript({ ...PROFILE, ...profile }, 'workers', { ...PLACE, ...place }, 1)

for (const [title, profile, kind, chosen] of [
  ["the login node's on a machine of its kind", {}, 'x86_64', 'node-here'],
  ['the one for another kind of machine', {}, 'aarch64', 'node-aarch64'],
  ["the login node's where none is known, which may run", {}, 'riscv64', 'node-here'],
  ["the profile's own on every machine", { nodePath: says('node-own') }, 'aarch64', 'node-own'],
  ['by each process of several', { processes: 2, cores: 2 }, 'aarch64', 'node-aarch64'],
  ['before an epilogue', { epilogue: ['echo after'] }, 'aarch64', 'node-aarch64'],
  ['by each process before an epilogue', { nodes: 2, epilogue: ['echo after'] }, 'x86_64', 'node-here'],
] as const)
  test(`the Node that runs: ${title}`, () => {
    const { status, stdout } = run(worker({ ...profile }), { KIND: kind })
    assert.ok(
      stdout.startsWith(
        `${chosen}\n<--disable-warning=ExperimentalWarning><${PLACE.runtime}/dist/cli.js><worker>`,
      ),
      stdout,
    )
    assert.ok(stdout.includes(`<--join><${PLACE.folder}/cluster.json>`), stdout)
    assert.equal(stdout.endsWith('after\n'), 'epilogue' in profile)
    assert.equal(status, 7)
  })

test("the scheduler's job has a Node of its own, or the profile's, or one of its machine's kind", () => {
  const started = (profile: Partial<SlurmProfile>): string =>
    run(schedulerScript({ ...PROFILE, ...profile }, PLACE, []), { KIND: 'aarch64' }).stdout.split('\n')[0]
  assert.equal(started({}), 'node-aarch64')
  assert.equal(started({ nodePath: says('node-all') }), 'node-all')
  assert.equal(
    started({ nodePath: says('node-all'), scheduler: { kind: 'job', nodePath: says('node-sched') } }),
    'node-sched',
  )
})

const at = { nodes: 'n1' }

test('a Node that does not run there: its kind, its name and the way out; the keeper says it by the exit code', () => {
  const foreign = join(site, 'foreign')
  // The header of a program for no machine that there is.
  const header = '7f454c46020101000000000000000000020000ff010000000000400000000000'
  writeFileSync(foreign, Buffer.concat([Buffer.from(header, 'hex'), Buffer.alloc(4096)]), { mode: 0o755 })
  for (const [nodePath, what] of [
    [foreign, `on which ${foreign} does not run`],
    [join(site, 'nowhere'), `which does not see ${join(site, 'nowhere')}`],
  ]) {
    const { status, last } = run(worker({ nodePath }), { KIND: 'aarch64' })
    const wayOut =
      'name a Node 24 or newer for machines of this kind with "nodePath" in the profile, in one of its pools, or in its scheduler'
    assert.equal(last, `heddle: n1 is a machine of the kind aarch64, ${what}: ${wayOut}`)
    assert.equal(
      siteTrouble({ ...at, exitCode: status! }, PLACE),
      `no Node of this cluster runs on n1: ${wayOut}`,
    )
  }
})

for (const [missing, text] of [
  ['folder', 'name a folder that all machines of the cluster share with "folder" in the profile'],
  [
    'runtime',
    'install heddle where all machines of the cluster see it, or name the login node with "host" and a folder that they share with "folder"',
  ],
] as const)
  test(`a node that does not see the ${missing} says so, with the way out; the keeper says it by the exit code`, () => {
    const place = { ...PLACE, [missing]: join(site, 'not $there "`') }
    for (const profile of [{}, { processes: 2, cores: 2 }, { epilogue: ['true'] }]) {
      const { status, stdout, last } = run(worker(profile, place))
      assert.equal(stdout, '')
      const what = missing === 'folder' ? place.folder : `${place.runtime}, where heddle is`
      assert.equal(last, `heddle: n1 does not see ${what}: ${text}`)
      assert.equal(siteTrouble({ ...at, exitCode: status! }, place), `n1 does not see ${what}: ${text}`)
    }
  })

test('where Slurm could not open the log: whose folder that is, and the way out', () => {
  const seen = { ...at, exitCode: 0, signal: 53 }
  assert.equal(
    siteTrouble(seen, PLACE),
    `n1 does not see ${PLACE.logFolder}, where jobs write what they print: name a folder that all machines of the cluster share with "folder" in the profile`,
  )
  assert.match(
    siteTrouble(seen, { ...PLACE, logFolder: '/logs' })!,
    /^n1 does not see \/logs, .* with "logFolder" in/,
  )
})

test("other ends are no site's doing", () => {
  for (const end of [
    { exitCode: 0 },
    { exitCode: 1 },
    { exitCode: 3 },
    { exitCode: 137 },
    { exitCode: 0, signal: 9 },
    {},
  ])
    assert.equal(siteTrouble({ ...at, ...end }, PLACE), undefined)
})
