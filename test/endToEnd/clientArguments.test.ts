// Wrong arguments of every method of a client: an error of ours at the call, or right.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { bag } from '../../runtime/collections/index.ts'
import { BoundOptions, Client } from '../../runtime/session/client.ts'
import { methodsOf, type Told, walk } from '../kit/wrongArguments.ts'

const client = await Client.local({ workers: 1, threadsPerWorker: 1 })
after(() => client.close())

const OPTIONS = 'nothing {}'
const COUNT = 'nothing number'
const f = (x: unknown): unknown => x
const nothing: Told = { args: [] }
const submit: Told = { args: [f, 1], takes: ['function', 'anything'] }
const map: Told = { args: [f, [1]], takes: ['function', 'text []'] }
const withOptions: Told = {
  args: [{}],
  takes: ['{}'],
  options: {
    key: 'nothing text',
    name: 'nothing text',
    pure: 'nothing true',
    signal: 'nothing',
    retries: COUNT,
    priority: 'nothing number -1 1.5',
    timeoutMs: 'nothing number 1.5',
    resources: OPTIONS,
    workers: 'nothing',
    allowOtherWorkers: 'nothing true',
  },
}
/** Futures and collections wherever they stand in plain data: any value may hold none. */
const values: Told = {
  args: [[bag.range(2)], {}],
  takes: ['anything', OPTIONS],
  options: { signal: 'nothing' },
}
const name: Told = { args: ['mine'], says: /\bmine\b|\btext\b|dataset/ }

/** What ends the client, asks for jobs or workers, or has its lines below. */
const ELSEWHERE = ['adapt', 'close', 'jobs', 'publish', 'scale']

test('methods of a client say what is wrong with their arguments', async () => {
  await walk(
    {
      publish: {
        // Without `overwrite` the name is taken.
        args: ['mine', 1, { overwrite: true }],
        takes: ['text', 'anything', ''],
        options: { overwrite: 'true' },
        says: /publish|\bmine\b/,
      },
    },
    client,
    ['publish'],
  )
  await walk(
    {
      cancel: { args: [[], {}], takes: ['anything', OPTIONS], options: { reason: 'nothing text' } },
      compute: values,
      dataset: { ...name, takes: ['text'] },
      datasets: nothing,
      dumpState: nothing,
      explain: { args: [client.submit(f, 1)], takes: ['text'] },
      gather: { ...values, args: [[client.submit(f, 1)], {}] },
      info: nothing,
      map,
      persist: { args: [[bag.range(2)]], takes: ['anything'] },
      rebalance: nothing,
      replicate: { args: [[], {}], takes: ['anything', OPTIONS], options: { copies: COUNT } },
      retry: { args: [[]], takes: ['anything'] },
      scatter: {
        args: [1, {}],
        takes: ['anything', OPTIONS],
        options: { broadcast: 'nothing true', workers: 'nothing', signal: 'nothing' },
      },
      story: { args: [client.submit(f, 1)], takes: ['text'] },
      submit,
      unpublish: { ...name, takes: ['text'] },
      with: withOptions,
    },
    client,
    methodsOf(Client.prototype).filter((name) => !ELSEWHERE.includes(name)),
  )
  await walk({ submit, map, with: withOptions }, client.with({}), methodsOf(BoundOptions.prototype))
})

test('a number of workers that is none is refused before anything is asked', async () => {
  for (const wrong of [undefined, null, 'two', Number.NaN, -1, 0, 1.5, true, [], f])
    await assert.rejects(client.scale(wrong as never), {
      name: 'UsageError',
      message: /^scale needs a whole number of workers ≥ 1, not /,
    })
})

test('what is no cluster is refused with the way out', async () => {
  const wrongs: [call: () => Promise<unknown>, says: RegExp][] = [
    [() => Client.local(3 as never), /^Client\.local takes its options as an object/],
    [() => Client.local(null as never), /^Client\.local takes its options as an object/],
    [() => Client.local({ worker: 1 } as never), /^Client\.local has no option "worker"/],
    [() => Client.local({ workers: 'two' } as never), /workers/],
    [() => Client.local({ threadsPerWorker: 0 }), /threadsPerWorker/],
    [() => Client.local({ memoryLimit: 'much' } as never), /memory limit/],
    [() => Client.connect(undefined as never), /^Client\.connect takes/],
    [() => Client.connect(null as never), /^Client\.connect takes/],
    [() => Client.connect(3 as never), /^Client\.connect takes/],
    [() => Client.connect({} as never), /^Client\.connect takes/],
    [() => Client.connect('nowhere.json', 3 as never), /^Client\.connect takes its options as an object/],
    [() => Client.connect('nowhere.json', { tokne: 'a' } as never), /^Client\.connect has no option "tokne"/],
    [() => Client.ssh(undefined as never), /^Client\.ssh takes/],
    [() => Client.ssh({} as never), /hosts/],
    [() => Client.ssh({ hosts: [3] } as never), /hosts/],
    [() => Client.slurm(undefined as never), /profile/],
    [() => Client.slurm({} as never), /profile/],
  ]
  for (const [call, says] of wrongs)
    await assert.rejects(call, (error: Error) => {
      assert.match(error.message, says)
      assert.notEqual(error.name, 'Error')
      assert.doesNotMatch(error.message, /Cannot read|is not iterable|is not a function/)
      return true
    })
})
