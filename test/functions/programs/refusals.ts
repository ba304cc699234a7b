// What cannot travel, and what is said about it.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import net from 'node:net'
import { after, test } from 'node:test'
import { Client } from 'heddle'

class Account {
  constructor(public balance: number) {}
  add(n: number): this {
    this.balance += n
    return this
  }
}
const client = await Client.local({ workers: 1 })
after(() => client.close())

/** The refusal of sending a function, with the place of its parts made short. */
async function refusal(
  fn: () => unknown,
): Promise<{ message: string; path?: string; type?: string; variable?: string; remedy?: string }> {
  try {
    await fn()
  } catch (error) {
    const { name, message, path, type, variable, remedy } = error as Error & {
      path?: string
      type?: string
      variable?: string
      remedy?: string
    }
    assert.equal(name, 'CannotTravelError')
    return { message: message.replace(/:\d+:\d+/g, ':L:C'), path, type, variable, remedy }
  }
  throw new assert.AssertionError({ message: 'was not refused' })
}

test('an assignment to a captured let', async () => {
  let n = 0
  const { message } = await refusal(() =>
    client.map(
      (x: number) => {
        n += x
        return n
      },
      [1],
    ),
  )
  assert.equal(
    message,
    'the function at refusals.ts:L:C assigns the captured variable `n` (refusals.ts:L:C). A worker has its own copy, so the assignment would be lost here. Return the new value instead, or keep per-worker state with perWorker().',
  )
})
test('a captured socket, with its path and class', async () => {
  const socket = new net.Socket()
  const conn = { name: 'x', inner: { socket } }
  const told = await refusal(() => client.map((x: number) => conn.inner.socket.bytesRead + x, [1]))
  socket.destroy()
  assert.deepEqual(told, {
    message:
      'The task at refusals.ts:L:C captures something that cannot travel: `conn.inner.socket` is a net.Socket, which cannot be sent to a worker. Open it inside the function, or make one per worker with perWorker(() => …).',
    path: 'conn.inner.socket',
    variable: 'conn',
    type: 'a net.Socket',
    remedy: 'Open it inside the function, or make one per worker with perWorker(() => …).',
  })
})
test('a function bound to what cannot travel, a bare method, a Promise, a generator, eval, an EventEmitter', async () => {
  const a = new Account(1)
  const { port1: port } = new MessageChannel()
  assert.match(
    (await refusal(() => client.map(port.postMessage.bind(port), [1]))).message,
    /^`task\["bound this"\]` is .*, which cannot be sent to a worker\./,
  )
  assert.match(
    (await refusal(() => client.map(a.add, [1]))).message,
    /^`task` is the method `add` without its object, .* Send x => obj\.add\(x\) instead\.$/,
  )
  const p = Promise.resolve(1)
  assert.match(
    (await refusal(() => client.submit(() => p))).message,
    /`p` is a Promise, .* await it first\.$/,
  )
  const g = (function* () {
    yield 1
  })()
  assert.match((await refusal(() => client.submit(() => g.next()))).message, /`g` is a running generator/)
  assert.match(
    (await refusal(() => client.map(new Function('x', 'return x') as (x: number) => number, [1]))).message,
    /^`task` is the function `anonymous`, whose source was not compiled by heddle/,
  )
  const ee = new EventEmitter()
  assert.match(
    (await refusal(() => client.submit(() => ee.listenerCount('x')))).message,
    /`ee` is an EventEmitter/,
  )
})
test('arguments of the function around it', async () => {
  await (async function (..._xs: number[]) {
    assert.match(
      (await refusal(() => client.submit(() => arguments.length))).message,
      /uses `arguments` of the function around it, which cannot be sent to a worker\. Use a rest parameter instead\.$/,
    )
  })(1, 2)
})
test('new.target of the function around it', async () => {
  function Maker(this: object): Promise<unknown> {
    return refusal(() => client.submit(() => new.target !== undefined))
  }
  assert.match(
    ((await Maker.call({})) as { message: string }).message,
    /uses `new\.target` of the function around it/,
  )
})
test('a private name of the class around it', async () => {
  class Holder {
    #v = 1
    run(): Promise<unknown> {
      class Reads {
        read(of: Holder): number {
          return of.#v
        }
      }
      return refusal(() => client.submit(() => new Reads().read(this)))
    }
  }
  assert.match(
    ((await new Holder().run()) as { message: string }).message,
    /uses #v, a private name of the class around it, so it cannot be separated from the class\. Call a method of the object instead: x => obj\.method\(x\)\.$/,
  )
})
test('super', async () => {
  class Child extends Account {
    run(): Promise<unknown> {
      return refusal(() => client.submit(() => super.add(1).balance))
    }
  }
  assert.match(
    ((await new Child(1).run()) as { message: string }).message,
    /uses `super`, which needs its object\. Send a plain function instead\.$/,
  )
})
test('direct eval', async () => {
  assert.match(
    (await refusal(() => client.submit((x: number) => eval('x') as number, 1))).message,
    /calls eval directly, which could name any variable around it\. Use \(0, eval\)\(…\), which sees global names alone, or write the code out\.$/,
  )
})
test('a symbol that only this process knows', async () => {
  const s = Symbol('own')
  assert.match(
    (await refusal(() => client.submit(() => s))).message,
    /`s` is the symbol Symbol\(own\), .* Use Symbol\.for\(\) so that both sides agree on it\.$/,
  )
})
test('a value inside a list of a map of an argument, by its path', async () => {
  const told = await refusal(() =>
    client.submit((_m: Map<string, unknown[]>) => 1, new Map([['a-b', [1, Promise.resolve()]]])),
  )
  assert.equal(told.path, 'arguments[0]["a-b"][1]')
})
test("a result that cannot be sent back is told as the task's", async () => {
  const error = (await client
    .submit(() => ({ list: [Promise.resolve(1)] }))
    .catch((e: unknown) => e)) as Error & { failure: { kind: string } }
  assert.equal(error.failure.kind, 'cannot-travel')
  assert.match(error.message, /^`result\.list\[0\]` is a Promise, which cannot be sent/)
})
test('a task that throws something that is no Error', async () => {
  const error = (await client
    .submit(() => {
      throw 'text'
    })
    .catch((e: unknown) => e)) as Error
  assert.equal(error.message, 'a task threw "text", which is no Error')
})
