// Closures as people write them, each compared with what it gives here.

import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import Default, {
  bump,
  Classic,
  counted,
  described,
  heir,
  first,
  holder,
  Kind,
  lazy,
  live,
  'odd name' as oddName,
  others,
  Outer,
  re,
  renamed,
  sealed,
  Shape,
  table,
  third,
  ticks,
  Weight,
} from './mods/odd.ts'
import * as ns from './mods/odd.ts'

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const { same, refused } = asHere(client)

// What a module exports.
await same('const enum', () => [Weight.heavy, Kind.b, Kind['a'], Outer.In.E.y, Outer.In.E[3]])
await same('namespace state', (n: number) => Outer.plus(n), 2)
await same('namespace import', () => [Object.keys(ns).sort().length, ns.Kind.a, ns['odd name'], ns.default.n])
await same('odd names', () => [oddName, live, Default.n])
await same('map of functions', () => table.get('k')!(4))
await same('getter setter obj', () => [
  lazy.value,
  Object.getOwnPropertyDescriptor(lazy, 'value')?.set !== undefined,
])
await same('async gen import', async () => {
  let s = 0
  for await (const t of ticks(4)) s += t
  return s
})
await same('symbol key method', () => holder.read())
await same('abstract factory', () => Shape.of(3).area())
await same('frozen', () => [Object.isFrozen(sealed), Object.isFrozen(sealed.list), sealed.list[1]])
await same('regex', () => {
  re.lastIndex = 0
  const m = re.exec('in 2024')
  return [m?.groups?.year, m?.indices?.[0]]
})
await same('destructured exports', () => [renamed, others, first, third])
await same('bump', () => typeof bump())
await same('old constructors of another module', () => [Classic.from(4).twice(), heir()])
await same('what a module adds to classes and functions after their declaration', () => [
  counted(),
  described(),
])

// What stands in this file.
let k = 0
const counter = {
  get next(): number {
    return ++k
  },
  inc() {
    return this.next
  },
}
await same(
  'const-gen',
  function* (n: number) {
    for (const x of [1, 2, 3]) {
      const got = yield x * n
      if (got) return got
    }
    return 9
  },
  3,
)
await same('label', () => {
  let out = ''
  outer: for (let i = 0; i < 3; i++) {
    inner: for (let j = 0; ; j++) {
      if (j === 2) continue outer
      if (i === 2) break outer
      if (j === 1) break inner
      out += `${i}${j} `
    }
  }
  return out
})
class Tick {
  static count = 0
  static {
    Tick.count = 5
  }
  #hidden = 3
  accessor speed = 4;
  ['dyn' + 1] = 2
  static #make() {
    return new Tick()
  }
  static make() {
    return Tick.#make()
  }
  get #priv() {
    return this.#hidden * 2
  }
  has(o: object) {
    return #hidden in o
  }
  read = () => this.#hidden + this.#priv + this.speed
  async *walk() {
    yield this.#hidden
    yield* [1, 2]
  }
}
await same('class everything', async () => {
  const t = Tick.make()
  const w: number[] = []
  for await (const x of t.walk()) w.push(x)
  return [t.read(), t.has(t), t.has({}), w, Tick.count, (t as unknown as { dyn1: number }).dyn1]
})
const tick = new Tick()
class Deco {
  @bound hello() {
    return 'hi ' + (this instanceof Deco)
  }
  @twice value = 4
}
function bound(fn: (this: Deco) => string, _c: ClassMethodDecoratorContext) {
  return function (this: Deco) {
    return fn.call(this) + '!'
  }
}
function twice(_: undefined, _c: ClassFieldDecoratorContext) {
  return (v: number) => v * 2
}
const deco = new Deco()
const fs: (() => number)[] = []
for (var v = 0; v < 3; v++) fs.push(() => v)
for (let i = 0, n = 3; i < n; i++) {
  fs.push(() => i + n)
  i += 0
}
for (const f of fs) await same('loop', f)
const make = (n: number) => {
  let c = n
  return { inc: () => ++c, get: () => c }
}
const m = make(4)
m.inc()
const curry =
  (a: number) =>
  (b = a) =>
  ({ c = b } = {}) => [a, b, c]
await same('curry defaults', curry(1)(2))
await same('curry deep', curry(1)())
const tag = (s: TemplateStringsArray, ...v: unknown[]) => [s.raw.join('|'), Object.isFrozen(s), v]
await same('tag', (x: number) => tag`a\n${x}b${tag}`.slice(0, 2), 3)
await same('meta', () => [import.meta.url.slice(-7), import.meta.dirname, import.meta.filename?.slice(-7)])
await same('dynamic', async () => (await import('./mods/odd.ts')).third)
const sym = Symbol.for('shared')
const o = {
  [sym]: 1,
  [Symbol.iterator]: function* () {
    yield 7
  },
  [Symbol.toPrimitive]() {
    return 8
  },
  get [Symbol.toStringTag]() {
    return 'Odd'
  },
}
await same('symbols', () => [[...o], +o, String(Object.prototype.toString.call(o)), o[sym]])
await same('opt chain', (x?: { y?: () => number }) => [x?.y?.(), x?.['y'], x?.y?.().toFixed(1) ?? 'none'])
const fmt = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })
await same('intl', () => fmt.format(1234.5))
const dt = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'medium' }),
  coll = new Intl.Collator('de'),
  seg = new Intl.Segmenter('en', { granularity: 'word' }),
  rel = new Intl.RelativeTimeFormat('en'),
  pl = new Intl.PluralRules('en', { type: 'ordinal' }),
  lf = new Intl.ListFormat('en'),
  dn = new Intl.DisplayNames('en', { type: 'region' }),
  loc = new Intl.Locale('de-AT')
