// What the compiler knows of futures: this file is checked by it, and fails the check where a type is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client, Computed, Future } from '../../runtime/index.ts'

/** Accepts a value only of exactly the type that is named. */
const exactly =
  <T>() =>
  <U>(_value: U, _same: [T, U] extends [U, T] ? true : false): void => {}

/** Never called: its body is only compiled. */
async function compiled(client: Client): Promise<void> {
  const number = client.submit((x: number) => x + 1, 1)
  exactly<Future<number>>()(number, true)
  const text = client.submit(async (x: number, y = 'a') => `${x}${y}`, number)
  exactly<Future<string>>()(text, true)

  // Futures stand for arguments at any depth of plain data.
  const mean = (options: { values: number[]; weights?: [number, number] }): number => options.values[0]
  client.submit(mean, { values: [1, number, 3], weights: [number, 2] })
  client.submit(
    (values: number[]) => values.length,
    client.map((x: number) => x, [1, 2]),
  )
  // @ts-expect-error: a future of another type is no argument
  client.submit((x: number) => x, text)
  // @ts-expect-error: an argument is missing
  client.submit((x: number) => x)
  // @ts-expect-error: one argument too many
  client.submit((x: number) => x, 1, 2)

  exactly<Future<number>[]>()(
    client.map((x) => x * 2, [1, 2]),
    true,
  )
  exactly<Future<number>[]>()(
    client.map(() => 1, [1, 2]),
    true,
  )
  exactly<Future<string>[]>()(
    client.map((x: number) => `${x}`, [1, number]),
    true,
  )
  exactly<Future<number>[]>()(
    client.map((x: number, y: string) => x + y.length, [1, 2], new Set(['a', 'b'])),
    true,
  )
  exactly<Future<number>[]>()(client.with({ retries: 1 }).map(Math.sqrt, [1, 2]), true)

  exactly<number[]>()(await client.gather([number, number]), true)
  exactly<{ a: number; b: (string | number)[] }>()(await client.gather({ a: number, b: [text, 1] }), true)
  exactly<Future<Float64Array<ArrayBuffer>>>()(await client.scatter(new Float64Array(3)), true)
  exactly<{ a: Future<number>; b: Future<string> }>()(await client.scatter({ a: 1, b: 'x' }), true)
  exactly<Future<number>[]>()(await client.scatter([1, 2]), true)
  exactly<Date>()({} as Computed<Date>, true)
}

test('the types of futures are compiled', () => {
  assert.equal(typeof compiled, 'function')
})
