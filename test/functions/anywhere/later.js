// What a program adds to its functions and classes after their declaration, wherever it does so: in JavaScript, whose types allow it.

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
    return scale + Late.n + Late.extra
  }
}
Late.n = 5
Late.extra = 2
await same('late statics of a capturing class', () => new Late().m())
class Plain {
  base = 2
}
for (const k of ['one', 'two'])
  Plain.prototype[k] = function () {
    return this.base + k.length + scale
  }
await same('prototype in a loop', () => [new Plain().one(), new Plain().two()])
function mixin(C) {
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
  name
  constructor(name) {
    this.name = name
  }
}
mixin(Person)
await same('mixin', () => [new Person('a').hello(), Person.made, new Person('b').twice])
const p = new Person('inst')
await same('an instance of a mixed class', () => p.hello())
await same('as argument', (q) => q.hello(), p)
class Sub extends Person {
  over() {
    return this.hello() + '!'
  }
}
await same('subclass of a mixed class', () => new Sub('s').over())
function Old(x) {
  this.x = x
}
if (scale > 2)
  Old.prototype.get = function () {
    return this.x * scale
  }
inherits(Old, EventEmitter)
await same('old constructor in a block', () => {
  const o = new Old(4)
  let heard = 0
  o.on('x', (v) => {
    heard = v
  })
  o.emit('x', 7)
  return [o.get(), heard]
})
function Base() {
  this.b = 1
}
Base.prototype.who = function () {
  return 'base' + scale
}
function Derived() {
  Base.call(this)
}
Derived.prototype = Object.create(Base.prototype)
Derived.prototype.constructor = Derived
Derived.prototype.me = function () {
  return this.who() + this.b
}
await same('replaced prototype', () => new Derived().me())
await check('what comes back is of the class here', async () => {
  const back = await client.submit(() => new Person('back')).result()
  assert.ok(back instanceof Person)
  assert.equal(back.hello(), 'hello back 3')
})
function make() {
  class Inner {
    v() {
      return scale + (Inner.count ?? 0)
    }
  }
  Inner.count = 4
  mixin(Inner)
  return Inner
}
const Made = make()
await same('a class in a function', () => [new Made().v(), new Made().name])
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
const f = (x) => x + f.by
if (scale) f.by = 10
await same('a function with a property set in a block', f, 1)
try {
  Plain.config = { deep: [1, scale] }
} catch {}
await same('object static', () => Plain.config.deep)
class Sym {}
Object.assign(Sym.prototype, {
  [Symbol.iterator]: function* () {
    yield 1
    yield scale
  },
})
await same('symbols on the prototype', () => [...new Sym()])
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
  Held.port = new MessageChannel().port1
  assert.throws(() => client.submit(() => new Held().v()), /`Held\.port` is a MessagePort/)
})
await client.close()
