// Classes and their instances, both ways.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import Decimal from 'decimal.js'
import { Client, fromWorker, toWorker } from 'heddle'
import { User } from './modules/legacy/model.ts'
import { isVec, Shape, Square, Vec } from './modules/shapes.js'

const factor = await Promise.resolve(3)
function logged<T extends (this: never, ...a: never[]) => unknown>(
  m: T,
  ctx: ClassMethodDecoratorContext,
): T {
  return function (this: never, ...a: never[]) {
    return `${String(ctx.name)}=${m.apply(this, a)}`
  } as unknown as T
}
class Greeter {
  constructor(public who: string) {}
  @logged greet(n: number): string {
    return `${this.who}${n}`
  }
}
class Dial {
  accessor turns = factor
  accessor #hidden = 1
  @logged show(): string {
    return `${this.turns}/${this.#hidden}`
  }
  turn(): this {
    this.turns++
    this.#hidden++
    return this
  }
}
class Account {
  private log: number[] = []
  constructor(public balance: number) {}
  add(n: number): this {
    this.log.push(n)
    this.balance += n
    return this
  }
  get entries(): number {
    return this.log.length
  }
  static open(): Account {
    return new Account(0)
  }
}
class Secret {
  #v: number
  constructor(v: number) {
    if (v === undefined) throw new Error('constructed')
    this.#v = v
  }
  get(): number {
    return this.#v
  }
}
class Deeper extends Secret {
  #w = [1]
  label = 'd'
  constructor(v: number) {
    super(v)
    this.#w.push(v)
  }
  all(): unknown[] {
    return [this.get(), ...this.#w, this.#hidden()]
  }
  #hidden(): string {
    return 'm'
  }
}
class Secret2 {
  #v: number
  constructor(v: number) {
    this.#v = v
  }
  get(): number {
    return this.#v
  }
  [toWorker](): number {
    return this.#v
  }
  static [fromWorker](v: number): Secret2 {
    return new Secret2(v)
  }
}
class Scaler {
  k = factor
  run(c: Client, xs: number[]): Promise<number[]> {
    return c.map((x) => x * this.k, xs)
  }
}
class Button {
  v = 3
  handler = (x: number): number => this.v + x
}
class OpenModel {
  w = 2
  predict(x: number): number {
    return x * this.w + factor
  }
}
const registry = new Map<string, Registered>()
class Registered {
  constructor(public name: string) {
    registry.set(name, this)
  }
  static find(name: string): Registered | undefined {
    return registry.get(name)
  }
}
function swap<T>(C: T, _c: unknown): T {
  return class extends (C as new () => object) {
    extra(): number {
      return 7
    }
  } as unknown as T
}
@swap
class Swapped {
  base(): number {
    return 1
  }
}
class Base1 {
  static make(): Derived1 {
    return new Derived1()
  }
  n(): number {
    return 1
  }
}
class Derived1 extends Base1 {
  override n(): number {
    return super.n() + 1
  }
}
class Priv {
  static #count = 0
  #v = 1
  static bump(): number {
    return ++Priv.#count
  }
  static is(o: unknown): boolean {
    return typeof o === 'object' && o !== null && #v in o
  }
}
class MyErr extends Error {
  constructor(public code: number) {
    super(`my ${code}`)
    this.name = 'MyErr'
  }
}
class List extends Array<number> {
  total(): number {
    return this.reduce((a, b) => a + b, 0)
  }
}
class Lookup extends Map<string, number> {
  twice(k: string): number {
    return 2 * this.get(k)!
  }
}

const client = await Client.local({ workers: 2 })
after(() => client.close())

test('a captured instance keeps its methods', async () => {
  const a = new Account(5).add(2)
  assert.deepEqual(
    await client.submit(
      (x: number) => [a.add(x).balance, a.entries, a instanceof Account, Account.open().balance],
      3,
    ),
    [10, 2, true, 0],
  )
})
test('inheritance across modules; instanceof on the worker', async () => {
  const s = new Square(3)
  assert.deepEqual(
    await client.submit(() => [
      s.describe(),
      s instanceof Shape,
      s instanceof Square,
      s.half,
      new Square(2) instanceof Shape,
    ]),
    ['square:9', true, true, 1.5, true],
  )
})
test('an instance comes back as the same class', async () => {
  const a = await client.submit((n: number) => new Account(n).add(1), 4)
  assert.deepEqual([a instanceof Account, a.balance, a.entries], [true, 5, 1])
  const v = await client.submit((n: number) => new Vec(n).shifted(), 1)
  assert.deepEqual([v instanceof Vec, v.x, isVec(v)], [true, 1.5, true])
  assert.equal(await client.submit((q: Vec) => isVec(q), v), true)
})
test('an instance with private fields travels by itself, without its constructor running', async () => {
  const s = new Secret(1)
  assert.equal(await client.submit(() => s.get()), 1)
  const d = await client.submit((x: Deeper) => x, new Deeper(8))
  assert.ok(d instanceof Deeper)
  assert.deepEqual([...d.all(), d.label], [8, 1, 8, 'm', 'd'])
})
test('a class says itself how it travels, with [toWorker] and [fromWorker]', async () => {
  const s = new Secret2(8)
  assert.equal(await client.submit(() => s.get()), 8)
})
test('an arrow uses the this of a method', async () =>
  assert.deepEqual(await new Scaler().run(client, [1, 2]), [3, 6]))