await same('intl all', () => [
  dt.format(new Date(0)),
  coll.compare('ä', 'b'),
  [...seg.segment('a b')].length,
  rel.format(-1, 'day'),
  pl.select(2),
  lf.format(['a', 'b']),
  dn.of('DE'),
  loc.language,
])
const err = new TypeError('outer', { cause: new AggregateError([new RangeError('in')], 'agg') })
await same('error', () => [
  err.message,
  (err.cause as AggregateError).errors[0] instanceof RangeError,
  err instanceof TypeError,
])
const big = 2n ** 70n,
  bytes = new Uint8Array([1, 2]),
  f16 = new Float32Array([1.5]),
  dv = new DataView(bytes.buffer, 1)
await same('bin', () => [big, bytes, f16, dv.getUint8(0), dv.buffer === bytes.buffer])
const isEven = (n: number): boolean => n === 0 || isOdd(n - 1),
  isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)
await same('mutual consts', (n: number) => isEven(n), 10)
{
  function up(n: number): string {
    return n > 2 ? 'done' : down(n + 1)
  }
  function down(n: number): string {
    return up(n)
  }
  await same('mutual block', up, 0)
}
await same('using', async () => {
  const log: string[] = []
  {
    using a = {
      [Symbol.dispose]() {
        log.push('a')
      },
    }
    await using b = {
      async [Symbol.asyncDispose]() {
        log.push('b')
      },
    }
    log.push(String(!!a && !!b))
  }
  return log
})
const wr = {
  f: function fact(n: number): number {
    return n < 2 ? 1 : n * fact(n - 1)
  },
}
await same('named fn expr', wr.f, 5)
await same(
  'arguments',
  function () {
    return [...arguments].length + (arguments[0] as number)
  },
  1,
  2,
)
await same('nested closures', () => [1, 2].map((x) => [3].map((y) => (() => x * y + k)())))
const date = new Date(5),
  set = new Set([date]),
  map = new Map<unknown, unknown>([[set, 'x']])
await same('identity', () => [set.has(date), map.get(set)])
const obj = {
  a: 1,
  get b() {
    return this.a + 1
  },
  ['c' + 1]() {
    return this.b
  },
  async *d() {
    yield this.a
  },
}
await same('obj', async () => {
  const l: number[] = []
  for await (const x of obj.d()) l.push(x)
  return [obj.b, (obj as unknown as { c1(): number }).c1(), l]
})
await same('new.target', () => {
  function N(this: { t: boolean }) {
    this.t = new.target === N
  }
  return new (N as unknown as new () => { t: boolean })().t
})
const { x: { y: [dy = 6] = [] } = {} } = {} as { x?: { y?: number[] } }
await same('destructured capture', () => dy)
const nul = Object.create(null) as Record<string, number>
nul.z = 3
await same('null proto', () => [Object.getPrototypeOf(nul), nul.z])
const sparse = [1, , 3] as number[]
await same('sparse', () => [1 in sparse, sparse.length])
await same('static this', () => {
  class A {
    static x = 2
    static y = this.x * 2
    static {
      this.y++
    }
  }
  return A.y
})
const pr = new Proxy(() => 1, {})
const ws = new WeakRef({})
const prom = Promise.resolve(2)
const gen = (function* () {
  yield 1
})()
await refused('Proxy fn', () => pr(), /Proxy|cannot/i)
await refused('WeakRef', () => ws.deref(), /WeakRef|cannot/)
await refused('generator', () => gen.next(), /generator|cannot/i)
await refused('promise', () => prom, /promise/i)
const net = await import('node:net')
const server = net.createServer()
await refused('server', () => server.listening, /server/)
const { Worker, MessageChannel } = await import('node:worker_threads')
const ch = new MessageChannel()
await refused('port', () => ch.port1.postMessage(1), /ch/)
ch.port1.close()
const fr = new FinalizationRegistry(() => {})
await refused('fr', () => fr.register({}, 1), /fr/)
const timer = setTimeout(() => {}, 0)
await refused('timer', () => clearTimeout(timer), /timer/)
void Worker
const weakSet = new Map([['w', new WeakMap()]])
await same('WeakMap', () => [weakSet.size, weakSet.get('w')!.has({})])
const memory = { get: () => new WeakRef({}), held: new WeakRef({}) }
await refused('a WeakRef inside', () => memory.held, /memory\.held/)
await same('a private name in an arrow of a field', () => tick.read())
