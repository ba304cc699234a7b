// Calls say where they stand as the stack does: each is compared with its stack, and with the arguments that were meant.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client } from 'heddle'

type Call = { noted?: string; stack: string; args: unknown[] }

class Pool {
  submit(...args: unknown[]): Call {
    const noted = globalThis.__heddle!.calls.take(args[0], args.slice(1))
    const holder: { stack?: string } = {}
    Error.captureStackTrace(holder, Pool.prototype.submit)
    const [, where] = /(places\.ts:\d+:\d+)\)?$/.exec(holder.stack!.split('\n')[1])!
    const file = noted?.file.split('/').at(-1)
    return { ...(noted && { noted: `${file}:${noted.line}:${noted.column}` }), stack: where, args }
  }
}
const pool = new Pool()
const holder = {
  pool,
  get made() {
    return new Pool()
  },
}
const f = (x?: unknown): unknown => x

/** Whether a call was noted, where its stack says it stands, with these arguments. */
function told({ noted, stack, args }: Call, ...expected: unknown[]): void {
  assert.equal(noted, stack)
  assert.deepEqual(args, expected)
}

// biome-ignore format: how it is written is what is tested.
test('calls of every form', () => {
  told(pool.submit(f), f)
  told(pool.submit(f, 1), f, 1)
  told(pool.submit(f, 1, 'two',), f, 1, 'two')
  told(pool . submit (f, /* in front */ 3 /* behind */), f, 3)
  told(pool
    .submit(
      f,
      4, // the last
    ), f, 4)
  told(holder.pool.submit(f, NaN), f, NaN)
  told(holder.made.submit(f, -0), f, -0)
  told(pool?.submit(f, undefined), f, undefined)
  told(pool.submit?.(f, null), f, null)
  told(pool.submit<number>(f, 5 as number), f, 5)
  told(pool.submit(f, (6, 7)), f, 7)
  told(pool.submit(f, ((8 as unknown) as string)!), f, 8)
  told(pool.submit(f, f ? 9 : 0), f, 9)
  const ü = '😀'; told(pool.submit(f, ü), f, ü)
	const tabbed = 1; told(pool.submit(f, tabbed), f, tabbed)
})
test('functions, objects and templates as the last argument', () => {
  const made = pool.submit(f, (x: number) => x + 1)
  told(made, f, made.args[1])
  assert.equal((made.args[1] as (x: number) => number)(1), 2)
  const declared = pool.submit(async function named() {
    return 1
  })
  assert.equal((declared.args[0] as () => void).name, 'named')
  told(declared, declared.args[0])
  told(
    pool.submit(
      f,
      {
        a: 1,
        m() {
          return 2
        },
      }.a,
    ),
    f,
    1,
  )
  const shape = pool.submit({
    m() {
      return 2
    },
  })
  assert.equal((shape.args[0] as { m(): number }).m(), 2)
  told(shape, shape.args[0])
  const Made = pool.submit(
    class {
      x = 1
    },
  )
  told(Made, Made.args[0])
  told(pool.submit(f, `a${1}`), f, 'a1')
  told(pool.submit(f, import.meta.url.length), f, import.meta.url.length)
  told(pool.submit(f, new URL('./plain.ts', import.meta.url).pathname.length > 0), f, true)
  const { submit } = pool.submit(f, { submit: 1 }).args[1] as { submit: number }
  assert.equal(submit, 1)
})
test('lists that are spread', () => {
  const list = [1, 2]
  told(pool.submit(...([f, 1] as const)), f, 1)
  told(pool.submit(f, ...list), f, 1, 2)
  told(pool.submit(f, ...list, 3), f, 1, 2, 3)
  told(pool.submit(f, ...list, ...[4]), f, 1, 2, 4)
  // By the stack: other iterables, and lists without an item.
  for (const [call, expected] of [
    [pool.submit(f, ...[]), [f]],
    [pool.submit(f, ...new Set([5])), [f, 5]],
    [pool.submit(f, ...'ab'), [f, 'a', 'b']],
  ] as const) {
    assert.equal(call.noted, undefined)
    assert.deepEqual(call.args, expected)
  }
  assert.throws(() => pool.submit(f, ...(3 as never)), TypeError)
})
test('calls in arguments of calls, in their order', () => {
  const order: string[] = []
  const say = (text: string): string => (order.push(text), text)
  const outer = pool.submit(say('a') as never, pool.submit(say('b'), say('c')), pool.submit(f, say('d')))
  assert.deepEqual(order, ['a', 'b', 'c', 'd'])
  told(outer, 'a', outer.args[1], outer.args[2])
  told(outer.args[1] as Call, 'b', 'c')
  told(outer.args[2] as Call, f, 'd')
})
test('await and yield in the last argument', async () => {
  const later = async (value: number): Promise<Call> => pool.submit(f, await Promise.resolve(value))
  const [one, two] = await Promise.all([later(1), later(2)])
  told(one, f, 1)
  told(two, f, 2)
  function* asks(): Generator<string, Call, number> {
    return pool.submit(f, yield 'which?')
  }
  const a = asks()
  const b = asks()
  a.next()
  b.next()
  told(a.next(1).value as Call, f, 1)
  told(b.next(2).value as Call, f, 2)
  async function* items(): AsyncGenerator<Call> {
    for (const item of [1, 2]) yield pool.submit(f, await item)
  }
  for await (const call of items()) told(call, f, call.args[1])
})
test('others of that name keep their meaning', () => {
  const form = {
    submit(this: unknown, ...args: unknown[]) {
      return [this === form, ...args]
    },
    other() {
      return this.submit(1)
    },
  }
  assert.deepEqual(form.submit(1, 2), [true, 1, 2])
  assert.deepEqual(form.submit(), [true])
  assert.deepEqual(form.other(), [true, 1])
  assert.deepEqual(form['submit'](3), [true, 3])
  class Wrapped extends Pool {
    override submit(...args: unknown[]): Call {
      return super.submit(...args)
    }
    #submit(x: number): number {
      return x
    }
    priv(): number {
      return this.#submit(4)
    }
    static submit = new (class {
      submit = function (this: unknown, x: number) {
        return new.target ?? x
      }
    })().submit(5)
  }
  assert.equal(Wrapped.submit, 5)
  assert.equal(new Wrapped().priv(), 4)
  // The line inside of the wrapper calls, as the stack has it.
  told(new Wrapped().submit(f, 1), f, 1)
  assert.equal(undefined!?.submit(f), undefined)
})
test('a call that nobody noted takes the place of no other', () => {
  const other = { submit: (..._: unknown[]): void => {} }
  const submit = pool.submit.bind(pool)
  other.submit(f, 1)
  assert.equal(submit(f, 2).noted, undefined)
  other.submit(f, f, 2)
  assert.equal(submit(f, 2).noted, undefined)
  const method = 'submit'
  assert.equal(pool[method](f, 2).noted, undefined)
  assert.equal(Reflect.apply(pool.submit, pool, [f]).noted, undefined)
  told(pool.submit(f, 2), f, 2)
  assert.equal(submit(f, 2).noted, undefined)
})
test('an error in a call has the stack that it had', () => {
  const thrown = (work: () => unknown): string => {
    try {
      work()
    } catch (error) {
      return (error as Error).stack!.split('\n').slice(0, 3).join(' ')
    }
    return ''
  }
  const fail = (): never => {
    throw new Error('no')
  }
  assert.match(
    thrown(() => pool.submit(f, fail())),
    /at fail .*places\.ts:\d+:\d+\)\s+at .*places\.ts/,
  )
  assert.doesNotMatch(
    thrown(() => pool.submit(f, fail())),
    /__heddle/,
  )
  assert.match(
    thrown(() => (undefined as never as Pool).submit(f, 1)),
    /reading 'submit'/,
  )
  assert.match(
    thrown(() => (({}) as Pool).submit(f, 1)),
    /\.submit is not a function/,
  )
  assert.doesNotMatch(
    thrown(() => pool.submit(f, ...(3 as never))),
    /__heddle/,
  )
})
test('in a class with private names, fields and static blocks', () => {
  class Holder {
    #pool = pool
    first = this.#pool.submit(f, this.#of)
    static found: Call
    static {
      Holder.found = pool.submit(f, 'static')
    }
    get #of() {
      return 'field'
    }
    later = () => this.#pool.submit(f, this)
  }
  told(Holder.found, f, 'static')
  const made = new Holder()
  told(made.first, f, 'field')
  told(made.later(), f, made)
})

const client = await Client.local({ workers: 1 })
after(() => client.close())
const seven = await Promise.resolve(7)

test('in tasks, in what they capture, and in tasks of tasks', async () => {
  const places = ({ noted, stack }: Call): unknown[] => [noted, stack]
  const inner = (x: number): unknown[] => places(new Pool().submit(f, x + seven))
  const task = (): unknown[][] => {
    const here = [1].map((x) => new Pool().submit(x, () => x))
    return [...here.map(places), inner(1), places(new Pool().submit(f, this, ...[seven]))]
  }
  const found = (await client.submit(task)) as unknown[][]
  assert.deepEqual(found, task())
  for (const [noted, stack] of found) assert.equal(noted, stack)
  assert.equal(new Set(found.map(String)).size, 3)
})
