// Small programs as scientists write them, each a task: what it gives there is what it gives here.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import * as path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import { check } from './check.ts'
import words from './mods/words.json' with { type: 'json' }

const client = await Client.local()
const { same } = asHere(client)

const config = { solver: { steps: 200, tolerance: 1e-9, method: 'newton' as const }, seeds: [1, 2, 3] }
const newton = (
  f: (x: number) => number,
  df: (x: number) => number,
  from = 1,
  { steps, tolerance } = config.solver,
): number => {
  let x = from
  for (let i = 0; i < steps && Math.abs(f(x)) > tolerance; i++) x -= f(x) / df(x)
  return x
}
await same(
  'a solver over a configuration',
  (c: number) =>
    newton(
      (x) => x * x - c,
      (x) => 2 * x,
    ),
  2,
)

class Welford {
  #n = 0
  #mean = 0
  #m2 = 0
  static merge(...parts: Welford[]): Welford {
    const all = new Welford()
    for (const part of parts) all.#add(part)
    return all
  }
  push(x: number): this {
    this.#n++
    const delta = x - this.#mean
    this.#mean += delta / this.#n
    this.#m2 += delta * (x - this.#mean)
    return this
  }
  #add(other: Welford): void {
    if (other.#n === 0) return
    const n = this.#n + other.#n
    const delta = other.#mean - this.#mean
    this.#m2 += other.#m2 + (delta * delta * this.#n * other.#n) / n
    this.#mean += (delta * other.#n) / n
    this.#n = n
  }
  get variance(): number {
    return this.#n < 2 ? Number.NaN : this.#m2 / (this.#n - 1)
  }
}
await check('partial statistics come back and are merged', async () => {
  const parts = client.map(
    (chunk: number[]) => chunk.reduce((w, x) => w.push(x), new Welford()),
    [[1, 2, 3], [4, 5], [6]],
  )
  const all = Welford.merge(...(await client.gather(parts)))
  assert.equal(all.variance.toFixed(6), '3.500000')
  const there = client.submit((...given: Welford[]) => Welford.merge(...given).variance, ...parts)
  assert.equal((await there.result()).toFixed(6), '3.500000')
})

const random = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}
await same(
  'a Monte Carlo with its own generator',
  (seed: number, n = 1000) => {
    const next = random(seed)
    let inside = 0
    for (let i = 0; i < n; i++) if (next() ** 2 + next() ** 2 < 1) inside++
    return (4 * inside) / n
  },
  config.seeds[1],
)

enum Phase {
  Solid = 'solid',
  Liquid = 'liquid',
}
const enum Unit {
  K = 1,
  C = 273.15,
}
const phaseOf = (kelvin: number): Phase => (kelvin < Unit.C ? Phase.Solid : Phase.Liquid)
await same('enums', (k: number) => [phaseOf(k), Phase.Liquid, Unit.K], 280)

const curry =
  <A, B, C, R>(f: (a: A, b: B, c: C) => R) =>
  (a: A) =>
  (b: B) =>
  (c: C) =>
    f(a, b, c)
const volume = curry((a: number, b: number, c: number) => a * b * c)
const area = volume(2)
await same('currying', area(3), 4)
const pipe =
  (...steps: ((x: number) => number)[]) =>
  (x: number) =>
    steps.reduce((y, step) => step(y), x)
await same(
  'a pipeline of functions',
  pipe(Math.sqrt, (x) => x + 1, area(1)),
  16,
)

interface Tree {
  value: number
  children: Tree[]
}
const depth = ({ children }: Tree): number => 1 + Math.max(0, ...children.map(depth))
const isEven = (n: number): boolean => n === 0 || isOdd(n - 1)
const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)
const known = new Map<number, bigint>()
const fib = (n: number): bigint => {
  if (n < 2) return BigInt(n)
  let found = known.get(n)
  if (found === undefined) {
    found = fib(n - 1) + fib(n - 2)
    known.set(n, found)
  }
  return found
}
const tree: Tree = {
  value: 1,
  children: [
    { value: 2, children: [{ value: 3, children: [] }] },
    { value: 4, children: [] },
  ],
}
await same('recursion of every kind', (t: Tree) => [depth(t), isEven(10), isOdd(7), fib(90)], tree)

function* primes(): Generator<number> {
  const found: number[] = []
  for (let n = 2; ; n++)
    if (found.every((p) => n % p !== 0)) {
      found.push(n)
      yield n
    }
}
await same('generators, taken from', () =>
  primes()
    .filter((p) => p % 4 === 1)
    .take(5)
    .toArray(),
)
async function* readings(n: number): AsyncGenerator<{ at: number }> {
  for (let at = 0; at < n; at++) {
    await sleep(0)
    yield { at }
  }
}
await same('an async iterator', () => readings(3))
await same('for await in a task', async () => {
  const all: number[] = []
  for await (const { at } of readings(4)) all.push(at)
  return all
})

