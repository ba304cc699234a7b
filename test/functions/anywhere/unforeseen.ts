// Programs that nobody had in mind when functions were made to travel.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import { check } from './check.ts'
import numbers from './mods/numbers.json' with { type: 'json' }

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const { same, refused } = asHere(client)
const k = await Promise.resolve(3)

// Closures.
const inLoop: (() => number[])[] = []
for (let i = 0, step = 2; i < 6; i += step) {
  const square = i * i
  inLoop.push(() => [i, square, step, k])
}
for (const [n, f] of inLoop.entries()) await same(`closure ${n} of a loop`, f)
const byVar: (() => number)[] = []
for (var v = 0; v < 2; v++) byVar.push(() => v)
await same('a var of a loop', byVar[0])
for (const key in { a: 1, b: 2 }) await same(`for in ${key}`, () => key + k)
const counter = ((): { next(): number; peek(): number } => {
  const state = { n: 5 }
  return { next: () => state.n * 2, peek: () => state.n }
})()
await same('two closures of one state', () => [counter.next(), counter.peek()])
await same(
  'defaults that refer to others',
  (a: number, b = a * k, { c = b + 1, ...rest } = { d: 4 } as { c?: number; d: number }) => [a, b, c, rest],
  2,
)
await same('a default that calls a closure', (f = () => k, x = f()) => x)
const isEven = (n: number): boolean => (n === 0 ? true : isOdd(n - 1))
const isOdd = (n: number): boolean => (n === 0 ? false : isEven(n - 1))
await same('functions that call each other', () => [isEven(10), isOdd(7)])
const scaledEven = (n: number): number => (n <= 0 ? k : scaledOdd(n - 1))
const scaledOdd = (n: number): number => (n <= 0 ? -k : scaledEven(n - 1))
await same('and capture', scaledEven, 4)
await same('a Y combinator', () => {
  type F = (n: number) => number
  const y = (le: (f: F) => F): F =>
    ((f: (x: never) => F) => f(f as never))(((f: (x: never) => F) => le((x) => f(f as never)(x))) as never)
  return y((fact) => (n) => (n ? n * fact(n - 1) : 1))(5)
})
await same('labels', () => {
  const found: number[] = []
  outer: for (let i = 0; i < 4; i++) {
    inner: for (let j = 0; ; j++) {
      if (j > i) continue outer
      if (j === 2) break inner
      if (i === 3) break outer
      found.push(i * 10 + j + k)
    }
    found.push(-i)
  }
  return found
})
const tag = (parts: TemplateStringsArray, ...values: unknown[]): string =>
  parts.raw.join(`<${k}>`) + values.length
await same('tagged templates', (x: number) => tag`a\n${x}b${k}` + String.raw`\t${x}`, 1)
const strings = (parts: TemplateStringsArray): TemplateStringsArray => parts
await same('one object for one template', () => {
  const make = (): TemplateStringsArray => strings`x`
  return [make() === make(), Object.isFrozen(make()), make().raw.length]
})
await same(
  'generators',
  function* (n: number) {
    const got: number = yield n
    yield got ?? k
    yield* [1, 2].values()
  },
  1,
)
await same('async generators', async function* () {
  for await (const x of [Promise.resolve(1), 2]) yield x * k
})
const iterable = {
  *[Symbol.iterator]() {
    yield k
    yield 2
  },
}
await same('an iterable that is captured', () => [...iterable])
const asyncIterable = {
  async *[Symbol.asyncIterator]() {
    yield k
    yield 2
  },
}
await same('an async iterable that is captured', async () => {
  const all: number[] = []
  for await (const x of asyncIterable) all.push(x)
  return all
})
await same(
  'destructuring of all kinds',
  (
    [a, , [b = k] = [], ...rest]: [number, number?, number[]?, ...number[]],
    { x: { y = a } = {}, ['z']: z }: { x?: { y?: number }; z: number },
  ) => [a, b, rest, y, z],
  [1, 2, [], 4],
  { z: 6 },
)
await same(
  'arguments',
  function (this: unknown, ...given: number[]) {
    return [arguments.length, [...arguments], this === undefined, given]
  },
  1,
  2,
)
await same('new.target and call', () => {
  function F(this: { x: number } | undefined): unknown {
    return new.target ? undefined : 'called'
  }
  return [F.call(undefined), new (F as never as new () => object)() instanceof (F as never)]
})
await same(
  'switch, do, comma, void, in, delete, exponent',
  (n: number) => {
    const o: Record<string, number> = { a: 1, b: 2 }
    let i = 0
    do {
      switch (n) {
        case 1: {
          i += 2
          break
        }
        default:
          i++
      }
    } while (i < 4)
    delete o.a
    return [
      (i++, i),
      void 0,
      'a' in o,
      'b' in o,
      2 ** k,
      i?.toFixed(1),
      (n as never as { m?: () => number }).m?.(),
    ]
  },
  1,
)
await same('try, catch, finally', () => {
  const log: string[] = []
  const f = (): string => {
    try {
      throw new RangeError('r')
    } catch (error) {
      const { name, message } = error as Error
      log.push(name, message)
      return 'caught'
    } finally {
      log.push('end')
    }
  }
  return [f(), log]
})
await same('using', () => {
  const log: string[] = []
  {
    using a = { [Symbol.dispose]: () => void log.push(`a${k}`) }
    using b = { [Symbol.dispose]: () => void log.push('b') }
    log.push(String(a !== (b as unknown)))
  }
  return log
})
await same('await using', async () => {
  const log: string[] = []
  {
    await using _ = { [Symbol.asyncDispose]: async () => void log.push('end') }
    log.push('in')
  }
  return log
})
await same('JSON with an attribute', () => [numbers.low, numbers.list.map((x) => x * k)])

