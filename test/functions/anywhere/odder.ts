// More closures as people write them, older styles included, each compared with what it gives here.

import assert from 'node:assert/strict'
import path, { join as joinPaths } from 'node:path'
import { inspect } from 'node:util'
import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import { check } from './check.ts'

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const { same, refused } = asHere(client)

const m1 = new Map<number, number>()
m1.set(1, 2)
await same('map mutated after', () => m1.get(1))
const memo = new Map<number, number>()
const fib = (n: number): number =>
  memo.get(n) ?? (memo.set(n, n < 2 ? n : fib(n - 1) + fib(n - 2)), memo.get(n)!)
await same('memo', (n: number) => fib(n), 20)
const list: number[] = []
list.push(4)
await same('list mutated', () => list)
const conf: { deep: { n: number; f?: () => number } } = { deep: { n: 1 } }
conf.deep.n = 5
conf.deep.f = () => conf.deep.n
await same('object mutated and self-capturing', () => conf.deep.f!())
function Old(this: { n: number }, n: number) {
  this.n = n
}
Old.prototype.twice = function (this: { n: number }) {
  return this.n * 2
}
Old.from = (n: number) => new (Old as unknown as new (n: number) => { n: number; twice(): number })(n)
await same('old constructors', () => Old.from(4).twice())
const oldOne = Old.from(6)
await same('old instance', () => [oldOne.twice(), oldOne instanceof (Old as never)])
const join2 = path.join,
  max = Math.max,
  parse = JSON.parse
await same('builtin functions', () => [
  join2('a', 'b'),
  max(1, 2),
  parse('{"a":1}'),
  joinPaths('c', 'd'),
  inspect({ a: 1 }),
  structuredClone([1]),
])
await same('builtin as task', Math.max as never, 1, 5)
await same('builtin as task 2', joinPaths as never, 'x', 'y')
const bnd = function (this: { q: number }) {
  return this.q
}.bind({ q: 3 })
await same('bound', () => bnd())
class P {
  constructor(
    private readonly x: number,
    protected y = x * 2,
    public z?: string,
  ) {}
  get sum() {
    return this.x + this.y
  }
  static readonly create = (n: number) => new P(n)
  toJSON() {
    return { p: this.x }
  }
}
await same('param properties', () => [P.create(2).sum, JSON.stringify(new P(3))])
const p = new P(4, 1, 'z')
await same('param instance', () => [p.sum, p.z, p instanceof P])
await same('instance back', async () => new P(5).sum)
const mixin = <T extends new (...a: never[]) => object>(B: T) =>
  class extends B {
    extra = 'mixed'
  }
