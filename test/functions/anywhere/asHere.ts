// What a function gives on a worker, compared with what it gives here.

import assert from 'node:assert/strict'
import type { Client } from 'heddle'
import { check } from './check.ts'

type AnyFunction = (...args: never[]) => unknown

export const asHere = (client: Client) => ({
  /** A check that a function gives the same, each item of it where it gives an iterator. */
  same: (name: string, f: AnyFunction, ...args: unknown[]): Promise<void> =>
    check(name, async () => {
      const here = await settled((f as (...args: unknown[]) => unknown)(...args))
      const task = client.submit(f as (...args: unknown[]) => unknown, ...args)
      assert.deepStrictEqual(await settled(await task.result()), here)
    }),
  /** A check that a function cannot travel, and why. */
  refused: (name: string, f: () => unknown, pattern: RegExp): Promise<void> =>
    check(`refused: ${name}`, () => assert.throws(() => client.submit(f), pattern)),
})

async function settled(given: unknown): Promise<unknown> {
  const value = await given
  if (value === null || typeof value !== 'object' || typeof (value as Iterator<unknown>).next !== 'function')
    return value
  const items: unknown[] = []
  for await (const item of value as AsyncIterable<unknown>) items.push(item)
  return items
}
