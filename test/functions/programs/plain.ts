// The same without the loader: the inspector finds what functions capture.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, perWorker } from 'heddle'
import { normalise, times } from './modules/helpers.ts'

const factor = await Promise.resolve(3)
const big = await Promise.resolve(10n)
const inc = (x: number): number => x * factor
function plain(x: number): number {
  return x + 1
}
class Account {
  balance: number
  constructor(balance: number) {
    this.balance = balance
  }
  add(n: number): this {
    this.balance += n
    return this
  }
}
class Scaler {
  k = factor
  run(c: Client): Promise<number> {
    return c.submit((x: number) => x * this.k, 1)
  }
}
const made = perWorker(() => ({ id: Math.random() }))

const client = await Client.local({ workers: 2 })
after(() => client.close())

test('a capture, a declaration, a bigint', async () => {
  assert.deepEqual(await client.map(inc, [1, 2]), [3, 6])
  assert.equal(await client.submit(plain, 1), 2)
  assert.equal(await client.submit(() => big + 1n), 11n)
})
test('closures of closures, and of imported modules', async () => {
  const add = (k: number) => (x: number) => inc(x) + k
  assert.equal(await client.submit(add(5), 2), 11)
  assert.equal(await client.submit(times(7), 2), 14)
  assert.equal(await client.submit((w: string) => normalise(w) + factor, ' a '), 'a3')
})
test('instances both ways', async () => {
  const account = new Account(5)
  assert.equal(await client.submit(() => account.add(2).balance), 7)
  const back = await client.submit((n: number) => new Account(n), 9)
  assert.ok(back instanceof Account)
})
test('perWorker', async () => {
  const ids = await client.map((_: number) => made().id, [1, 2, 3, 4])
  assert.equal(new Set(ids).size, 2)
})
test('this of an arrow function is refused, with the way out', async () => {
  await assert.rejects(
    async () => new Scaler().run(client),
    /uses `this` of the code around it, which cannot be found without the loader\. Run the program with the loader: node --import heddle\/register program\.ts/,
  )
})
test('an error names the line', async () => {
  const error = (await client
    .submit((x: number) => {
      throw new Error(`no ${x * factor}`)
    }, 1)
    .catch((e: unknown) => e)) as Error
  assert.match(error.stack!, /programs\/plain\.ts:\d+:/)
})
