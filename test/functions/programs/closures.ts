// Functions of every form, with what they capture.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client } from 'heddle'
import { times } from './modules/helpers.ts'

async function loadFactor(): Promise<number> {
  return 3
}
const factor = await loadFactor()
const inc = (x: number): number => x * factor
function plain(x: number): number {
  return x + 1
}
function fact(n: number): number {
  return n < 2 ? 1 : n * fact(n - 1)
}
const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))
const isEven = (n: number): boolean => (n === 0 ? true : isOdd(n - 1))
const isOdd = (n: number): boolean => (n === 0 ? false : isEven(n - 1))
const pingF = (n: number): number => (n <= 0 ? factor : pongF(n - 1))
function pongF(n: number): number {
  return n <= 0 ? -factor : pingF(n - 1)
}
const slow = async (x: number): Promise<number> => {
  await null
  return x + factor
}
const compose =
  <A, B, C>(f: (a: A) => B, g: (b: B) => C) =>
  (a: A): C =>
    g(f(a))
function over(x: number): string
function over(x: string): string
function over(x: unknown): string {
  return `${typeof x}:${x}`
}
let mode = 'first'
const {
  a: ca,
  b: [cb],
} = await Promise.resolve({ a: 1, b: [2] })
const $f = 10,
  $m = 20,
  $c = 30,
  $o = 40,
  $task = 50
const key = 'dyn'
const state = { n: 0 }
const frozen = Object.freeze({ k: 3 }),
  opts = { deep: { z: 1 } } as const
const pmap = <A, B>(c: Client, f: (a: A) => B, xs: A[]): Promise<Awaited<B>[]> =>
  c.map(f, xs) as Promise<Awaited<B>[]>

const client = await Client.local({ workers: 2 })
after(() => client.close())

test('an arrow captures a const that came from top-level await', async () =>
  assert.deepEqual(await client.map(inc, [1, 2, 3]), [3, 6, 9]))
test('a function declaration', async () => assert.equal(await client.submit(plain, 1), 2))
test('recursion of a declaration and of a const arrow', async () => {
  assert.equal(await client.submit(fact, 5), 120)
  assert.equal(await client.submit(fib, 10), 55)
})
test('mutual recursion where nothing is captured', async () =>
  assert.deepEqual(await client.map(isEven, [4, 7]), [true, false]))
test('mutual recursion where both capture a value', async () =>
  assert.deepEqual(await client.map(pingF, [4, 5]), [3, -3]))
test('an async function', async () => assert.deepEqual(await client.map(slow, [1, 2]), [4, 5]))
test('generators and async generators', async () => {
  assert.deepEqual(
    await client.submit(function* (n: number) {
      for (let i = 0; i < n; i++) yield i * factor
    }, 3),
    [0, 3, 6],
  )
  assert.deepEqual(
    await client.submit(async function* () {
      yield 1
      yield 2
    }),
    [1, 2],
  )
})
test('closures made in a loop keep their own variable', async () => {
  const ps: Promise<number>[] = []
  for (let i = 0; i < 4; i++) ps.push(client.submit((x: number) => x + i, 10))
  for (const k of [100, 200]) ps.push(client.submit(() => k))
  assert.deepEqual(await Promise.all(ps), [10, 11, 12, 13, 100, 200])
})
test('var in a loop is one variable', async () => {
  const list: (() => number)[] = []
  for (var i = 0; i < 3; i++) list.push(() => i)
  assert.deepEqual(await Promise.all(list.map((f) => client.submit(f))), [3, 3, 3])
})
test('nested closures: compose() of a closure and an import', async () => {
  const add = (k: number) => (x: number) => x + k
  assert.deepEqual(await client.map(compose(add(5), compose(inc, times(10))), [1, 2]), [180, 210])
})
test('a closure built by a module that never imports the library', async () =>
  assert.deepEqual(await client.map(times(7), [1, 2]), [7, 14]))
test('a function handed through a wrapper of the user', async () =>
  assert.deepEqual(await pmap(client, (x) => x * factor, [1, 2]), [3, 6]))
test('a let is read when the function is sent', async () => {
  const p1 = client.submit(() => mode)
  mode = 'second'
  const p2 = client.submit(() => mode)
  assert.deepEqual(await Promise.all([p1, p2]), ['first', 'second'])
})
test('default and destructured parameters that use captures', async () => {
  const d = 5
  assert.deepEqual(
    await client.submit(({ a = d, b: [c] = [factor] }: { a?: number; b?: number[] } = {}, e = a2(d)) => [
      a,
      c,
      e,
    ]),
    [5, 3, 6],
  )
  function a2(x: number): number {
    return x + 1
  }
})
test('syntax that only TypeScript has: overloads, generics, satisfies, as, !', async () =>
  assert.equal(
    await client.submit(<T extends string>(x: T) => (over(x as string) satisfies string)!, 'q'),
    'string:q',
  ))
