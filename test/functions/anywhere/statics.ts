// What classes, namespaces and weak collections hold apart from variables, changed by the program before it sends a function.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { Account, openAccount, Shared } from './mods/accounts.ts'
import { Config, described, lookUp, Options, open } from './mods/settings.ts'
import { asHere } from './asHere.ts'
import { check } from './check.ts'

const client = await Client.local()
const { same } = asHere(client)
const scale = await Promise.resolve(3)

class Lists {
  static list: number[] = []
  static names = new Map<string, number>()
  static seen = new Set<unknown>()
  static table = new Float64Array(4)
  static nested = { deep: { list: [1] } }
  static later: { n: number } | undefined
  static factor = 1
  static set(factor: number): void {
    Lists.factor = factor
  }
  static sum(): number {
    return Lists.list.reduce((a, b) => a + b, 0) * Lists.factor
  }
}
Lists.list.push(1, 2)
Lists.names.set('a', 1)
Lists.seen.add('x')
for (let i = 0; i < 4; i++) Lists.table[i] = i
Lists.nested.deep.list.push(2)
await same('lists, maps, sets and tables that the module fills', () => [
  Lists.sum(),
  [...Lists.names],
  [...Lists.seen],
  [...Lists.table],
  Lists.nested,
])
Lists.set(10)
await same('by a static method', () => Lists.sum())
await same('a static method itself', Lists.sum)
async function fill(): Promise<void> {
  await Promise.resolve()
  Lists.later = { n: 5 }
  Lists.list.push(3)
}
await fill()
await same('by a function that runs later', () => [Lists.later, Lists.sum()])
const helper = (): number => Lists.sum() + 1
const callsHelper = (): number => helper() * 2
await same('through helpers', () => callsHelper())
class Both {
  static first: number[] = []
  static third = 0
  static second: number[] = []
}
Both.first.push(1)
Both.second = [2]
Both.second.push(3)
Both.third = 4
Both.first.push(5)
await same('fields that the module assigns and fills in turn', () => [Both.first, Both.second, Both.third])
class Counter {
  static made = 0
  constructor() {
    Counter.made++
  }
}
new Counter()
await check('a count is each process’s own', async () => {
  assert.equal(await client.submit(() => Counter.made).result(), 0)
})