test('an arrow in a field, sent by itself, brings its object', async () =>
  assert.equal(await client.submit(new Button().handler, 4), 7))
test('a standard decorator on a method', async () => {
  const g = new Greeter('ann')
  assert.equal(await client.submit((n: number) => g.greet(n), 2), 'greet=ann2')
})
test('accessors, decorated class or not, travel with their values', async () => {
  const dial = new Dial().turn()
  assert.equal(await client.submit(() => dial.show()), 'show=4/2')
  assert.equal(((await client.submit(() => dial.turn())) as Dial).show(), 'show=5/3')
})
test("decorators of TypeScript's own kind, asked for by an extended tsconfig", async () => {
  const u = new User()
  assert.equal(u.label(), 'name+agex')
  assert.deepEqual(await client.submit(() => [u.label(), new User().label()]), ['name+agex', 'name+agex'])
})
test('a decorator that replaces its class', async () => {
  const s = new Swapped() as Swapped & { extra(): number }
  assert.deepEqual(await client.submit(() => [s.base(), s.extra(), s instanceof Swapped]), [1, 7, true])
})
test('a mixin that captures a local', async () => {
  const mixin = (k: number) =>
    class extends Account {
      bonus(): number {
        return this.balance + k
      }
    }
  const M = mixin(7)
  const m = new M(1)
  assert.deepEqual(await client.submit(() => [m.bonus(), m instanceof Account, new M(2).bonus()]), [
    8,
    true,
    9,
  ])
})
test('a class whose method reads a captured value', async () => {
  const m = new OpenModel()
  m.w = 4
  assert.deepEqual(await client.map((x: number) => m.predict(x), [1, 2]), [7, 11])
})
test('a class whose static method reads a map of its own instances', async () => {
  new Registered('a')
  assert.deepEqual(
    await client.submit(() => [Registered.find('a')!.name, Registered.find('a') instanceof Registered]),
    ['a', true],
  )
})
test('a base and a derived class that refer to each other', async () =>
  assert.deepEqual(await client.submit(() => [Base1.make().n(), new Derived1().n()]), [2, 2]))
test('private statics and #x in o', async () =>
  assert.deepEqual(await client.submit(() => [Priv.bump(), Priv.is(new Priv()), Priv.is({})]), [
    1,
    true,
    false,
  ]))
test('getters, static fields and blocks', async () => {
  class C {
    static n = factor
    static {
      this.n++
    }
    static get m(): number {
      return C.n
    }
    #p = 1
    get p(): number {
      return this.#p
    }
  }
  assert.deepEqual(await client.submit(() => [C.m, new C().p]), [4, 1])
})
test('arrow this inside a static method', async () => {
  class S {
    static k = 6
    static go(c: Client): Promise<number> {
      return c.submit((x: number) => x + this.k, 1)
    }
  }
  assert.equal(await S.go(client), 7)
})
test('an object graph with a cycle through a closure and an instance', async () => {
  class Node2 {
    peer?: Node2
    handler = (): number => this.v
    constructor(public v: number) {}
  }
  const a = new Node2(1),
    b = new Node2(2)
  a.peer = b
  b.peer = a
  assert.deepEqual(await client.submit(() => [a.handler(), a.peer!.handler(), a.peer!.peer === a]), [
    1,
    2,
    true,
  ])
})
test('a linked list 20,000 deep, captured with its class', async () => {
  class N {
    constructor(public next: N | null) {}
  }
  let l: N | null = null
  for (let i = 0; i < 20000; i++) l = new N(l)
  assert.equal(
    await client.submit(() => {
      let c = 0,
        n = l
      while (n) {
        c++
        n = n.next
      }
      return c
    }),
    20000,
  )
})
test('subclasses of Array and Map', async () => {
  const list = List.from([1, 2, 3]) as List
  const lookup = new Lookup([['a', 4]])
  assert.deepEqual(await client.submit(() => [list.total(), list.length, lookup.twice('a')]), [6, 3, 8])
  const back = await client.submit(() => lookup)
  assert.ok(back instanceof Lookup && back.get('a') === 4)
})
test('an instance of a package class', async () => {
  const d = new Decimal('0.1')
  assert.equal(await client.submit(() => d.plus('0.2').toString()), '0.3')
  const r = await client.submit((x: Decimal) => x.times(3), d)
  assert.deepEqual([r instanceof Decimal, r.toString()], [true, '0.3'])
})
test('an error class of the user thrown on a worker is the same class here', async () => {
  const error = (await client
    .submit(() => {
      throw new MyErr(4)
    })
    .catch((e: unknown) => e)) as MyErr
  assert.deepEqual(
    [error.name, error.code, error.message, error instanceof MyErr],
    ['MyErr', 4, 'my 4', true],
  )
})
