// The cases of options.test.ts: each option of a call and of a block, by what it does to real workers.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { annotate, Client, delayed, type Future, RefusedError, UsageError } from '../../runtime/index.ts'
import { countingFile } from './countingFile.ts'
import { Gate, knockAt } from './gate.ts'
import { GuestWorker, untilSaid, workersAre } from './guestWorker.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const inc = (x: number): number => x + 1
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

function failAlways(file: string): never {
  appendFileSync(file, 'x')
  throw new Error('never')
}

describe('options', () => {
  let cluster: LocalCluster
  let client: Client

  before(async () => {
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1, onOutput: () => {} })
    client = await Client.connect(cluster.file)
    await workersAre(client, 'w0')
  })

  after(async () => {
    await client.close()
    await cluster.close()
  })

  test('priority: of calls and of blocks, higher runs first', async () => {
    await using gate = await Gate.listen()
    const blocker = client.with({ pure: false }).submit(knockAt, gate.port, 'blocker')
    const block = await gate.next()
    const submit = (priority: number): Future<number> =>
      client.with({ priority, pure: false }).submit(knockAt, gate.port, `of-${priority}`)
    const futures = [submit(0), submit(-5), submit(7)]
    futures.push(
      annotate({ priority: 3, pure: false }, () => client.submit(knockAt, gate.port, 'of-a-block-with-3')),
    )
    // What was asked for is at the scheduler when it answers this.
    await client.explain(futures[0])
    block.open()
    const order: string[] = []
    for (const _ of futures) {
      const knock = await gate.next()
      order.push(knock.name)
      knock.open()
    }
    assert.deepEqual(order, ['of-7', 'of-a-block-with-3', 'of-0', 'of--5'])
    await client.gather([blocker, ...futures])
  })

  test('retries: of a block; each is a run, and the last failure is told', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const future = annotate({ retries: 2, pure: false }, () => client.submit(failAlways, file))
      await assert.rejects(future.result(), /never/)
      assert.equal(readFileSync(file, 'utf8').length, 3)
    } finally {
      cleanUp()
    }
  })

  test('workers: one that is not here is waited for, explain says so, and it runs when that one joins', async () => {
    const waiting = client.with({ workers: ['guest'], pure: false }).submit(() => process.pid)
    assert.match(
      (await client.explain(waiting)).join('\n'),
      /may run on guest alone, and none of them is here: start one of that name, or allow others/,
    )
    assert.equal(await client.submit(inc, 1).result(), 2, 'everyone else goes on')
    await using _guest = new GuestWorker(cluster, { name: 'guest' })
    const [, guest] = await workersAre(client, 'w0', 'guest')
    assert.equal(await waiting.result(), guest.pid)
    const inBlock = annotate({ workers: ['guest'], pure: false }, () => client.submit(() => process.pid))
    assert.equal(await inBlock.result(), guest.pid)
  })

  test('allowOtherWorkers: another takes it when none of those asked for is here', async () => {
    const [w0] = await workersAre(client, 'w0')
    const call = client.with({ workers: ['nobody'], allowOtherWorkers: true, pure: false })
    assert.equal(await call.submit(() => process.pid).result(), w0.pid)
    const block = annotate({ workers: ['nobody'], allowOtherWorkers: true, pure: false }, () =>
      client.submit(() => process.pid),
    )
    assert.equal(await block.result(), w0.pid)
  })

  test('resources: fractions are shared out, never overdrawn; what no worker has is waited for', async () => {
    await using gate = await Gate.listen()
    await using _guest = new GuestWorker(cluster, { name: 'guest', threads: 4, resources: { gpu: 1 } })
    const [, guest] = await workersAre(client, 'w0', 'guest')
    const names = ['a', 'b', 'c', 'd']
    const halves = annotate({ resources: { gpu: 0.5 } }, () =>
      client.with({ pure: false }).map(
        knockAt,
        names.map(() => gate.port),
        names,
      ),
    )
    for (let round = 0; round < 2; round++) {
      const pair = [await gate.next(), await gate.next()]
      assert.deepEqual(
        pair.map(({ pid }) => pid),
        [guest.pid, guest.pid],
      )
      const others = halves.filter((_, i) => !pair.some(({ name }) => name === names[i]))
      const said = (await Promise.all(others.map((future) => client.explain(future)))).flat().join('\n')
      if (round === 0)
        assert.match(said, /could run on guest: it waits for 0\.5 gpu to be free there/, 'two more wait')
      assert.equal(gate.waiting, 0, 'no third one runs')
      for (const knock of pair) knock.open()
    }
    await client.gather(halves)
    const much = client.with({ resources: { gpu: 2 }, pure: false }).submit(inc, 1)
    assert.match((await client.explain(much)).join('\n'), /needs 2 gpu, and no worker has more than 1/)
    const none = client.with({ resources: { tpu: 1 }, pure: false }).submit(inc, 1)
    assert.match((await client.explain(none)).join('\n'), /needs 1 tpu, and no worker has any/)
    client.cancel([much, none])
  })

  test('timeoutMs: of a block', async () => {
    const future = annotate({ timeoutMs: 50, pure: false }, () => client.submit(forever))
    await assert.rejects(future.result(), /longer than its timeoutMs of 50/)
  })

  test('options are added to options: the later ones win', async () => {
    const named = client.with({ key: 'earlier', retries: 1 }).with({ key: 'later' })
    assert.equal(named.submit(inc, 1).key, 'later')
    assert.equal(await named.with({ priority: -0.5 }).submit(inc, 1).result(), 2)
    assert.throws(
      () => named.with({ priority: 5000 }),
      (error) => error instanceof UsageError && /priority must be within ±4096, not 5000/.test(error.message),
    )
    assert.throws(() => named.with({ workers: [] }), UsageError)
    assert.throws(() => named.with({ retires: 1 } as object), UsageError)
  })

  test('replicate: as many workers as asked for hold the result; rebalance says what it moves', async () => {
    await using _guest = new GuestWorker(cluster, { name: 'guest' })
    await workersAre(client, 'w0', 'guest')
    const future = client.with({ workers: ['w0'], pure: false }).submit((n: number) => 'x'.repeat(n), 5000)
    assert.deepEqual(await client.replicate(future, { copies: 1 }), { copies: 0 })
    assert.deepEqual(await client.replicate([future]), { copies: 1 })
    assert.match(await untilSaid(() => client.explain(future), /held by (w0, guest|guest, w0)/), /is done/)
    assert.deepEqual(Object.keys(await client.rebalance()), ['values', 'bytes'])
    await assert.rejects(client.replicate(future, { copies: 0.5 }), UsageError)
  })

  test('key and pure: of a block, and of the calls inside it, which win', async () => {
    const named = annotate({ key: 'the answer' }, () => client.submit(inc, 41))
    assert.equal(named.key, 'the answer')
    assert.equal(await named.result(), 42)
    const parts = annotate({ key: 'part' }, () => client.map(inc, [1, 2]))
    assert.deepEqual(
      parts.map(({ key }) => key),
      ['part-0', 'part-1'],
    )
    const own = annotate({ key: 'outer' }, () => client.with({ key: 'inner' }).submit(inc, 5))
    assert.equal(own.key, 'inner')
    const keysOf = (pure: boolean): string[] =>
      annotate({ pure }, () => [client.submit(inc, 7).key, client.submit(inc, 7).key])
    const [one, same] = keysOf(true)
    assert.equal(one, same)
    const [first, second] = keysOf(false)
    assert.notEqual(first, second)
    const pureAgain = annotate({ pure: false }, () => client.with({ pure: true }).submit(inc, 7).key)
    assert.equal(pureAgain, one)
    await assert.rejects(
      annotate({ key: 'the answer' }, () => client.submit(inc, 1)).result(),
      RefusedError,
      'one key, two contents',
    )
    assert.throws(() => annotate({ retires: 1 } as object, () => 1), UsageError)
  })

  test('pure: of a block reaches the tasks of collections', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const count = (): number => {
        appendFileSync(file, 'x')
        return 1
      }
      const asked = delayed(count, { pure: true })
      assert.equal(await asked().compute(), 1)
      const kept = await client.persist(asked())
      await kept.compute()
      const before = readFileSync(file, 'utf8').length
      await annotate({ pure: false }, () => asked().compute())
      assert.equal(readFileSync(file, 'utf8').length, before + 1)
    } finally {
      cleanUp()
    }
  })

  test('a future that nobody can reach is released at the scheduler', async () => {
    let key = ''
    await (async () => {
      const future = client.submit(inc, 987_654)
      key = future.key
      await future.result()
      assert.match((await client.explain(key))[0], /is done/)
    })()
    for (let held = true; held; ) {
      collect()
      held = !/is not known here/.test((await client.explain(key))[0])
    }
  })

  test('more tasks than threads by far, cancelled at once, leave nothing behind', async () => {
    const stop = new AbortController()
    const many = client.with({ signal: stop.signal, pure: false }).map(
      forever as (i: number) => Promise<never>,
      Array.from({ length: 20_000 }, (_, i) => i),
    )
    await untilSaid(() => client.explain(many[0]), /runs on|was given to/)
    stop.abort(new Error('enough'))
    await assert.rejects(many[19_999].result(), /enough/)
    assert.equal(await client.submit(inc, 3).result(), 4)
    assert.match((await client.explain(many[19_999].key))[0], /is not known here/)
  })
})