test('functions inside arguments and containers', async () => {
  const fn = (fs: ((x: number) => number)[], m: Map<string, (x: number) => number>) => [
    ...fs.map((f) => f(2)),
    m.get('t')!(2),
  ]
  assert.deepEqual(
    await client.submit(fn, [inc, times(5), plain], new Map([['t', compose(inc, inc)]])),
    [6, 10, 3, 18],
  )
})
test('a worker returns a closure; what is the same function here stays the same', async () => {
  const f = await client.submit((k: number) => (x: number) => x + k + factor, 10)
  assert.equal(f(1), 14)
  const g = await client.submit(() => plain)
  assert.equal(g, plain)
})
test('a closure that one task made is run by another, on another worker', async () => {
  const made = client.submitEncoded((k: number) => (x: number) => x + k + factor, [10])
  const again = (await client.decode(made)) as (x: number) => number
  assert.equal(await client.submit((f: (x: number) => number) => f(1), again), 14)
})
test('shadowing, catch, labels, switch, var hoisting', async () => {
  const fn = (inc: number) => {
    outer: for (var i = 0; i < 3; i++) {
      switch (i) {
        case 1: {
          const factor = 100
          inc += factor
          break outer
        }
      }
    }
    try {
      throw new Error('z')
    } catch (factor) {
      return [inc, i, (factor as Error).message]
    }
  }
  assert.deepEqual(await client.submit(fn, 1), [101, 1, 'z'])
})
test('an object with methods that use this', async () => {
  const o = {
    k: 4,
    mul(x: number): number {
      return x * this.k * factor
    },
    add: (x: number) => x + factor,
  }
  assert.deepEqual(await client.submit((x: number) => [o.mul(x), o.add(x)], 2), [24, 5])
})
test('methods of an object literal: string key, async, generator', async () => {
  const o = {
    'a-b'(x: number) {
      return x + ca
    },
    async as(x: number) {
      return x + 1
    },
    *gen(n: number) {
      for (let i = 0; i < n; i++) yield i
    },
  }
  assert.deepEqual(await client.submit(async () => [o['a-b'](1), await o.as(1), [...o.gen(2)]]), [
    2,
    2,
    [0, 1],
  ])
})
test('methods under computed keys, names and symbols', async () => {
  const symbol = Symbol.for('sym')
  const o = {
    [key](x: number): number {
      return x + ca
    },
    [`${key}2`](x: number): number {
      return x + cb
    },
    [symbol](): string {
      return 's'
    },
  }
  const dynamic = o as unknown as Record<string | symbol, (x: number) => number>
  assert.deepEqual(
    await client.submit(() => [dynamic.dyn(1), dynamic.dyn2(1), dynamic[Symbol.for('sym')](0)]),
    [2, 3, 's'],
  )
})
test('a getter of an object literal is its value when sent', async () => {
  let q = 1
  const o = {
    get v(): number {
      return q
    },
  }
  q = 5
  assert.equal(await client.submit(() => o.v), 5)
})
test('recursion through an object', async () => {
  const o: { f(n: number): number } = {
    f(n: number): number {
      return n ? o.f(n - 1) + 1 : ca
    },
  }
  assert.equal(await client.submit((n: number) => o.f(n), 3), 4)
})
test('destructured module-level await', async () =>
  assert.deepEqual(await client.submit(() => [ca, cb]), [1, 2]))
test('names that the transform might use itself', async () =>
  assert.equal(await client.submit(() => $f + $m + $c + $o + $task), 150))
test('a hoisted function used before the line of its block', async () => {
  {
    assert.equal(await client.submit(hoisted, 1), 3)
    function hoisted(x: number): number {
      return x + cb
    }
  }
})
test('the result of an immediately called function, and functions in a conditional', async () => {
  const f = (() => {
    const k = 4
    return (x: number) => x + k
  })()
  const g = ca ? (x: number) => x * 2 : (x: number) => x * 3
  assert.deepEqual([await client.submit(f, 1), await client.submit(g, 2)], [5, 4])
})
test('tagged templates, spread, optional chaining, ??=', async () => {
  const tag = (s: TemplateStringsArray, ...v: number[]): string => s.raw.join('|') + v.join()
  const fn = (o?: { a?: { b?: number } }) => {
    let q: number | undefined
    q ??= o?.a?.b ?? ca
    return [tag`x${1}y${2}z`, q, Math.max(...[1, cb])]
  }
  assert.deepEqual(await client.submit(fn), ['x|y|z1,2', 1, 2])
})
test('a captured client is the client of the worker', async () =>
  assert.equal(await client.submit(() => typeof client.submit), 'function'))