// Classes.
class Temperature {
  static #made = 0
  static readonly zero: Temperature
  static {
    Temperature.zero = new Temperature(0)
  }
  #celsius: number
  accessor unit = 'C'
  constructor(celsius: number) {
    this.#celsius = celsius
    Temperature.#made++
  }
  get fahrenheit(): number {
    return this.#celsius * 1.8 + 32
  }
  set fahrenheit(f: number) {
    this.#celsius = (f - 32) / 1.8
  }
  static from(f: number): Temperature {
    const t = new Temperature(0)
    t.fahrenheit = f
    return t
  }
  [Symbol.toPrimitive](): number {
    return this.#celsius
  }
  static [Symbol.hasInstance](x: unknown): boolean {
    return typeof x === 'object' && x !== null && #celsius in x
  }
  get [Symbol.toStringTag](): string {
    return 'T'
  }
  *[Symbol.iterator](): Generator<number> {
    yield this.#celsius
    yield this.fahrenheit
  }
}
const warm = Temperature.from(212)
warm.unit = 'F'
await same('accessors, symbols, static blocks', () => [
  +warm,
  warm.fahrenheit,
  warm.unit,
  `${Object.prototype.toString.call(warm)}`,
  [...warm],
  +Temperature.zero,
  warm instanceof Temperature,
])
await check('an instance comes back', async () => {
  const back = await client
    .submit((t: Temperature) => {
      const n = Temperature.from(t.fahrenheit)
      n.unit = 'K'
      return n
    }, warm)
    .result()
  assert.deepEqual([back instanceof Temperature, back.unit, +back], [true, 'K', 100])
})
class Stack<T> extends Array<T> {
  get top(): T | undefined {
    return this.at(-1)
  }
  static override get [Symbol.species]() {
    return Array
  }
}
class Counts extends Map<string, number> {
  limit = k
  add(x: string): this {
    return this.set(x, (this.get(x) ?? 0) + 1)
  }
}
class NotFound extends Error {
  override name = 'NotFound'
  constructor(
    readonly path: string,
    cause?: unknown,
  ) {
    super(`no ${path}`, { cause })
  }
}
class Deep extends Counts {
  override add(x: string): this {
    return super.add(x + x)
  }
}
const stack = Stack.of(1, 2, k) as Stack<number>
const deep = new Deep([['a', 1]]).add('b')
const notFound = new NotFound('x', new TypeError('inner'))
await same('subclasses of Array, Map, Error', () => [
  stack.top,
  stack.length,
  stack.map((x) => x) instanceof Stack,
  [...deep],
  new Deep().add('c').get('cc'),
  deep.limit,
  notFound.path,
  (notFound.cause as Error).message,
  notFound instanceof NotFound,
])
await check('an own error is caught as its class', async () => {
  await assert.rejects(
    client
      .submit(() => {
        throw new NotFound('gone')
      })
      .result(),
    (e: unknown) => e instanceof NotFound && e.path === 'gone',
  )
})
await check('an AggregateError with its errors', async () => {
  await assert.rejects(
    client.submit(() => Promise.any([Promise.reject(new NotFound('a')), Promise.reject(1)])).result(),
    (e: AggregateError) => e.errors.length === 2 && e.errors[0] instanceof NotFound,
  )
})
const Mixed = ((Base: new () => { base(): number }) =>
  class extends Base {
    own(): number {
      return this.base() * k
    }
  })(
  class {
    base(): number {
      return 2
    }
  },
)
await same('a mixin', () => new Mixed().own())
const logged = (method: (this: never, ...args: never[]) => unknown, { name }: ClassMethodDecoratorContext) =>
  function (this: never, ...args: never[]) {
    return [name, method.apply(this, args)]
  }