abstract class Kernel {
  static readonly all = new Map<string, new (width: number) => Kernel>()
  static named(name: string, width: number): Kernel {
    const Found = Kernel.all.get(name)
    if (!Found) throw new RangeError(`no kernel ${name}: ${[...Kernel.all.keys()]}`)
    return new Found(width)
  }
  readonly width: number
  constructor(width: number) {
    this.width = width
  }
  abstract at(x: number): number
}
const register = (Class: new (width: number) => Kernel, context: ClassDecoratorContext): void => {
  Kernel.all.set(String(context.name).toLowerCase(), Class)
}
@register
class Gauss extends Kernel {
  at(x: number): number {
    return Math.exp(-((x / this.width) ** 2) / 2)
  }
}
@register
class Box extends Kernel {
  at(x: number): number {
    return Math.abs(x) < this.width ? 1 : 0
  }
}
await same(
  'a registry of classes that decorators fill',
  (x: number) => [Kernel.named('gauss', 2).at(x), Kernel.named('box', 1).at(x), [...Kernel.all.keys()]],
  1.5,
)
await same(
  'instances of them',
  (...kernels: Kernel[]) => kernels.map((k) => k.at(0.5)),
  new Gauss(1),
  new Box(3),
)

function logged<T, A extends unknown[], R>(
  f: (this: T, ...args: A) => R,
  { name }: ClassMethodDecoratorContext,
) {
  return function (this: T, ...args: A): [string, R] {
    return [String(name), f.apply(this, args)]
  }
}
class Model {
  weights = Float64Array.of(1, 2, 3)
  @logged
  predict(x: number[]): unknown {
    return this.weights.reduce((sum, w, i) => sum + w * x[i], 0)
  }
}
await same('a method with a decorator', (model: Model) => model.predict([1, 1, 1]), new Model())

await same('modules of several kinds', () => [
  path.posix.join('a', '..', 'b'),
  createHash('sha256').update('x').digest('hex').slice(0, 8),
  words,
])
await same('a dynamic import', async () => Object.keys(await import('./mods/math.ts')).length > 0)

class DomainError extends Error {
  override name = 'DomainError'
  readonly at: number
  constructor(at: number, cause: unknown) {
    super(`no logarithm of ${at}`, { cause })
    this.at = at
  }
}
const log = (x: number): number => {
  if (x <= 0) throw new RangeError(`${x} is not positive`)
  return Math.log(x)
}
const logs = (xs: readonly number[]): number[] =>
  xs.map((x) => {
    try {
      return log(x)
    } catch (cause) {
      throw new DomainError(x, cause)
    }
  })
await check('an error from deep within, with its class, fields, cause and line', async () => {
  const error = await client
    .submit(logs, [1, 2, -3])
    .result()
    .then(
      () => assert.fail('it should have failed'),
      (thrown: unknown) => thrown,
    )
  assert.ok(error instanceof DomainError)
  assert.deepEqual(
    [error.at, error.message, (error.cause as Error).message],
    [-3, 'no logarithm of -3', '-3 is not positive'],
  )
  assert.match(String(error.stack), /science\.ts:\d+/)
})

const matrix = Float64Array.from({ length: 20_000 }, (_, i) => i % 7)
const rows = Array.from({ length: 4 }, (_, i) => matrix.subarray(i * 5000, (i + 1) * 5000))
await same(
  'rows of one matrix',
  (given: Float64Array[]) => [
    given.map((row) => row.reduce((a, b) => a + b)),
    new Set(given.map(({ buffer }) => buffer)).size,
  ],
  rows,
)

class Cache {
  #entries = new Map<string, number>()
  get = this.#remembered((key: string) => key.length)
  #remembered(f: (key: string) => number): (key: string) => number {
    return (key) => {
      let found = this.#entries.get(key)
      if (found === undefined) this.#entries.set(key, (found = f(key)))
      return found
    }
  }
}
await same(
  'a method that private code made',
  (cache: Cache) => [cache.get('four'), cache.get('four')],
  new Cache(),
)

const tagged = (parts: TemplateStringsArray, ...values: number[]): string =>
  parts.raw.join(`<${values.join()}>`)
await same(
  'labels, tags, destructuring and defaults',
  ({ a = 1, ...rest }: { a?: number; b?: number }, [head, ...tail] = [1, 2, 3]) => {
    let count = 0
    outer: for (const x of tail)
      for (const y of tail)
        if (x * y > 4) break outer
        else count += x
    return [tagged`a${a}b${head}`, rest, count]
  },
  { b: 2 },
)
await client.close()