test('a task submits a task', async () =>
  assert.equal(await client.submit(async () => client.submit((x: number) => x + 1, 1)), 2))
test('a task submits a closure over what it was given', async () =>
  assert.equal(
    await client.submit(async (k: number) => client.submit((x: number) => x + k + factor, 1), 5),
    9,
  ))
test('a variable that has no value yet is refused by name', async () => {
  const later = (): number => notYet
  await assert.rejects(async () => client.submit(later), /no value yet: Cannot access 'notYet'/)
  const notYet = await Promise.resolve(1)
})
test('changing a captured object stays on the worker', async () => {
  await client.submit(() => {
    state.n++
  })
  assert.equal(state.n, 0)
})
test('frozen and as-const objects', async () =>
  assert.deepEqual(await client.submit(() => [frozen.k, opts.deep.z]), [3, 1]))
test('a function with properties of its own', async () => {
  const f = Object.assign((x: number) => x + f.offset + factor, { offset: 5 })
  assert.equal(await client.submit(f, 1), 9)
})
test('names and looks of functions are unchanged here', async () => {
  const o = { prop: (x: number) => x, inner: { deep: async () => 1 } }
  assert.deepEqual(
    [
      inc.name,
      o.prop.name,
      o.inner.deep.name,
      plain.name,
      Object.keys(inc).length,
      Object.getOwnPropertySymbols(inc).length,
    ],
    ['inc', 'prop', 'deep', 'plain', 0, 0],
  )
})
test('names of functions are the same on a worker', async () => {
  const o = { prop: (x: number) => x + factor }
  assert.deepEqual(await client.submit(() => [inc.name, o.prop.name, plain.name]), ['inc', 'prop', 'plain'])
})
test('an error in a closure that another task made names the line, through every hop', async () => {
  const make = (k: number) => (x: number) => () => {
    throw new RangeError(`far ${x + k + factor}`)
  }
  const first = await client.submit(make, 1)
  const second = await client.submit((f: typeof first) => f(2), first)
  const error = (await client.submit((f: typeof second) => f(), second).catch((e: unknown) => e)) as Error & {
    failure: { place: { line: number } }
  }
  assert.equal(error.message, 'far 6')
  const { readFileSync } = await import('node:fs')
  const line =
    readFileSync(import.meta.filename, 'utf8')
      .split('\n')
      .findIndex((text) => /^ +throw new RangeError/.test(text)) + 1
  assert.equal(error.failure.place.line, line)
})
test('a computed dynamic import in a task is told what to do', async () => {
  const name = './modules/late.ts'
  const error = (await client
    .submit(async () => (await import(name)) as unknown)
    .catch((e: unknown) => e)) as Error
  assert.match(
    error.message,
    /^import\("\.\/modules\/late\.ts"\) inside a task: only a literal path, or a template that begins with one, can be followed to a worker/,
  )
})

let step = await Promise.resolve<number | string | { by: number }>(1)
const bySteps = (x: number): unknown => [x, typeof step, Object.is(step, -0), step]
test('a function sent again captures what its variables hold then', async () => {
  for (const value of [1, 1, 2, 0, -0, '2', { by: 1 }, 1]) {
    step = value
    const expected = [5, typeof value, Object.is(value, -0), value]
    assert.deepEqual(await client.submit(bySteps, 5), expected)
  }
  const object = { by: 1 }
  step = object
  assert.deepEqual(await client.submit(bySteps, 5), [5, 'object', false, { by: 1 }])
  object.by = 2
  assert.deepEqual(await client.submit(bySteps, 5), [5, 'object', false, { by: 2 }])
})
test('a function sent again has the properties that it has then', async () => {
  const tagged = Object.assign(() => (tagged as { tag?: string }).tag ?? 'none', {})
  assert.equal(await client.submit(tagged), 'none')
  Object.assign(tagged, { tag: 'red' })
  assert.equal(await client.submit(tagged), 'red')
  const lone: { (): string; tag?: string } = function lone() {
    return lone2(this)
  } as never
  assert.equal(await client.submit(lone), 'nothing')
})
function lone2(self: unknown): string {
  return self === undefined ? 'nothing' : 'something'
}