class Q extends mixin(P) {
  constructor() {
    super(...([7] as never))
  }
  over = () => super.sum + this.sum
  m() {
    return [1].map((x) => super.sum + x)[0]
  }
}
await same('mixin super arrows', () => {
  const q = new Q()
  return [q.m(), q.extra]
})
const scale = 3
class R {
  static base = scale;
  ['k' + scale] = scale
  method(d = scale, { e = d } = {}) {
    return d + e + R.base
  }
  static async *gen() {
    yield* [scale]
  }
  get [Symbol.toStringTag]() {
    return `R${scale}`
  }
}
await same('class captures', async () => {
  const l: number[] = []
  for await (const x of R.gen()) l.push(x)
  return [new R().method(), l, String(new R()), (new R() as unknown as Record<string, number>).k3]
})
const r = new R()
await same('class captured instance', () => [r.method(), String(r)])
const fnWithProps = Object.assign((x: number) => x + fnWithProps.offset, {
  offset: 10,
  nested: { g: () => 'g' },
})
await same('fn props', (x: number) => [fnWithProps(x), fnWithProps.nested.g()], 1)
await same('name and length', () => [
  fib.name,
  fib.length,
  R.name,
  mixin.name,
  function named(_a: number, _b = 2) {}.length,
])
const namedArrow = (a: number, _b?: number, ...c: number[]) => [namedArrow.name, namedArrow.length, a, c]
await same('own name', namedArrow as never, 1, 2, 3)
await same(
  'logical assign',
  (a: number | null) => {
    let b = a
    b ??= 3
    b ||= 4
    b &&= b + 1
    let c = 1_000
    c **= 2
    return [b, c, /[\p{L}--[a-z]]/v.test('a')]
  },
  null,
)
let outerLet = 1
const setter = {
  set value(x: number) {
    this.stored = x
  },
  stored: 0,
  get doubled() {
    return this.stored * 2 + outerLet
  },
}
setter.value = 4
outerLet = 2
await same('setter object', () => {
  const copy = { ...setter }
  return [copy.stored, setter.doubled, copy.doubled]
})
function outerArgs(..._xs: number[]) {
  const args = arguments
  return () => [args.length, args[1]]
}
await same('arguments object', outerArgs(1, 2, 3))
class S {
  v = 2
  m() {
    return { inner: () => this.v, deeper: { a: [() => () => this.v * 2] } }
  }
  static s() {
    return () => this.name
  }
  async n() {
    return (async () => (await Promise.resolve(this)).v)()
  }
}
await same('this in method arrows', new S().m().inner)
const deeper = new S().m().deeper
await same('this deeper 2', () => deeper.a[0]()())
await same('static this arrow', S.s())
await same('async this', () => new S().n())
const objThis = {
  v: 9,
  make() {
    return () => this.v
  },
}
await same('object this arrow', objThis.make())
function inFunction(this: unknown, n: number) {
  enum Local {
    a = n,
    b = 5,
  }
  const enum LC {
    z = 1,
  }
  class C {
    static n = n
    v = Local.b + LC.z
  }
  abstract class D extends C {
    w = n
  }
  class E extends D {}
  return { f: () => [Local.a, new C().v, new E().w, C.n], g: () => new E() }
}
await same('local enum class', inFunction(2).f)
const eInst = inFunction(3).g()
await same('local class instance', () => [eInst.w, eInst.v])
await same('catch pattern', () => {
  try {
    throw Object.assign(new Error('x'), { code: 3 })
  } catch ({ code, message }) {
    return [code, message]
  } finally {
    void 0
  }
})
const gens = {
  *a() {
    yield 1
  },
  async b() {
    return 2
  },
  async *c() {
    yield 3
  },
}
await same('gen methods', async () => {
  const out: unknown[] = [...gens.a(), await gens.b()]
  for await (const x of gens.c()) out.push(x)
  return out
})
const { log } = console
await same('console.log captured', () => typeof log)
await same('globals', () => [
  typeof globalThis.fetch,
  typeof URLPattern,
  typeof Iterator,
  [1, 2]
    .values()
    .map((x) => x * 2)
    .toArray(),
  typeof performance.now(),
])
const url = new URL('http://x/y?z=1'),
  usp = url.searchParams
await same('url', () => [url.href, usp.get('z')])
const te = new TextEncoder(),
  td = new TextDecoder('latin1')
await same('codecs', () => td.decode(te.encode('abc')))
const buf = Buffer.from('hello').subarray(1, 3)
await same('buffer slice', () => [buf.toString(), Buffer.isBuffer(buf), buf.length])
const shared = { n: 1 }
const pair = [shared, shared, { s: shared }]
await same(
  'identity in graph',
  () => pair[0] === pair[1] && (pair[2] as unknown as { s: object }).s === pair[0],
)
const cyc: { self?: unknown; f?: () => unknown } = {}
cyc.self = cyc
cyc.f = () => cyc.self === cyc
await same('cyclic with closure', () => cyc.f!())
const tagged =
  <T>(s: TemplateStringsArray, ...f: ((x: number) => T)[]) =>
  (x: number) =>
    f.map((g) => g(x)).concat(s as never)
await same('template of functions', tagged`a${(x) => x * scale}b` as never, 2)
type Visitor = { [K in 'num' | 'add']: (n: never) => number }
const visit: Visitor = {
  num: (n: { v: number }) => n.v,
  add: (n: { l: never; r: never }) => visit.num(n.l) + visit.num(n.r),
}
await same('visitor', () => visit.add({ l: { v: 1 }, r: { v: 2 } } as never))
const pipe =
  (...fns: ((x: number) => number)[]) =>
  (x: number) =>
    fns.reduce((a, f) => f(a), x)
