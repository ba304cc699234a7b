// Classes in every odd form, here and at the workers.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import { check } from './check.ts'
import { Animal, Dog, NotFound } from './mods/all.ts'

/** A class of the module whose static method is a task. */
class Kennel {
  static readonly kind = 'Kennel'
  static open(name: string): string {
    return `${Kennel.kind} of ${name}`
  }
}

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const { same } = asHere(client)
const unit = 'kg'
const factor = await Promise.resolve(3)

class LocalError extends TypeError {
  n: number
  constructor(text: string, n: number) {
    super(text)
    this.n = n
  }
}

class Temperature {
  static #made = 0
  static readonly zero: Temperature
  static {
    this.zero = new Temperature(0)
  }
  #celsius: number
  label?: string
  static from(k: number): Temperature {
    return new Temperature(k - 273)
  }
  constructor(celsius: number) {
    this.#celsius = celsius
    Temperature.#made++
  }
  get fahrenheit(): number {
    return this.#toF(this.#celsius)
  }
  set fahrenheit(f: number) {
    this.#celsius = ((f - 32) * 5) / 9
  }
  #toF(c: number): number {
    return (c * 9) / 5 + 32
  }
  static isOne(x: object): boolean {
    return #celsius in x
  }
  [Symbol.toPrimitive](): number {
    return this.#celsius
  }
  *[Symbol.iterator](): Generator<number> {
    yield this.#celsius
  }
}