class Registry {
  static #items = new Map<string, number>()
  static #count = 0
  static add(name: string): void {
    Registry.#items.set(name, Registry.#items.size)
    Registry.#count += 1
  }
  static names(): string[] {
    return [...Registry.#items.keys()]
  }
}
for (const name of ['a', 'b']) Registry.add(name)
await same('private static fields', () => Registry.names())

class Single {
  static #one: Single | undefined
  #settings = new Map<string, number>()
  static get one(): Single {
    Single.#one ??= new Single()
    return Single.#one
  }
  set(key: string, value: number): this {
    this.#settings.set(key, value)
    return this
  }
  get(key: string): number | undefined {
    return this.#settings.get(key)
  }
}
Single.one.set('a', 1)
await same('the one instance of a class', () => Single.one.get('a'))
Single.one.set('a', 2)
await same('changed again', () => Single.one.get('a'))

class Scaled {
  static list: number[] = []
  times(): number[] {
    return Scaled.list.map((n) => n * scale)
  }
}
Scaled.list.push(4)
await same('a class that captures', () => new Scaled().times())
Scaled.list.push(5)
await same('and is changed again', () => new Scaled().times())
await same('of an instance that is given', (given: Scaled) => given.times(), new Scaled())

class Marks {
  static map = new WeakMap<object, string>()
  static #hidden = new WeakSet<object>()
  static mark(object: object): void {
    Marks.#hidden.add(object)
  }
  static isMarked(object: object): boolean {
    return Marks.#hidden.has(object)
  }
}
const key = { name: 'key' }
const other = { name: 'other' }
Marks.map.set(key, 'found')
Marks.mark(key)
await same('weak collections in static fields', () => [
  Marks.map.get(key),
  Marks.map.has(other),
  Marks.isMarked(key),
  Marks.isMarked(other),
])
const registered = new WeakMap<object, string>()
const isReady = new WeakSet<object>()
function register(object: object, name: string): void {
  registered.set(object, name)
  isReady.add(object)
}
register(key, 'by a function')
await same('weak collections that a function fills', () => [
  registered.get(key),
  isReady.has(key),
  isReady.has(other),
])

const balances = new WeakMap<Hidden, number>()
class Hidden {
  constructor(balance: number) {
    balances.set(this, balance)
  }
  get balance(): number {
    return balances.get(this) ?? Number.NaN
  }
}
const hidden = new Hidden(7)
await same('state that a class keeps in a WeakMap', () => hidden.balance)
await same(
  'of instances that are given',
  (...all: Hidden[]) => all.map((one) => one.balance),
  new Hidden(1),
  hidden,
)
await check('of instances that come back', async () => {
  const back = await client.submit(() => [new Hidden(8), hidden]).result()
  assert.deepEqual(
    back.map((one) => one.balance),
    [8, 7],
  )
})
await same('in a module that is imported', (given: Account) => given.balance, openAccount(9))
await check('and back', async () => {
  const back = await client.submit((given: Account) => given.plus(1), openAccount(9)).result()
  assert.equal(back.balance, 10)
})
await same('a module’s own top level runs there', () => Shared.list)

namespace Settings {
  export const list: number[] = []
  export let mode = 'slow'
  export const both = () => [list.length, mode]
}
Settings.list.push(1)
Settings.mode = 'fast'
await same('namespaces', () => [Settings.list, Settings.mode, Settings.both()])

await check('functions sent in turn see what there was when they were sent', async () => {
  class State {
    static log: string[] = []
  }
  const read = (): string => State.log.join()
  const tasks = []
  for (const word of ['a', 'b', 'c', 'd']) {
    State.log.push(word)
    tasks.push(client.with({ pure: false }).submit(read))
  }
  assert.deepEqual(await client.gather(tasks), ['a', 'a,b', 'a,b,c', 'a,b,c,d'])
})
class Log {
  static lines: string[] = []
}
await check('the same at the top level', async () => {
  const read = (): string => Log.lines.join()
  const tasks = []
  for (const word of ['a', 'b', 'c', 'd']) {
    Log.lines.push(word)
    tasks.push(client.submit(read))
  }
  assert.deepEqual(await client.gather(tasks), ['a', 'a,b', 'a,b,c', 'a,b,c,d'])
})
await check('the same state makes the same task', async () => {
  const keyOf = (): string => client.submit(() => Log.lines.length).key
  const once = keyOf()
  assert.equal(keyOf(), once)
  Log.lines.push('e')
  assert.notEqual(keyOf(), once)
})
class Pool {
  static port: MessagePort | undefined
  static opened = 0
  static open(): number {
    Pool.port ??= new MessageChannel().port1
    Pool.port.close()
    return 5
  }
}
await check('what cannot be sent begins as the text says', async () => {
  assert.equal(Pool.open(), 5)
  assert.equal(await client.submit(() => Pool.open()).result(), 5)
})
await check('a task that changes it changes its worker’s own', async () => {
  const seen = await client
    .submit(() => {
      Lists.list.push(100)
      return Lists.list.includes(100)
    })
    .result()
  assert.deepEqual([seen, Lists.list.includes(100)], [true, false])
})

function fibonacci(n: number): number {
  if (n < 2) return n
  fibonacci.calls++
  fibonacci.known[n] ??= fibonacci(n - 1) + fibonacci(n - 2)
  return fibonacci.known[n]
}
fibonacci.known = {} as Record<number, number>
fibonacci.calls = 0
fibonacci.label = 'plain'
const usesIt = (n: number): unknown[] => [fibonacci(n), fibonacci.label, Object.keys(fibonacci.known).length]
await same('properties of a function as its module says', usesIt, 5)
fibonacci(12)
fibonacci.label = 'changed'
await same('properties of a function that a helper reads', usesIt, 5)
await same('and of the one that is sent', fibonacci, 9)
await check('each of them as it is', async () => {
  const state = await client.submit(() => [fibonacci.calls, fibonacci.known[12], fibonacci.label]).result()
  assert.deepEqual(state, [fibonacci.calls, 144, 'changed'])
})
const arrow = (): unknown => [arrow.list, arrow.map.get('k')]
arrow.list = [1]
arrow.map = new Map<string, number>()
function later(): void {
  arrow.list.push(2)
  arrow.map.set('k', 3)
}
later()
await same('of an arrow function, by a function', arrow)
await same('through another one', () => arrow())
function untold(): unknown {
  return (untold as { extra?: number }).extra
}
const setLater = (): void => {
  ;(untold as { extra?: number }).extra = 4
}
setLater()
await same('that nothing at the top level declares', () => untold())
await same('of one that is sent', untold)
function opened(): boolean {
  return opened.port === undefined
}
opened.port = undefined as MessagePort | undefined
const openIt = (): void => {
  opened.port = new MessageChannel().port1
  opened.port.close()
}
openIt()
await check('what cannot be sent of it stays', async () => {
  assert.deepEqual(await client.gather([client.submit(opened), client.submit(() => opened())]), [true, true])
})
await check('the same properties make the same task, others another', () => {
  const keyOf = (): string => client.submit(() => usesIt(3)).key
  const once = keyOf()
  assert.equal(keyOf(), once)
  fibonacci.label = 'again'
  assert.notEqual(keyOf(), once)
})

await same('a module that nobody has changed', () => [
  described(),
  Config.limit('a'),
  lookUp('one'),
  Options.list,
])
Config.mode = 'fast'
Config.names.push('later')
Config.limit('a', 5)
Options.depth = 3
Options.list.push(7)
await same('classes and namespaces of an imported module, changed here', () => [
  Config.mode,
  Config.names,
  Config.limit('a'),
  Options.depth,
  Options.list,
])
await same('seen by functions of that module', () => described())
await same('by one that is sent itself', described)
lookUp('two')
lookUp.table.two = 2
lookUp.other = 0
await same('functions of an imported module', () => [lookUp('two'), lookUp('three'), lookUp.asked.length > 3])
await same('sent itself', lookUp, 'two')
open()
await check('what cannot be sent of a module stays as that module makes it', async () => {
  assert.deepEqual(await client.submit(() => [Config.socket, Config.mode]).result(), [undefined, 'fast'])
})
await check('in tasks of tasks', async () => {
  const nested = async (): Promise<unknown> => {
    const inner = await Client.local()
    return inner.submit(() => [Config.mode, Config.names.at(-1), fibonacci.label]).result()
  }
  assert.deepEqual(await client.submit(nested).result(), ['fast', 'later', 'again'])
})
await client.close()
