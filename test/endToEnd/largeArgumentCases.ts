// The cases of largeArguments.test.ts: arguments that are held once on workers, and what may happen to those.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { Client, currentTask, delayed } from '../../runtime/index.ts'
import { Gate, knockAt } from './gate.ts'
import { workersAre } from './guestWorker.ts'

const at = (values: Float64Array, i: number): number => values[i]
class Row {
  #weight: number
  readonly label: string
  constructor(weight: number, label: string) {
    this.#weight = weight
    this.label = label
  }
  get weight(): number {
    return this.#weight * 2
  }
}
const numbers = (first: number): Float64Array =>
  Float64Array.from({ length: 30_000 }, (_, i) => (i === 0 ? first : i))

describe('large arguments', () => {
  let cluster: LocalCluster
  let client: Client

  before(async () => {
    cluster = await startLocalCluster({ workers: 2, threadsPerWorker: 1, onOutput: () => {} })
    client = await Client.connect(cluster.file)
    await workersAre(client, 'w0', 'w1')
  })

  after(async () => {
    await client.close()
    await cluster.close()
  })

  /** How many arguments a cluster holds apart, while a task that was given `value` runs: after some seconds without one it would be let go of. */
  const heldWith = async (value: unknown, by = client): Promise<number> => {
    await using gate = await Gate.listen()
    const holding = by.submit((_: unknown, port: number) => knockAt(port, 'holding'), value, gate.port)
    const knock = await gate.next()
    const { groups } = (await by.dumpState()) as { groups: { kind?: string; counts: number[] }[] }
    const counts = groups.filter(({ kind }) => kind === 'argument').map((group) => group.counts)
    knock.open()
    await holding.result()
    return counts.flat().reduce((sum, count) => sum + count, 0)
  }

  test('one of many calls, of several turns and of delayed functions is held once', async () => {
    const values = numbers(1)
    const many = client.map(at, Array<Float64Array>(20).fill(values), Array(20).keys())
    assert.deepEqual(await client.gather(many), [1, ...Array.from({ length: 19 }, (_, i) => i + 1)])
    assert.equal(await client.submit(at, values, 29_999).result(), 29_999)
    const sum = delayed((x: number, y: number) => x + y)
    const later = delayed(at)
    assert.equal(await sum(later(values, 1), later(values, 2)).compute(), 3)
    assert.equal(await heldWith(values), 1)
  })

  test('a task that changes its argument changes a copy: other runs, and its own retries, do not see it', async () => {
    const changing = (values: Float64Array): number => {
      values[0]++
      if (values[0] < 0) throw new Error(`it is ${values[0]}`)
      return values[0]
    }
    const failing = client.with({ retries: 2 }).submit(changing, numbers(-9))
    await assert.rejects(failing.result(), { message: 'it is -8' })
    const again = client.with({ pure: false })
    const runs = [again.submit(changing, numbers(4)), again.submit(changing, numbers(4))]
    assert.deepEqual(await client.gather(runs), [5, 5])
  })

  test('the loss of the worker that holds it: it is brought to another', async () => {
    await using gate = await Gate.listen()
    const values = numbers(7)
    const slow = async (given: Float64Array, port: number): Promise<number> => {
      await knockAt(port, 'slow')
      return given[0]
    }
    const future = client.submit(slow, values, gate.port)
    const first = await gate.next()
    process.kill(first.pid, 'SIGKILL')
    const second = await gate.next()
    second.open()
    assert.equal(await future.result(), 7)
    assert.equal(await client.submit(at, values, 3).result(), 3)
  })

  test('a task that is cancelled leaves it to others', async () => {
    const values = numbers(11)
    const forever = (_: Float64Array): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
    const future = client.submit(forever, values)
    const other = client.submit(at, values, 0)
    future.cancel('enough')
    assert.equal(await other.result(), 11)
    await assert.rejects(future.result(), /enough/)
  })

  test('with functions and instances in it: held once, whatever functions take it', async (t) => {
    // A cluster that holds nothing of earlier tests, which is let go of at any time.
    const own = await startLocalCluster({ workers: 1, threadsPerWorker: 1, onOutput: () => {} })
    const client = await Client.connect(own.file)
    t.after(async () => {
      await client.close()
      await own.close()
    })
    const scale = await Promise.resolve(3)
    const rows = Array.from({ length: 9_000 }, (_, i) => new Row(i, `row ${i}`))
    const model = {
      rows,
      weigh: (row: Row): number => row.weight * scale,
      shown: new Map([[rows[1], 'one']]),
    }
    const weights = client.map(
      (given: typeof model, i: number) => given.weigh(given.rows[i]),
      [model, model, model],
      [0, 1, 2],
    )
    assert.deepEqual(await client.gather(weights), [0, 6, 12])
    const more = client.submit(
      (given: typeof model) => [
        given.rows[5] instanceof Row,
        given.rows[5].label,
        given.shown.get(given.rows[1]),
      ],
      model,
    )
    assert.deepEqual(await more.result(), [true, 'row 5', 'one'])
    assert.equal(await heldWith(model, client), 1)
  })

  test('a change to an instance in it is another argument', async () => {
    const rows = Array.from({ length: 9_000 }, (_, i) => new Row(i, `row ${i}`))
    const first = (given: Row[]): string => given[0].label
    assert.equal(await client.submit(first, rows).result(), 'row 0')
    rows[0] = new Row(0, 'changed')
    assert.equal(await client.submit(first, rows).result(), 'changed')
  })

  test('tasks give large arguments with instances in them to tasks', async () => {
    const outer = async (): Promise<number[]> => {
      const own = await currentTask().client
      const rows = Array.from({ length: 9_000 }, (_, i) => new Row(i, `row ${i}`))
      return own.gather(own.map((given: Row[], i: number) => given[i].weight, [rows, rows], [1, 2]))
    }
    assert.deepEqual(await client.submit(outer).result(), [2, 4])
  })

  test('tasks give large arguments to tasks', async () => {
    const outer = async (): Promise<number[]> => {
      const own = await currentTask().client
      const values = new Float64Array(20_000).fill(2)
      return own.gather(own.map((x: Float64Array, i: number) => x[i] + i, [values, values], [0, 1]))
    }
    assert.deepEqual(await client.submit(outer).result(), [2, 3])
  })
})
