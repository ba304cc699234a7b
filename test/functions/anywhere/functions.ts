// Functions in every odd form.

import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { Client } from 'heddle'
import { check } from './check.ts'

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const scale = 3
const table = [1, 2, 3] as const

await check('closures over a loop variable, of for, for-of, for-in and while', async () => {
  const fns: (() => unknown)[] = []
  for (let i = 0; i < 3; i++) fns.push(() => i)
  for (const x of ['a', 'b']) fns.push(() => x)
  for (const k in { p: 1, q: 2 }) fns.push(() => k)
  let n = 0
  while (n < 2) {
    const own = n++
    fns.push(() => own * 10)
  }
  const got = await client.gather(fns.map((fn) => client.submit(fn)))
  assert.deepEqual(got, [0, 1, 2, 'a', 'b', 'p', 'q', 0, 10])
})
await check('recursion and mutual recursion of local functions', async () => {
  const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))
  function even(n: number): boolean {
    return n === 0 || odd(n - 1)
  }
  function odd(n: number): boolean {
    return n !== 0 && even(n - 1)
  }
  assert.equal(await client.submit(fib, 12).result(), 144)
  assert.equal(await client.submit(even, 10).result(), true)
  assert.equal(await client.submit(odd, 10).result(), false)
})
await check('a named function expression that calls itself', async () => {
  const f = function walk(n: number): number {
    return n <= 0 ? scale : walk(n - 1) + 1
  }
  assert.equal(await client.submit(f, 4).result(), 7)
})
await check('generators and async generators as tasks', async () => {
  function* up(to: number): Generator<number> {
    for (let i = 0; i < to; i++) yield i * scale
  }
  async function* slowly(to: number): AsyncGenerator<number> {
    for await (const x of up(to)) yield x + 1
  }
  assert.deepEqual(await client.submit(up, 3).result(), [0, 3, 6])
  assert.deepEqual(await client.submit(slowly, 3).result(), [1, 4, 7])
})
await check('yield* and return in generators', async () => {
  function* inner(): Generator<number, string> {
    yield 1
    return 'end'
  }
  function* outer(): Generator<number | string> {
    const end = yield* inner()
    yield end
  }
  assert.deepEqual(await client.submit(outer).result(), [1, 'end'])
})
await check('bound functions, by their function, their object and their first arguments', async () => {
  const add = (a: number, b: number, c = 0): number => a + b + c
  assert.equal(await client.submit(add.bind(null, 1), 2).result(), 3)
  assert.equal(await client.submit(add.bind(null, 1).bind(null, 2), 4).result(), 7)
  const account = {
    total: 5n,
    read(this: { total: bigint }, more: bigint) {
      return this.total + more
    },
  }
  const read = account.read.bind(account)
  assert.equal(await client.submit((more: bigint) => read(more), 2n).result(), 7n)
  assert.equal(await client.submit(Math.max.bind(null, 3), 2).result(), 3)
  assert.equal(await client.submit(() => read.name).result(), 'bound read')
  const [first, second] = await client.submit((f: () => unknown) => [f, f], read as never).result()
  assert.equal(first, second)
  const socket = new Socket()
  assert.throws(() => client.submit(add.bind(null, socket as never), 1), /bound arguments.*net\.Socket/)
})
await check('currying, composition, partial application', async () => {
  const add = (a: number) => (b: number) => (c: number) => a + b + c
  assert.equal(await client.submit(add(1)(2), 3).result(), 6)
  const partial =
    <A, B, R>(f: (a: A, b: B) => R, a: A) =>
    (b: B): R =>
      f(a, b)
  assert.equal(await client.submit(partial(Math.pow, 2), 10).result(), 1024)
})
await check('default parameters that name outer variables and earlier parameters', async () => {
  const f = (
    a: number,
    b = a * scale,
    { c = b + table.length, ...rest } = {} as { c?: number; d?: number },
  ): unknown[] => [a, b, c, rest]
  assert.deepEqual(await client.submit(f, 1).result(), [1, 3, 6, {}])
  assert.deepEqual(await client.submit(f, 1, 2, { d: 4 }).result(), [1, 2, 5, { d: 4 }])
})
await check('destructuring of every kind', async () => {
  const key = 'dyn'
  const f = (
    { a: { b = scale } = {}, [key]: d, ...rest }: Record<string, never>,
    [x, , ...ys]: number[] = [],
  ): unknown => ({ b, d, rest, x, ys })
  assert.deepEqual(
    await client.submit(f as never, { dyn: 1, e: 2 } as never, [1, 2, 3, 4] as never).result(),
    { b: 3, d: 1, rest: { e: 2 }, x: 1, ys: [3, 4] },
  )
})
await check('tagged templates, raw strings', async () => {
  const tag = (parts: TemplateStringsArray, ...values: unknown[]): string =>
    parts.raw.join('|') + values.join()
  const f = (x: number): string => tag`a${x}\n${scale}`
  assert.equal(await client.submit(f, 1).result(), 'a|\\n|1,3')
})
await check('labelled loops, switch, try, comma, void', async () => {
  const f = (limit: number): number => {
    let sum = 0
    outer: for (let i = 0; i < limit; i++) {
      for (let j = 0; ; j++) {
        if (j > i) continue outer
        if (i + j > 5) break outer
        switch (j) {
          case 0: {
            sum += scale
            break
          }
          default:
            sum++
        }
      }
    }
    try {
      throw new RangeError('x')
    } catch (thrown) {
      const { message } = thrown as Error
      sum += (message as string).length
    } finally {
      sum += 100
    }
    return sum
  }
  assert.equal(await client.submit(f, 3).result(), 113)
})
await check('shadowing at every level', async () => {
  const x = 'outer'
  const f = (y: string): string => {
    const first = x
    {
      const x = y
      return (
        first +
        x +
        ((x: number) => x)(1) +
        (function x() {
          return x.name
        })()
      )
    }
  }
  assert.equal(await client.submit(f, 'in').result(), 'outerin1x')
})
await check('a variable in its dead zone is refused by name', async () => {
  const f = (): number => late
  assert.throws(
    () => client.submit(f),
    /`task` reads a variable that has no value yet: Cannot access 'late'|late/,
  )
  const late = 5
  assert.equal(await client.submit(f).result(), 5)
})
await check('this of a plain function is undefined, as of any call', async () => {
  const f = function (this: unknown): string {
    return String(this)
  }
  assert.equal(await client.submit(f as () => string).result(), 'undefined')
})
await check('arguments and new.target of its own', async () => {
  const f = function (..._all: number[]): unknown {
    // biome-ignore lint/complexity/noArguments: it is what the case is about.
    return [arguments.length, new.target === undefined]
  }
  assert.deepEqual(await client.submit(f, 1, 2, 3).result(), [3, true])
})
await check('super in an object method is refused with the way out', async () => {
  const base = { hi: () => 'base' }
  const object = {
    __proto__: base,
    hi(): string {
      return `${super.hi()}!`
    },
  }
  assert.throws(
    () => client.submit(object.hi),
    /uses `super`, which needs its object. Send a plain function instead/,
  )
})
await check('an object with a prototype of its own brings its methods', async () => {
  const object = {
    n: scale,
    get double(): number {
      return this.n * 2
    },
    async later() {
      return this.n
    },
    *items() {
      yield this.n
    },
    ['comp' + 'uted']() {
      return this.n + 1
    },
  }
  const got = await client
    .submit(async () => [await object.later(), [...object.items()], object.computed()])
    .result()
  assert.deepEqual(got, [3, [3], 4])
})
await check('a let has the value that it had when the task was sent', async () => {
  let mode = 'first'
  const f = (): string => mode
  const before = client.submit(f)
  mode = 'second'
  const after = client.submit(f)
  assert.deepEqual(await client.gather([before, after]), ['first', 'second'])
})
await check('an object has the content that it had when the task was sent', async () => {
  const state = { n: 1, list: [1] }
  const f = (): unknown => ({ ...state, sum: state.list.length })
  const before = client.submit(f)
  state.n = 2
  state.list.push(2)
  const after = client.submit(f)
  assert.deepEqual(await client.gather([before, after]), [
    { n: 1, list: [1], sum: 1 },
    { n: 2, list: [1, 2], sum: 2 },
  ])
})
await check('functions in lists, maps, sets, objects, class fields', async () => {
  const list = [(x: number) => x + scale, (x: number) => x * scale]
  const map = new Map<string, (x: number) => number>([['neg', (x) => -x]])
  const set = new Set([list[0]])
  const f = (x: number): unknown => [list.map((g) => g(x)), map.get('neg')!(x), [...set][0] === list[0]]
  assert.deepEqual(await client.submit(f, 2).result(), [[5, 6], -2, true])
})
await check('functions returned by tasks work here and in other tasks', async () => {
  const make = (k: number) => (x: number) => x * k + scale
  const made = client.submit(make, 5)
  const here = await made.result()
  assert.equal(here(2), 13)
  assert.equal(await client.submit((g: (x: number) => number) => g(1), made as never).result(), 8)
  assert.equal(await client.submit(here, 3).result(), 18)
})
await check('an async function that awaits, loops with for await and rejects', async () => {
  const f = async (n: number): Promise<number> => {
    let sum = 0
    for await (const x of [1, Promise.resolve(2)]) sum += x
    await using _done = {
      async [Symbol.asyncDispose]() {
        sum = -1
      },
    }
    return sum + n
  }
  assert.equal(await client.submit(f, 1).result(), 4)
})
await check('using and await using declarations', async () => {
  const log: string[] = []
  const f = (): string[] => {
    const mine: string[] = [...log]
    {
      using a = { [Symbol.dispose]: () => void mine.push('a') }
      using _b = { [Symbol.dispose]: () => void mine.push('b') }
      mine.push(typeof a)
    }
    return mine
  }
  assert.deepEqual(await client.submit(f).result(), ['object', 'b', 'a'])
})
await check('immediately called functions, sequences, conditional functions', async () => {
  const f = (
    (k) => (x: number) =>
      x + k
  )(scale)
  const pick = (up: boolean): ((x: number) => number) => (up ? (x) => x + 1 : (x) => x - 1)
  assert.deepEqual(
    await client.gather([client.submit(f, 1), client.submit(pick(true), 1), client.submit(pick(false), 1)]),
    [4, 2, 0],
  )
})
await check(
  'functions of the language: Math.max, String, parseInt, JSON.stringify, Object.keys',
  async () => {
    assert.deepEqual(
      await client.gather([
        client.submit(Math.max, 1, 5, 2),
        client.submit(String, 12),
        client.submit(parseInt, '12px', 10),
        client.submit(JSON.stringify as (x: unknown) => string, { a: 1 }),
        client.submit(Object.keys as (x: object) => string[], { a: 1 }),
        client.submit(Array.from as (x: Iterable<number>) => number[], new Set([1, 2])),
      ]),
      [5, '12', 12, '{"a":1}', ['a'], [1, 2]],
    )
  },
)
await check('a method taken from its object is refused with the way out', async () => {
  const list = [3, 1, 2]
  const held = new Map([[1, 2]])
  assert.equal(
    await client
      .submit(() => list.toSorted())
      .result()
      .then(String),
    '1,2,3',
  )
  assert.equal(await client.submit((k: number) => held.get(k), 1).result(), 2)
})
await check('unicode names, names of reserved kinds, emoji strings', async () => {
  const größe = 4
  const 数 = 5
  const $ = 1
  const _ = 2
  const async = 3
  const of = 4
  const get = 5
  const f = (): unknown => [größe, 数, $, _, async, of, get, '👩‍🚀'.length]
  assert.deepEqual(await client.submit(f).result(), [4, 5, 1, 2, 3, 4, 5, 5])
})
await check('a function that is changed by Object.assign and defineProperty', async () => {
  const f = Object.assign((x: number) => x * f.by, { by: 4 })
  assert.equal(await client.submit(f, 2).result(), 8)
})
await check('overloads, generics, assertion signatures, satisfies, definite assignment', async () => {
  function over(x: string): string
  function over(x: number): number
  function over(x: unknown): unknown {
    let out!: unknown
    if (typeof x === 'string') out = x.toUpperCase()
    else out = x as number satisfies number
    return out
  }
  assert.equal(await client.submit(over as (x: string) => string, 'a').result(), 'A')
})
await check(
  'optional chaining, nullish, logical assignment, exponent, bigint, numeric separators',
  async () => {
    const f = (o?: { a?: { b?: () => number } }): unknown => {
      let x: number | undefined
      x ??= 1_000
      x ||= 1
      x &&= x ** 2
      return [o?.a?.b?.() ?? 'none', x, 10n ** 20n, 0b11, 0o17, 0xff]
    }
    assert.deepEqual(await client.submit(f).result(), ['none', 1_000_000, 10n ** 20n, 3, 15, 255])
  },
)
await check('a block-level function and a hoisted one used before its line', async () => {
  const f = (x: number): number => {
    if (x > 0) {
      return inner(x)
      function inner(y: number): number {
        return hoisted(y) + scale
      }
    }
    return 0
  }
  function hoisted(y: number): number {
    return y * 2
  }
  assert.equal(await client.submit(f, 2).result(), 7)
})
await check('a closure eight levels deep', async () => {
  const f =
    (a: number) => (b: number) => (c: number) => (d: number) => (e: number) => (g: number) => (h: number) => [
      a,
      b,
      c,
      d,
      e,
      g,
      h,
      scale,
    ]
  assert.deepEqual(await client.submit(f(1)(2)(3)(4)(5)(6), 7).result(), [1, 2, 3, 4, 5, 6, 7, 3])
})
await check('a captured variable that is assigned after capture, and one that the task assigns', async () => {
  let total = 0
  assert.throws(
    () =>
      client.submit((x: number) => {
        total += x
      }, 1),
    /assigns the captured variable `total`.*Return the new value instead/s,
  )
  assert.equal(total, 0)
})