class Decorated {
  @logged twice(x: number): unknown {
    return x * 2
  }
}
await same('a decorator', () => new Decorated().twice(k))
enum Level {
  low = 1,
  high = low << 2,
  text = 'T' as never,
}
namespace Level {
  export const all = [Level.low, Level.high]
  export const of = (n: number): string => Level[n]
}
await same('an enum with a namespace', () => [Level.high, Level[1], Level.all, Level.of(4)])
abstract class Shape {
  abstract area(): number
  describe(): string {
    return `${this.constructor.name} ${this.area()}`
  }
}
class Square extends Shape {
  constructor(private readonly side: number) {
    super()
  }
  area(): number {
    return this.side ** 2
  }
}
await same('an abstract class', () => new Square(k).describe())
await same('a class in the function', () => {
  class A {
    static x = k
    y = A.x
    static {
      A.x++
    }
  }
  return [new A().y, A.name]
})

// Values.
const readings = {
  get live() {
    return k * 2
  },
  set live(_: number) {},
  plain: 1,
}
await same('an object with a getter', () => [readings.live, readings.plain])
const symbol = Symbol.for('unforeseen')
const kinds = {
  date: new Date(5),
  bad: new Date(Number.NaN),
  re: /a(?<n>b)+/dgiu,
  url: new URL('https://a.b/c?d=1#e'),
  params: new URLSearchParams('a=1&a=2'),
  big: -(2n ** 70n),
  zero: -0,
  nan: Number.NaN,
  inf: -Infinity,
  map: new Map<unknown, unknown>([
    [{ a: 1 }, new Set([1])],
    [Number.NaN, 2],
  ]),
  sparse: [1, , 3, ,],
  view: new DataView(new ArrayBuffer(8), 2, 3),
  clamped: new Uint8ClampedArray([300, -5]),
  f16: new Float16Array([1.5]),
  [symbol]: symbol,
  und: undefined,
  nul: null,
  error: new TypeError('t', { cause: 5 }),
  lone: '\ud800',
  key: { __proto__: null, constructor: 1 },
  boxed: Object(5),
  long: 'ü'.repeat(50),
}
kinds.re.lastIndex = 2
await same('values of every kind', () => kinds)
await same(
  'as arguments',
  (given: typeof kinds) => [
    given,
    Object.is(given.zero, -0),
    1 in given.sparse,
    given.re.lastIndex,
    given[symbol] === Symbol.for('unforeseen'),
    Object.getPrototypeOf(given.key),
  ],
  kinds,
)
const ring: { self?: unknown; list: unknown[]; map: Map<unknown, unknown> } = { list: [], map: new Map() }
ring.self = ring
ring.list.push(ring, ring.list)
ring.map.set(ring.map, ring)
await same('rings', () => [ring.self === ring, ring.list[1] === ring.list, ring.map.get(ring.map) === ring])
const sealed = Object.seal({ a: 1 }),
  frozen = Object.freeze([1, Object.freeze({ b: 2 })]),
  fixed = Object.preventExtensions({ c: 1 })
