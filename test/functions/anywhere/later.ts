// What a program adds to its functions and classes after their declaration, wherever it does so.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { EventEmitter } from 'node:events'
import { inherits } from 'node:util'
import { asHere } from './asHere.ts'
import { check } from './check.ts'
const client = await Client.local()
const { same } = asHere(client)
const scale = await Promise.resolve(3)
class Late {
  static n = 0
  m() {
    return scale + Late.n + (Late as any).extra
  }
}
Late.n = 5
;(Late as any).extra = 2
await same('late statics of a capturing class', () => new Late().m())
class Plain {
  base = 2
}
for (const k of ['one', 'two'])
  (Plain.prototype as any)[k] = function (this: Plain) {
    return this.base + k.length + scale
  }
await same('prototype in a loop', () => [(new Plain() as any).one(), (new Plain() as any).two()])
function mixin(C: any) {
  C.prototype.hello = function () {
    return `hello ${this.name} ${scale}`
  }
  C.made = (C.made ?? 0) + 1
  Object.defineProperty(C.prototype, 'twice', {
    get() {
      return this.name.repeat(2)
    },
    configurable: true,
  })
}
class Person {
  constructor(public name: string) {}
}
mixin(Person)
await same('mixin', () => [
  (new Person('a') as any).hello(),
  (Person as any).made,
  (new Person('b') as any).twice,
])
const p = new Person('inst')
await same('an instance of a mixed class', () => (p as any).hello())
await same('as argument', (q: any) => q.hello(), p)
class Sub extends Person {
  over() {
    return (this as any).hello() + '!'
  }
}
await same('subclass of a mixed class', () => new Sub('s').over())
function Old(this: any, x: number) {
  this.x = x
}
if (scale > 2)
  Old.prototype.get = function () {
    return this.x * scale
  }
inherits(Old as any, EventEmitter)
await same('old constructor in a block', () => {
  const o = new (Old as any)(4)
  let heard = 0
  o.on('x', (v: number) => {
    heard = v
  })
  o.emit('x', 7)
  return [o.get(), heard]
})
function Base(this: any) {
  this.b = 1
}
Base.prototype.who = function () {
  return 'base' + scale
}
function Derived(this: any) {
  Base.call(this)
}
Derived.prototype = Object.create(Base.prototype)
Derived.prototype.constructor = Derived
Derived.prototype.me = function () {
  return this.who() + this.b
}
await same('replaced prototype', () => new (Derived as any)().me())
await check('what comes back is of the class here', async () => {
  const back: any = await client.submit(() => new Person('back')).result()
  assert.ok(back instanceof Person)
  assert.equal((back as any).hello(), 'hello back 3')
})
function make() {
  class Inner {
    v() {
      return scale + ((Inner as any).count ?? 0)
    }
  }
  ;(Inner as any).count = 4
  mixin(Inner)
  return Inner
}
const Made = make()
await same('a class in a function', () => [new Made().v(), (new Made() as any).name])
class Counter {
  static made = 0
  constructor() {
    Counter.made++
  }
}
await same('a counter stays closed', () => {
  new Counter()
  return Counter.made
})
class Up {
  static n = 1
  get() {
    return Up.n
  }
}
Up.n += 4
Up.n++
await same('operators', () => [Up.n, new Up().get()])
const f = (x: number) => x + (f as any).by
if (scale) (f as any).by = 10
await same('a function with a property set in a block', f, 1)
try {
  ;(Plain as any).config = { deep: [1, scale] }
} catch {}
await same('object static', () => (Plain as any).config.deep)
class Sym {}
Object.assign(Sym.prototype, {
  [Symbol.iterator]: function* () {
    yield 1
    yield scale
  },
})
await same('symbols on the prototype', () => [...(new Sym() as any)])
Late.prototype.m = function () {
  return scale * 100
}
await same('a method that was replaced', () => new Late().m())
await check('what cannot travel is named', () => {
  class Held {
    v() {
      return scale
    }
  }
  ;(Held as any).port = new MessageChannel().port1
  assert.throws(() => client.submit(() => new Held().v()), /`Held\.port` is a MessagePort/)
})
await client.close()