await check('private fields, methods, statics and static blocks; it comes back as an instance', async () => {
  const t = new Temperature(100)
  t.label = 'hot'
  const got = await client
    .submit(
      (given: Temperature) => ({
        f: given.fahrenheit,
        label: given.label,
        is: Temperature.isOne(given),
        n: +given,
        zero: Temperature.zero instanceof Temperature,
      }),
      t,
    )
    .result()
  assert.deepEqual(got, { f: 212, label: 'hot', is: true, n: 100, zero: true })
  const back = await client.submit(() => Temperature.from(373)).result()
  assert.ok(back instanceof Temperature)
  assert.deepEqual([...back], [100])
})
await check('inheritance across modules, default and re-exported classes, super', async () => {
  const rex = new Dog('rex').tire(3)
  const f = (dog: Dog): unknown => [
    String(dog),
    dog.energy,
    dog instanceof Animal,
    dog.tricks,
    dog.constructor === Dog,
  ]
  assert.deepEqual(await client.submit(f, rex).result(), ['rex says wau!', 7, true, ['sit'], true])
  const back = await client.submit((name: string) => new Dog(name), 'bo').result()
  assert.ok(back instanceof Dog && back instanceof Animal)
  assert.equal(String(back), 'bo says wau!')
})
await check('errors of classes of the user are instances here, with fields and cause', async () => {
  const f = (id: number): never => {
    throw new NotFound(id, { cause: new RangeError('beyond') })
  }
  await assert.rejects(client.submit(f, 7).result(), (error: NotFound & { key: string }) => {
    assert.ok(error instanceof NotFound && error instanceof Error)
    assert.deepEqual([error.id, error.name, error.message], [7, 'NotFound', 'no animal 7'])
    assert.ok(error.cause instanceof RangeError)
    assert.match(error.stack!, /^NotFound: no animal 7\n\s+at f .*classes\.ts:\d+:\d+/)
    return true
  })
})
await check('an error class declared in the main file', async () => {
  await assert.rejects(
    client
      .submit(() => {
        throw new LocalError('x', 3)
      })
      .result(),
    (error) => error instanceof LocalError && error.n === 3,
  )
})
await check('a class expression that is captured, anonymous and named', async () => {
  const Box = class<T> {
    value: T
    constructor(value: T) {
      this.value = value
    }
    show(): string {
      return `${String(this.value)} ${unit}`
    }
  }
  const Named = class Inner extends Box<number> {
    override show(): string {
      return `${Inner.name}:${super.show()}`
    }
  }
  assert.deepEqual(await client.submit((v: number) => [new Box(v).show(), new Named(v).show()], 2).result(), [
    '2 kg',
    'Inner:2 kg',
  ])
  const back = await client.submit((v: number) => new Named(v), 3).result()
  assert.ok(back instanceof Named)
})
await check('a class made by a function, with what it captured', async () => {
  const make = (by: number) =>
    class {
      static by = by
      times(x: number): number {
        return x * by
      }
    }
  const Two = make(2)
  const Three = make(3)
  assert.deepEqual(
    await client.submit(() => [new Two().times(5), new Three().times(5), Two.by]).result(),
    [10, 15, 2],
  )
})
await check('accessors, computed members, symbols, static inheritance', async () => {
  const name = 'dynamic'
  class Base {
    static who(): string {
      return this.name
    }
    accessor level = 1;
    [name](): string {
      return `${name}${this.level}`
    }
    get [Symbol.toStringTag](): string {
      return 'Base!'
    }
  }
  class Derived extends Base {}
  const d = new Derived()
  d.level = 4
  assert.deepEqual(await client.submit((x: Derived) => [x[name](), Derived.who(), String(x)], d).result(), [
    'dynamic4',
    'Derived',
    '[object Base!]',
  ])
})
await check('subclasses of Array, Map, Set, Error, Promise-free built-ins', async () => {
  class Stack<T> extends Array<T> {
    get top(): T | undefined {
      return this.at(-1)
    }
  }
  class Counter extends Map<string, number> {
    add(key: string): this {
      return this.set(key, (this.get(key) ?? 0) + 1)
    }
  }
  const stack = Stack.from([1, 2]) as Stack<number>
  const counter = new Counter().add('a').add('a')
  assert.deepEqual(await client.submit(() => [stack.top, counter.get('a')]).result(), [2, 2])
  const back = await client.submit(() => new Counter().add('b')).result()
  assert.ok(back instanceof Counter)
  assert.equal(back.add('b').get('b'), 2)
})
await check('an instance that holds itself, its class and functions', async () => {
  class Node1 {
    self: Node1 = this
    kind = Node1
    act = (): string => `${this.kind.name}:${unit}`
  }
  const node = new Node1()
  assert.deepEqual(
    await client.submit((n: Node1) => [n.self === n, n.act(), new n.kind() instanceof Node1], node).result(),
    [true, 'Node1:kg', true],
  )
})
await check('instanceof with Symbol.hasInstance, mixins, abstract classes', async () => {
  const Serial = <B extends new (...args: never[]) => object>(B: B) =>
    class extends B {
      toJSON(): object {
        return { ...this }
      }
    }
  class Even {
    static [Symbol.hasInstance](x: unknown): boolean {
      return typeof x === 'number' && x % 2 === 0
    }
  }
  class Point {
    x = 1
  }
  const SerialPoint = Serial(Point)
  assert.deepEqual(
    await client.submit(() => [JSON.stringify(new SerialPoint()), (4 as unknown) instanceof Even]).result(),
    ['{"x":1}', true],
  )
})
await check('a method handed as a function is refused with the way out', () => {
  const dog = new Dog('x')
  assert.throws(() => client.submit(dog.sound), /the method `sound` without its object.*x => obj\.sound\(x\)/)
})
await check('a static method as a task brings its class along', async () => {
  class Parser {
    static scale = 2
    static #half = (n: number): number => n / 2
    static parse(text: string): number {
      return text.length * Parser.scale
    }
    static async half(text: string): Promise<number> {
      return Parser.#half(Parser.parse(text))
    }
  }
  assert.deepEqual(await client.gather(client.map(Parser.parse, ['a', 'bcd'])), [2, 6])
  assert.equal(await client.submit(Parser.half, 'abc').result(), 3)
  assert.equal(await client.submit(Kennel.open, 'x').result(), 'Kennel of x')
})
await check('a class as a task is called as a function: an error that says so', async () => {
  class Plain {}
  await assert.rejects(
    client.submit(Plain as unknown as () => object).result(),
    /Class constructor Plain cannot be invoked without 'new'/,
  )
})
await check('instances in lists, maps and as keys keep their identity within a task', async () => {
  const dog = new Dog('one')
  const seen = new Map([[dog, [dog]]])
  assert.equal(await client.submit(() => seen.get(dog)![0] === dog).result(), true)
})
class Meter {
  static made = 0
  unit = 'm'
  #read = 0
  #limit: number
  up = (): number => ++this.#read
  add = ((n: number) => (this.#read += n)) as (n: number) => number
  old = function (this: Meter): number {
    return this.#read
  }
  #check = (): boolean => this.#read <= this.#limit
  late: () => number = () => this.#limit
  constructor(limit: number) {
    Meter.made++
    this.#limit = limit
  }
  get fits() {
    return this.#check()
  }
}
class Gauge extends Meter {
  #name = 'gauge'
  label = () => `${this.#name} ${this.up()} ${this.unit}`
}
await check('arrow functions in fields that use private names belong to their own instance', async () => {
  const meter = new Meter(5)
  meter.up()
  const made = Meter.made
  assert.deepEqual(
    await client.submit((m) => [m.up(), m.add(10), m.old(), m.fits, m.late(), m.unit], meter).result(),
    [2, 12, 12, false, 5, 'm'],
  )
  assert.deepEqual(await client.submit(() => [meter.up(), new Meter(1).add(1)]).result(), [2, 1])
  const back = await client
    .submit((m) => {
      m.up()
      return m
    }, meter)
    .result()
  assert.ok(back instanceof Meter)
  assert.deepEqual([back.up(), meter.up(), Meter.made], [3, 2, made])
  const gauge = new Gauge(9)
  gauge.unit = 'bar'
  assert.deepEqual(await client.submit((g) => [g.label(), g.fits], gauge).result(), ['gauge 1 bar', true])
})
await check('such a function that was given to another instance stays that of its own', async () => {
  const [a, b] = [new Meter(1), new Meter(20)]
  a.up = b.up
  b.add(10)
  assert.equal(await client.submit((m) => m.up(), a).result(), 11)
})

const later = <A extends unknown[], R>(f: (...args: A) => R) => {
  let calls = 0
  return (...args: A): [number, R] => [args.length + calls, f(...args)]
}
class Wrapped {
  #x = 2
  #hidden = (n: number): number => n * this.#x
  read = later(() => this.#x * factor)
  named = later(function named(of: Wrapped) {
    return of.#x
  })
  nested = later((a: number) => [a].map((b) => b + this.#hidden(b)))
  list = [(k: number) => this.#x + k]
  slow = [async (k: number) => (await this.#later(k)) + 1]
  #later(k: number): Promise<number> {
    return Promise.resolve(this.#x + k)
  }
  set(x: number): this {
    this.#x = x
    return this
  }
  adder(k: number): () => number {
    return () => this.#x + k
  }
  static over = later((of: Wrapped) => of.#x * 10)
}
class WrappedMore extends Wrapped {
  more = later(() => this.read())
}
const wrapped = new Wrapped().set(5)
await same('functions with private names in calls, lists and methods', async () => [
  wrapped.read(),
  wrapped.named(wrapped),
  wrapped.nested(3),
  wrapped.list[0](1),
  await wrapped.slow[0](1),
  wrapped.adder(4)(),
  Wrapped.over(wrapped),
])
await same('such a function by itself', wrapped.adder(7))
await same('of a subclass', (w: WrappedMore) => [w.more(), w.read()], new WrappedMore().set(6))
await check('and back', async () => {
  const back = await client.submit((w: Wrapped) => w.set(9), wrapped).result()
  assert.deepEqual([back.read()[1], back.list[0](1)], [9 * factor, 10])
})
const make = (by: number) =>
  class {
    #y = by
    read = later(() => this.#y * by)
  }
const [two, three] = [new (make(2))(), new (make(3))()]
await same('of classes in a function', () => [two.read(), three.read()])