await same('frozen, sealed, not extensible', () => [
  Object.isSealed(sealed),
  Object.isFrozen(frozen),
  Object.isFrozen(frozen[1]),
  Object.isExtensible(fixed),
])
const described = Object.defineProperties(
  {},
  {
    hidden: { value: 1 },
    fixed: { value: 2, enumerable: true },
    got: { get: () => k, enumerable: true, configurable: true },
  },
)
await check('of properties the values of those that are enumerable, as structuredClone has it', async () => {
  assert.deepEqual(
    await client.submit(() => ({ ...described, hidden: (described as { hidden?: number }).hidden })).result(),
    { fixed: 2, got: 3, hidden: undefined },
  )
})
const listWithMore = Object.assign([1, 2], { extra: k })
await same('a list with more', () => [listWithMore.extra, listWithMore.length])
await same(
  'shared references',
  (a: object, b: { a: object }) => a === b.a,
  readings.plain as never,
  { a: readings.plain } as never,
)
const shared = { n: 1 }
await same(
  'one object in two arguments',
  (a: object, b: { a: object }, c: object[]) => [a === b.a, c[0] === a],
  shared,
  { a: shared },
  [shared],
)
const bound = Math.max.bind(null, k)
await same('bound', () => bound(1, 2) + [1, 2].map(String).length + Number.parseInt('7', 10))
await same('methods of the language', () => [
  [3, 1, 2].toSorted().join(),
  Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even')),
  new Set([1, 2]).union(new Set([k])).size,
  Iterator.from([1, 2])
    .map((x) => x * k)
    .toArray(),
])
await same('Intl, structuredClone, TextEncoder, crypto, Buffer', () => [
  new Intl.NumberFormat('en').format(1234.5),
  structuredClone(new Map([[1, k]])).get(1),
  new TextEncoder().encode('ü').length,
  typeof crypto.randomUUID(),
  Buffer.from('a').toString('hex'),
  process.version.length > 2,
])
const partial =
  (f: (...xs: number[]) => number, ...first: number[]) =>
  (...rest: number[]): number =>
    f(...first, ...rest)
await same('partial application of what is captured', partial(Math.max, k, 1), 2)
const memo = new Map<number, number>()
const fib = (n: number): number => memo.get(n) ?? (n < 2 ? n : fib(n - 1) + fib(n - 2))
memo.set(5, 100)
await same('a memo', () => fib(6))
let changing = 1
changing += k
await same('a let that was changed', () => changing)
await same('a promise that is done', async () => (await Promise.all([1, Promise.resolve(k)])).length)
await check('setters run on the copy', async () => {
  const back = await client
    .submit((t: Temperature) => {
      t.fahrenheit = 32
      return [+t, t.unit]
    }, warm)
    .result()
  assert.deepEqual([back, warm.fahrenheit], [[0, 'F'], 212])
})

// What cannot go.
const target = { a: 1 }
const proxies = { ofObject: k ? new Proxy(target, { get: () => 5 }) : target }
await refused('a Proxy', () => proxies.ofObject.a, /`proxies\.ofObject` is a Proxy/)
await check('refused: a Proxy as an argument', () => {
  assert.throws(
    () => client.submit((given: { a: number }) => given.a, proxies.ofObject),
    /`arguments\[0\]` is a Proxy/,
  )
})
const inherits = k ? (Object.create({ up: k }) as { up: number }) : { up: 1 }
await refused(
  'an object of another',
  () => inherits.up,
  /`inherits` is an object that inherits from another object/,
)
const weak = new WeakRef(target)
await refused('a WeakRef', () => weak.deref(), /`weak` is .*WeakRef/)
const local = k ? Symbol('local') : undefined
await refused('a symbol of its own', () => local, /`local` is .*symbol/i)
const running = (function* () {
  yield 1
})()
await refused('a generator that runs', () => running.next(), /`running` is .*[Gg]enerator/)
const promise = Promise.resolve(1)
await refused('a promise', () => promise, /`promise` is a [Pp]romise/)
const timer = setTimeout(() => {}, 1)
await refused('a timer', () => timer, /`timer`/)
const iterator = new Map([[1, 2]]).entries()
await refused('an iterator of a map', () => iterator.next(), /`iterator`/)
const abort = new AbortController()
await refused('an AbortController', () => abort.signal.aborted, /`abort`/)
const registry = new FinalizationRegistry(() => {})
await refused('a FinalizationRegistry', () => registry, /`registry`/)
const intl = { format: new Intl.NumberFormat('de') }
await refused('what Intl makes', () => intl.format.format(1), /`intl\.format`/)