await same(
  'pipe',
  pipe(
    (x) => x + scale,
    Math.sqrt,
    function sq(x) {
      return x * x
    },
    r.method.bind === undefined ? Math.abs : (x) => -x,
  ) as never,
  6,
)
const trampoline =
  <A extends unknown[]>(f: (...a: A) => unknown) =>
  (...a: A) => {
    let v = f(...a)
    while (typeof v === 'function') v = v()
    return v
  }
const sumTo = trampoline(function go(n: number, acc: number): unknown {
  return n === 0 ? acc : () => go(n - 1, acc + n)
})
await same('trampoline', sumTo as never, 1000, 0)
const Y = <A, R2>(f: (g: (a: A) => R2) => (a: A) => R2) =>
  ((x: (y: never) => (a: A) => R2) => x(x as never))(
    (x: (y: never) => (a: A) => R2) => f((y) => x(x as never)(y)) as never,
  )
await same('y combinator', Y<number, number>((g) => (n) => (n < 2 ? 1 : n * g(n - 1))) as never, 5)
await same(
  'default param closure',
  (a: number, f = () => a + scale, b = f()) => {
    var a: number
    return [a, b]
  },
  4,
)
await same(
  'var shadows param',
  function (x: number) {
    {
      function x2() {
        return scale
      }
      var y = x2()
    }
    return [x, y, typeof z]
    var z
  },
  1,
)
switch (scale as number) {
  case 3: {
    const inCase = 'c'
    await same('switch case capture', () => inCase)
    break
  }
}
lbl: {
  const inLabel = 1
  await same('label block', () => inLabel)
  break lbl
}
try {
  const inTry = 1
  throw inTry
} catch (caught) {
  await same('caught capture', () => caught)
}
for (const [key, { q }] of Object.entries({ a: { q: 1 } })) await same('for pattern', () => key + q)
for await (const x of [Promise.resolve(3)]) await same('for await', () => x)
using res = { [Symbol.dispose]() {}, v: 2 }
await same('using capture', () => res.v)
const big = await client
  .submit(() => ({
    f: (x: number) => x + scale,
    s: new Set([1]),
    c: class Z {
      a = 1
    },
  }))
  .result()
await same('came back fn', big.f as never, 2)
await same('came back class', () => new big.c().a)
class Err extends Error {
  override name = 'Err'
  constructor(
    readonly code: number,
    options?: ErrorOptions,
  ) {
    super('e' + code, options)
  }
}
await check('an error class of this file, after copies of the file came back', async () => {
  const failing = client.submit(() => {
    throw new Err(3, { cause: new Err(4) })
  })
  await assert.rejects(
    failing.result(),
    (error: Err) => error instanceof Err && error.code === 3 && error.cause instanceof Err,
  )
})
await same('iter helper', () => {
  function* g() {
    yield 1
    yield 2
  }
  return g()
    .map((x) => x * scale)
    .toArray()
})
await same('symbol desc', () => Symbol('x').description)
await same('Object.groupBy', () => Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even')))
const fieldInit = new (class {
  a = 1
  b = () => this.a
  c = [() => this.b()]
  d = { e: () => this.c[0]() }
})()
await same('class expr instance with arrow fields', () => fieldInit.d.e())
const assigned: { f?: () => string } = {}
assigned.f = function () {
  return assigned.f!.name + scale
}
export const exportedLater = (): number => hoisted() + later2
function hoisted(): number {
  return later2
}
const later2 = 5
await same('exported later', exportedLater)
let captured = await Promise.resolve(3)
class Late {
  static n = 0
  m() {
    return captured + Late.n
  }
}
Late.n = 5
await same('a class that captures and is changed later', () => new Late().m())
function early(this: { q: number }) {
  this.q = captured
}
early.count = 4
await same('a function that captures brings its properties', () => [early.count, early.name])
const unnamed: Record<string, () => unknown> = {}
unnamed.prop = () => 1
const nameless = [() => 2]
await same('functions without a name stay so, others keep theirs', () => [
  unnamed.prop.name,
  nameless[0].name,
  join2.name,
  bnd.name,
])
