// Large captures, and changes to what a task was given.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { check } from './check.ts'

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })

await check(
  'a large capture arrives whole, with functions and instances in it, and one object stays one',
  async () => {
    class Row {
      constructor(readonly n: number) {}
      get double(): number {
        return this.n * 2
      }
    }
    const rows = Array.from({ length: 5000 }, (_, n) => ({ row: new Row(n), name: `row ${n}` }))
    const table = { rows, pick: (i: number): Row => rows[i].row }
    const same = table
    const f = (i: number): unknown => [
      table.pick(i).double,
      table.rows.length,
      same === table,
      table.rows[i].name,
    ]
    assert.deepEqual(await client.submit(f, 4999).result(), [9998, 5000, true, 'row 4999'])
  },
)
await check('a small capture behind a large one that shares a part of it', async () => {
  const part = { label: 'shared' }
  const big = { part, numbers: Array.from({ length: 20_000 }, (_, i) => i / 3) }
  const f = (): unknown => [big.numbers.length, part.label, big.part.label]
  assert.deepEqual(await client.submit(f).result(), [20_000, 'shared', 'shared'])
})
await check('a large capture that changes between two calls', async () => {
  const big = new Float64Array(20_000)
  const f = (): number => big[7] + big.length
  const before = client.submit(f)
  big[7] = 5
  assert.deepEqual(await client.gather([before, client.submit(f)]), [20_000, 20_005])
})

const frozen =
  /^Cannot .*: the arguments of a task and what it captures are copies, and frozen in development runs, since changes to them are lost\. Copy first \(structuredClone\(x\), \[\.\.\.list\], \{\.\.\.object\}\), or run with --no-freeze$/
await check('a change to a captured object is an error at its line', async () => {
  const state = { n: 0, deep: { list: [1] } }
  await assert.rejects(
    client
      .submit(() => {
        state.n++
      })
      .result(),
    (error: Error) => {
      assert.match(error.message, frozen)
      assert.ok(error instanceof TypeError)
      assert.match(error.stack!, /\n\s+at .*captures\.ts:\d+:\d+/)
      return true
    },
  )
  await assert.rejects(client.submit(() => void state.deep.list.push(2)).result(), { message: frozen })
  await assert.rejects(client.submit(() => void delete (state as { n?: number }).n).result(), {
    message: frozen,
  })
})
await check('a change to an argument or to a result that is one, too', async () => {
  const f = (list: number[]): number[] => list.sort()
  await assert.rejects(client.submit(f, [3, 1, 2]).result(), { message: frozen })
  const made = client.submit(() => ({ a: 1 }))
  await assert.rejects(
    client
      .submit((o: { a: number; b?: number }) => {
        o.b = 2
      }, made as never)
      .result(),
    { message: frozen },
  )
})
await check('what a task makes itself, instances, maps and typed arrays may be changed', async () => {
  class Counter {
    n = 0
  }
  const counter = new Counter()
  const map = new Map([[1, 2]])
  const f = (bytes: Uint8Array): unknown => {
    counter.n++
    map.set(3, 4)
    bytes[0] = 9
    const own = [3, 1, 2]
    return [counter.n, map.size, bytes[0], own.sort()]
  }
  assert.deepEqual(await client.submit(f, new Uint8Array(1)).result(), [1, 2, 9, [1, 2, 3]])
})
