// Set Up ssh Host…: its questions, what it refuses, and the settings that follow.

import assert from 'node:assert/strict'
import test from 'node:test'
import { hostsOf, questionsOf, settingsOf } from '../../client/ssh/hostForm.ts'

test('the boxes hold what the settings say', () => {
  const before = { moreHosts: ['a', 'me@b'], workers: 2, memoryLimit: '4GB' }
  assert.deepEqual(
    questionsOf(before).map(({ asks, value }) => [asks, value]),
    [
      ['moreHosts', 'a, me@b'],
      ['workers', '2'],
      ['threadsPerWorker', ''],
      ['memoryLimit', '4GB'],
    ],
  )
})

test('answers become settings: what was not asked stays, what is empty goes', () => {
  const before = { moreHosts: ['a'], workers: 2, threadsPerWorker: 4, nodePath: '/opt/node' }
  const said = { moreHosts: 'b;  c,me@d', workers: '3', threadsPerWorker: '', memoryLimit: '0.5' }
  assert.deepEqual(settingsOf(before, said), {
    nodePath: '/opt/node',
    moreHosts: ['b', 'c', 'me@d'],
    workers: 3,
    memoryLimit: '0.5',
  })
  assert.deepEqual(settingsOf(before, {}), { nodePath: '/opt/node' })
  assert.deepEqual(hostsOf({}), [])
})

test('what cannot be is refused while it is typed', () => {
  const refusal = new Map(questionsOf({}).map((question) => [question.asks, question.refusal]))
  const cases: [Parameters<typeof refusal.get>[0], string[], string[]][] = [
    ['moreHosts', ['', 'a', 'a, b'], ['-oX']],
    ['workers', ['', '1', '1024'], ['0', '1025', 'two', '1.5', '-1']],
    ['threadsPerWorker', ['', '255'], ['256', '0']],
    ['memoryLimit', ['', '4GB', '512 MiB', '0.5', '.5', '1'], ['4', '4 apples', '1.5', '-1GB']],
  ]
  for (const [asks, right, wrong] of cases) {
    for (const answer of right) assert.equal(refusal.get(asks)!(answer), undefined, `${asks}: ${answer}`)
    for (const answer of wrong) assert.notEqual(refusal.get(asks)!(answer), undefined, `${asks}: ${answer}`)
  }
})
