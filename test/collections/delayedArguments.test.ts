// Wrong arguments of `delayed` and of the functions that compute: an error of ours at the call, or right.

import { test } from 'node:test'
import {
  bag,
  compute,
  delayed,
  isDelayed,
  optimize,
  persist,
  visualize,
} from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { walk } from '../kit/wrongArguments.ts'

computeInProcess()

const OPTIONS = 'nothing {}'
const COUNT = 'nothing number'
const sum = bag.range(3).sum()

test('delayed and the functions that compute say what is wrong with their arguments', () =>
  walk(
    {
      compute: { args: [sum] },
      delayed: {
        args: [() => 1, {}],
        takes: ['anything', OPTIONS],
        options: {
          name: 'nothing text',
          pure: 'nothing true',
          nout: COUNT,
          retries: COUNT,
          priority: 'nothing number -1 1.5',
          timeoutMs: 'nothing number 1.5',
          resources: OPTIONS,
          workers: 'nothing',
          allowOtherWorkers: 'nothing true',
        },
      },
      // Whatever it is: it is delayed, or not.
      isDelayed: { args: [sum], takes: ['anything'] },
      optimize: { args: [sum] },
      persist: { args: [sum] },
      visualize: {
        args: [sum, undefined],
        takes: ['[]', 'nothing'],
        says: /visualize|text should end/,
      },
    },
    { compute, delayed, isDelayed, optimize, persist, visualize },
    ['compute', 'delayed', 'isDelayed', 'optimize', 'persist', 'visualize'],
  ))

test('delayed.get and what a delayed value has say what is wrong with their arguments', async () => {
  await walk(
    { get: { args: [delayed({ a: 1 }), 'a'], takes: ['', 'text number'] } },
    delayed,
    Object.keys(delayed),
  )
  const nothing = { args: [] }
  await walk(
    {
      compute: nothing,
      persist: nothing,
      visualize: { args: [undefined], takes: ['nothing'], says: /visualize|text should end/ },
    },
    sum,
    ['compute', 'persist', 'visualize'],
  )
})
