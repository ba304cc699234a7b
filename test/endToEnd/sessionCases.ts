// The cases of session.test.ts: one local cluster, every call of the client's API.

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import {
  annotate,
  asCompleted,
  bag,
  CancelledError,
  CannotTravelError,
  Client,
  ClosedError,
  delayed,
  Future,
  fireAndForget,
  progress,
  RefusedError,
  UsageError,
  WaitTimeoutError,
  wait,
} from '../../runtime/index.ts'
import { hearNotices } from '../../runtime/session/notice.ts'
import { countingFile } from './countingFile.ts'

/** A task that ends only when it is stopped. */
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
const inc = (x: number): number => x + 1
const add = (a: number, b: number): number => a + b

/** Gives its answer when it runs for the `count`th time, and throws before. */
function atRun(file: string, count: number): string {
  appendFileSync(file, 'x')
  if (readFileSync(file, 'utf8').length < count) throw new Error('not yet')
  return 'done'
}

class TooSmallError extends Error {
  override name = 'TooSmallError'
  readonly least: number
  constructor(least: number) {
    super(`less than ${least}`)
    this.least = least
  }
}

function demanding(x: number): number {
  if (x < 10) throw new TooSmallError(10)
  return x
}

describe('a client of a local cluster', () => {
  let client: Client

  before(async () => {
    client = await Client.local({ workers: 2, threadsPerWorker: 1 })
    while ((await client.info()).workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  after(async () => {
    await client.close()
  })

  test('submit: a future of what the function gives', async () => {
    const future = client.submit(inc, 41)
    assert.equal(await future.result(), 42)
    assert.equal(future.status, 'finished')
    assert.match(future.key, /^inc-[0-9a-f]{32}$/)
    assert.equal(await future.exception(), undefined)
    assert.equal(await client.submit(async (text: string) => text.toUpperCase(), 'a').result(), 'A')
  })

  test('submit: what a function captured travels with it', async () => {
    const factor = 7
    const table = new Map([['a', { deep: [1n, new Date(5)] }]])
    const future = client.submit((x: number) => ({ product: x * factor, table }), 6)
    assert.deepEqual(await future.result(), { product: 42, table })
  })

  test('scatter: functions come back, and are called by tasks', async () => {
    const offset = 4
    const [add, triple] = await client.scatter([(x: number) => x + offset, (x: number) => 3 * x])
    const [added, tripled] = (await client.gather([add, triple])) as ((x: number) => number)[]
    assert.deepEqual([added(1), tripled(2)], [5, 6])
    assert.equal(await client.submit((fn: (x: number) => number) => fn(10), add).result(), 14)
  })

  test('submit: hundreds of different functions are forgotten one by one, and the first works again', async () => {
    const functions = Array.from({ length: 600 }, (_, n) => () => n)
    for (let from = 0; from < 600; from += 60) {
      const futures = functions.slice(from, from + 60).map((fn) => client.submit(fn))
      assert.deepEqual(
        await client.gather(futures),
        futures.map((_, i) => from + i),
      )
      for (const future of futures) future.release()
    }
    assert.equal(await client.submit(functions[0]).result(), 0)
    const { callables } = (await client.dumpState()) as { callables: number }
    assert.ok(callables < 350, `${callables} functions are remembered`)
  })

  test('futures as arguments, alone and inside plain data, of this turn and of earlier ones', async () => {
    const one = client.submit(inc, 0)
    const two = client.submit(inc, one)
    assert.equal(await client.submit(add, one, two).result(), 3)
    const mean = ({ values }: { values: number[] }): number => values.reduce(add) / values.length
    assert.equal(await client.submit(mean, { values: [one, two, 6] }).result(), 3)
    assert.equal(await client.submit((xs: number[]) => xs.length, client.map(inc, [1, 2, 3])).result(), 3)
  })

  test('the same call has the same key, and its result is computed once', async () => {
    const a = client.submit(inc, 1000)
    const b = client.submit(inc, 1000)
    assert.equal(a.key, b.key)
    const [x, y] = client.with({ pure: false }).map(() => Math.random(), [1, 1])
    assert.notEqual(x.key, y.key)
    const [first, second] = await client.gather([x, y])
    assert.notEqual(first, second)
  })

  test('map: over one list, over several, over nothing, over any iterable', async () => {
    assert.deepEqual(await client.gather(client.map(inc, [1, 2, 3])), [2, 3, 4])
    assert.deepEqual(await client.gather(client.map(add, [1, 2, 3], [10, 20])), [11, 22])
    assert.deepEqual(client.map(inc, []), [])
    assert.deepEqual(await client.gather(client.map(inc, new Set([5]).values())), [6])
  })

  test('map: ten thousand tasks, gathered in order', async () => {
    const results = await client.gather(
      client.map(
        inc,
        Array.from({ length: 10_000 }, (_, i) => i),
      ),
    )
    assert.deepEqual(
      results,
      Array.from({ length: 10_000 }, (_, i) => i + 1),
    )
  })

  test('gather: futures wherever they stand', async () => {
    const a = client.submit(inc, 1)
    assert.deepEqual(await client.gather({ a, list: [a, 'x', { deep: a }] }), {
      a: 2,
      list: [2, 'x', { deep: 2 }],
    })
    assert.deepEqual(await client.gather([]), [])
    assert.equal(await client.gather(5), 5)
  })

  test('large results stay on workers and are fetched whole', async () => {
    const future = client.submit((n: number) => Float64Array.from({ length: n }, (_, i) => i), 300_000)
    const values = await future.result()
    assert.equal(values.length, 300_000)
    assert.equal(values[299_999], 299_999)
    // Another task reads it where it is, or fetches it from the other worker.
    assert.deepEqual(
      await client.gather(client.map((xs: Float64Array, i: number) => xs[i], [future, future], [7, 8])),
      [7, 8],
    )
  })

  test('shared memory, captured and given back, is shared memory, however little', async () => {
    for (const length of [4, 100_000]) {
      const memory = new SharedArrayBuffer(length)
      new Uint8Array(memory).fill(7)
      const back = await client.submit(() => memory).result()
      assert.ok(back instanceof SharedArrayBuffer)
      assert.deepEqual(new Uint8Array(back), new Uint8Array(memory))
    }
  })

  test('errors: of the same class, with the key, the place in this file and the worker', async () => {
    const future = client.submit(demanding, 3)
    await assert.rejects(
      future.result(),
      (error: TooSmallError & { key: string; failure: { place: { file: string; line: number } } }) => {
        assert.ok(error instanceof TooSmallError)
        assert.equal(error.least, 10)
        assert.equal(error.key, future.key)
        assert.equal(error.failure.place.file, import.meta.filename)
        assert.match(error.stack ?? '', /sessionCases\.ts:\d+:\d+/)
        assert.match(error.stack ?? '', /in task demanding-[0-9a-f]{32} on worker /)
        return true
      },
    )
    assert.equal(future.status, 'error')
    assert.ok((await future.exception()) instanceof TooSmallError)
  })

  test('errors: a dependent fails with the first cause', async () => {
    const failed = client.submit(demanding, 4)
    const dependent = client.submit(inc, failed)
    await assert.rejects(client.submit(inc, dependent).result(), (error: Error & { key: string }) => {
      assert.match(error.message, /less than 10/)
      assert.equal(error.key, failed.key)
      return true
    })
  })

  test('errors: gather throws the first one though others never end', async () => {
    const endless = client.submit(forever)
    await assert.rejects(client.gather([endless, client.submit(demanding, 5)]), /less than 10/)
    endless.cancel()
  })

  test('an unawaited failure is no unhandled rejection', async () => {
    const seen: unknown[] = []
    const hear = (reason: unknown): void => void seen.push(reason)
    process.on('unhandledRejection', hear)
    const failed = client.submit(demanding, 6)
    await wait(failed)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    assert.deepEqual(seen, [])
  })

  test('retry: a failed task runs again', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const flaky = client.submit(atRun, file, 2)
      await assert.rejects(flaky.result(), /not yet/)
      flaky.retry()
      assert.equal(flaky.status, 'pending')
      assert.equal(await flaky.result(), 'done')
    } finally {
      cleanUp()
    }
  })

  test('retries: a task that throws runs again by itself', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const flaky = client.with({ retries: 2 }).submit(atRun, file, 3)
      assert.equal(await flaky.result(), 'done')
    } finally {
      cleanUp()
    }
  })

  test('cancel: the future and what needs it, with the reason', async () => {
    const endless = client.submit(forever)
    const dependent = client.submit((x: number) => x, endless)
    const other = client.submit(inc, 7)
    endless.cancel('no longer needed')
    assert.equal(endless.status, 'cancelled')
    await assert.rejects(endless.result(), (error: CancelledError) => {
      assert.ok(error instanceof CancelledError)
      assert.equal(error.reason, 'no longer needed')
      return true
    })
    await assert.rejects(dependent.result(), CancelledError)
    assert.equal(await other.result(), 8)
    assert.throws(() => endless.retry(), UsageError)
    assert.throws(() => client.submit(inc, endless), /is cancelled/)
  })

  test('cancel: by a signal', async () => {
    const stop = new AbortController()
    const futures = client.with({ signal: stop.signal, pure: false }).map(forever, [] as never[])
    assert.deepEqual(futures, [])
    const endless = client.with({ signal: stop.signal, pure: false }).submit(forever)
    stop.abort(new Error('enough'))
    await assert.rejects(endless.result(), /enough/)
    assert.throws(() => client.with({ signal: stop.signal }).submit(inc, 1), /enough/)
  })

  test('a gather can be given up; its tasks go on', async () => {
    const stop = new AbortController()
    const endless = client.with({ pure: false }).submit(forever)
    const gathering = client.gather([endless], { signal: stop.signal })
    stop.abort(new Error('enough'))
    await assert.rejects(gathering, /enough/)
    assert.equal(endless.status, 'pending')
    endless.cancel()
  })

  test('release: nobody holds it, and using does so at the end of its block', async () => {
    let kept: Future<number>
    {
      using future = client.submit(inc, 500)
      kept = future
      assert.equal(await future.result(), 501)
    }
    assert.equal(kept.status, 'cancelled')
    await assert.rejects(kept.result(), /was released/)
    assert.throws(() => client.submit(inc, kept), /was released/)
  })

  test('a future that nobody keeps is waited for all the same', async () => {
    const waiting = client
      .submit((x: number) => new Promise<number>((resolve) => setTimeout(resolve, 50, x)), 9)
      .result()
    globalThis.gc?.()
    assert.equal(await waiting, 9)
  })

  test('asCompleted: as they come, with results, with a timeout', async () => {
    const { file, cleanUp } = countingFile()
    const opened = `${file}.open`
    const fast = client.submit(inc, 600)
    const slow = client.submit(async (path: string) => {
      while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5))
      return 1
    }, opened)
    const order: Future<number>[] = []
    for await (const done of asCompleted([slow, fast])) {
      order.push(done)
      writeFileSync(opened, '')
    }
    cleanUp()
    assert.deepEqual(order, [fast, slow])
    const results: number[] = []
    for await (const [future, result] of asCompleted([fast, slow], { withResults: true })) {
      assert.ok(future instanceof Future)
      results.push(result)
    }
    assert.deepEqual(results.sort(), [1, 601])
    const endless = client.with({ pure: false }).submit(forever)
    await assert.rejects(async () => {
      for await (const _ of asCompleted([endless], { timeoutMs: 20 }));
    }, WaitTimeoutError)
    endless.cancel()
  })

  test('wait: for all, for the first, with a timeout; it throws no errors of tasks', async () => {
    const futures = [client.submit(inc, 700), client.submit(demanding, 7)]
    assert.deepEqual(await wait(futures), { done: futures, notDone: [] })
    const endless = client.with({ pure: false }).submit(forever)
    const { done, notDone } = await wait([...futures, endless], { returnWhen: 'first' })
    assert.deepEqual([done.length, notDone], [2, [endless]])
    await assert.rejects(wait([endless], { timeoutMs: 20 }), WaitTimeoutError)
    endless.cancel()
  })

  test('progress: counts until all are done', async () => {
    const counts: number[] = []
    await progress(client.map(inc, [800, 801, 802]), {
      onProgress: ({ finished, total }) => counts.push(finished, total),
    })
    assert.deepEqual(counts.slice(-2), [3, 3])
  })

  test('compute: collections and futures wherever they stand, what they share once', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const numbers = bag.range(20, { partitions: 4 }).map((x: number) => {
        appendFileSync(file, 'x')
        return x * 2
      })
      const future = client.submit(inc, 9)
      const results = await client.compute({ total: numbers.sum(), deep: [numbers.count(), future, 'x'] })
      assert.deepEqual(results, { total: 380, deep: [20, 10, 'x'] })
      assert.equal(readFileSync(file, 'utf8').length, 20)
      assert.equal(await client.compute(7), 7)
      assert.equal(await delayed(add)(delayed(inc)(1), 3).compute(), 5)
    } finally {
      cleanUp()
    }
  })

  test('compute: a failure names the task, and can be given up by a signal', async () => {
    const failing = bag.range(4).map(demanding).sum()
    await assert.rejects(client.compute(failing), TooSmallError)
    const stop = new AbortController()
    const endless = client.compute(delayed(forever)(), { signal: stop.signal })
    stop.abort(new Error('enough'))
    await assert.rejects(endless, /enough/)
    assert.equal(await client.submit(inc, 3).result(), 4)
  })

  test('persist: the same collection on results that stay, also as an argument and for progress', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const numbers = bag.range(8, { partitions: 2 }).map((x: number) => {
        appendFileSync(file, 'x')
        return x + 1
      })
      const held = await client.persist(numbers)
      await progress(held, { onProgress: () => {} })
      assert.equal(await held.sum().compute(), 36)
      assert.equal(await held.count().compute(), 8)
      assert.equal(readFileSync(file, 'utf8').length, 8, 'each element was computed once')
    } finally {
      cleanUp()
    }
  })

  test('scatter: values, lists, records, large ones, everywhere', async () => {
    const one = await client.scatter(new Float64Array(100_000).fill(2))
    assert.equal(one.status, 'finished')
    assert.equal(await client.submit((xs: Float64Array) => xs.reduce((a, b) => a + b), one).result(), 200_000)
    const [a, b] = await client.scatter([{ x: 1 }, { x: 2 }])
    assert.equal(await client.submit((p: { x: number }, q: { x: number }) => p.x + q.x, a, b).result(), 3)
    const { table } = await client.scatter({ table: new Map([[1, 'a']]) }, { broadcast: true })
    assert.deepEqual(await table.result(), new Map([[1, 'a']]))
    const again = await client.scatter(new Float64Array(100_000).fill(2))
    assert.equal(again.key, one.key, 'the same content has the same key')
    assert.equal(await client.submit((xs: Float64Array) => xs.length, again).result(), 100_000)
  })

  test('options: a key, a time limit, workers, resources', async () => {
    const named = client.with({ key: 'my answer' }).submit(inc, 41)
    assert.equal(named.key, 'my answer')
    assert.equal(await named.result(), 42)
    assert.deepEqual(
      client
        .with({ key: 'part' })
        .map(inc, [1, 2])
        .map((future) => future.key),
      ['part-0', 'part-1'],
    )
    await assert.rejects(
      client.with({ timeoutMs: 100, pure: false }).submit(forever).result(),
      /longer than its timeoutMs of 100/,
    )
    const { workers } = await client.info()
    const chosen = client.with({ workers: [workers[1].name], pure: false }).submit(() => process.pid)
    assert.equal(await chosen.result(), workers[1].pid)
    const waiting = client.with({ resources: { gpu: 1 }, pure: false }).submit(inc, 900)
    assert.match((await client.explain(waiting)).join('\n'), /gpu/)
    waiting.cancel()
    assert.throws(() => client.with({ retries: -1 }), UsageError)
    assert.throws(() => client.with({ timeoutMs: 0 }), UsageError)
    assert.throws(
      () => client.with({ retires: 2 } as object),
      /there is no option "retires": priority, retries/,
    )
  })

  test('annotate: options for everything that a block asks for', async () => {
    const { workers } = await client.info()
    const pid = await annotate({ workers: [workers[0].name] }, async () => {
      await null
      return client
        .with({ pure: false })
        .submit(() => process.pid)
        .result()
    })
    assert.equal(pid, workers[0].pid)
  })

  test('fireAndForget: runs though its future is dropped', async () => {
    const { file, cleanUp } = countingFile()
    try {
      const done = `${file}.done`
      fireAndForget(client.submit((path: string) => writeFileSync(path, 'x'), done))
      // The same worker queue is empty once all later tasks are done and the file is there.
      while (!existsSync(done)) await client.with({ pure: false }).submit(inc, 1).result()
    } finally {
      cleanUp()
    }
  })

  test('info, story, dumpState and the dashboard', async () => {
    const info = await client.info()
    assert.equal(info.workers.length, 2)
    assert.equal(info.id, client.clusterId)
    assert.match(client.dashboardUrl, /^http:\/\//)
    const future = client.submit(inc, 1100)
    await future.result()
    assert.ok((await client.story(future)).length > 0)
    assert.equal(typeof (await client.dumpState()), 'object')
  })

  test('scale: more workers, then fewer', async () => {
    await client.scale(3)
    while ((await client.info()).workers.length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
    await client.scale(2)
    while ((await client.info()).workers.length > 2) await new Promise((resolve) => setTimeout(resolve, 20))
    await assert.rejects(client.scale(0), UsageError)
  })

  test('bad input: what is no function, no list, cannot travel', async () => {
    assert.throws(() => client.submit(5 as never), /submit needs a function first, not number/)
    assert.throws(() => client.map(inc, 5 as never), /map needs lists of items, not number/)
    assert.throws(() => client.submit((x: unknown) => x, Promise.resolve(1)), CannotTravelError)
    assert.throws(() => client.map((x: unknown) => x, [1, new WeakRef({})]), CannotTravelError)
    await assert.rejects(client.scatter(new WeakRef({})), CannotTravelError)
    await assert.rejects(
      client.submit(() => new Promise<WeakRef<object>>((r) => r(new WeakRef({})))).result(),
      {
        name: 'CannotTravelError',
      },
    )
    await assert.rejects(
      Client.local({ wrokers: 2 } as object),
      /Client\.local has no option "wrokers": workers, threadsPerWorker/,
    )
    assert.equal(await client.submit(inc, 1).result(), 2, 'and everything goes on')
  })

  test('large captures and arguments are worth a notice', async () => {
    const notices: string[] = []
    hearNotices((text) => notices.push(text))
    try {
      const table = new Float64Array(50_000)
      assert.equal(await client.submit(() => table.length).result(), 50_000)
      const huge = new Float64Array(3_000_000)
      assert.equal(await client.submit((xs: Float64Array) => xs.length, huge).result(), 3_000_000)
    } finally {
      hearNotices(undefined)
    }
    assert.equal(notices.length, 2)
    assert.match(notices[0], /captures `table`, 400 kB: .*client\.scatter\(\)/)
    assert.match(
      notices[1],
      /^argument 1 of `anonymous` \(.*sessionCases\.ts:\d+:\d+\) is large, 24\.0 MB: .*await client\.scatter\(value\)\.$/,
    )
  })

  test('one key with two contents is refused', async () => {
    const one = client.with({ key: 'double' }).submit(inc, 1)
    await one.result()
    await assert.rejects(client.with({ key: 'double' }).submit(inc, 2).result(), RefusedError)
  })
})

test('using: the cluster ends with the block, and what is pending is lost', async () => {
  let pending: Future<never>
  let closed: Client
  let folder: string
  {
    await using client = await Client.local({ workers: 1, threadsPerWorker: 1 })
    closed = client
    folder = client.address
    assert.ok(existsSync(folder))
    assert.equal(await client.submit(() => 1).result(), 1)
    pending = client.submit(forever)
  }
  assert.equal(existsSync(folder), false)
  assert.equal(pending.status, 'lost')
  await assert.rejects(pending.result(), /is lost: close\(\) was called/)
  assert.throws(() => closed.submit(() => 1), ClosedError)
  assert.equal(closed.closed, true)
})
