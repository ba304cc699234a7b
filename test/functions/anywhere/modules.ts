// Imports in every odd form, used in tasks.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Client } from 'heddle'
import { check } from './check.ts'
import * as everything from './mods/all.ts'
import { third as cubed, 'to the second' as squared } from './mods/math.ts'
import half, { count } from './mods/math'
import old, { Old, twice as doubled } from './mods/old.cjs'
import words from './mods/words.json'
import typedWords from './mods/words.json' with { type: 'json' }
import path = require('node:path')

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })

const enum Size {
  small = 1,
  large = small << 4,
}
enum Colour {
  red = 'r',
  blue = 'b',
}
enum Level {
  low,
  high = 'x'.length + 4,
}
declare enum Ambient {
  none = 0,
}
namespace Shapes {
  export const sides = 4
  export namespace Deep {
    export const area = (x: number): number => x * sides
  }
  export class Square {
    constructor(readonly x: number) {}
    get area(): number {
      return Deep.area(this.x)
    }
  }
}
import Deep = Shapes.Deep

await check('functions of other modules as arguments of one function, one after the other', async () => {
  const call = (f: (x: number) => number, x: number): number => f(x)
  const from = await Promise.all([import('./mods/one.ts'), import('./mods/two.ts')])
  assert.equal(await client.submit(call, from[0].one, 1).result(), 101)
  assert.equal(await client.submit(call, from[1].two, 1).result(), 201)
})
await check('names that were renamed by import and export', async () => {
  assert.deepEqual(
    await client.submit((x: number) => [cubed(x), squared(x), half(x)], 4).result(),
    [64, 16, 2],
  )
  assert.equal(await client.submit(cubed, 2).result(), 8)
  assert.equal(await client.submit(half, 2).result(), 1)
})
await check('a namespace import, nested namespaces and re-exports', async () => {
  assert.deepEqual(
    await client
      .submit(
        (x: number) => [
          everything.square(x),
          everything.math.cube(x),
          everything.halve(x),
          new everything.Dog('d').sound(),
        ],
        2,
      )
      .result(),
    [4, 8, 1, 'wau'],
  )
  assert.equal(await client.submit(everything.math.cube, 3).result(), 27)
})
await check('JSON imports, with and without attribute', async () => {
  assert.deepEqual(await client.submit(() => [words.hello, typedWords.list[2]]).result(), ['hallo', 3])
})
await check('CommonJS with a cycle of require: default, named, classes', async () => {
  assert.deepEqual(
    await client.submit((f: string) => [old.base(f), doubled(4), new Old(5).twice], '/a/b.txt').result(),
    ['b.txt', 8, 10],
  )
  assert.equal(await client.submit(doubled, 21).result(), 42)
  const back = await client.submit(() => new Old(6)).result()
  assert.ok(back instanceof Old)
})
await check('enums of every kind, const and declared', async () => {
  assert.deepEqual(
    await client.submit(() => [Size.large, Colour.blue, Level[0], Level.high, Colour]).result(),
    [16, 'b', 'low', 5, { red: 'r', blue: 'b' }],
  )
  assert.equal(typeof (0 as unknown as Ambient), 'number')
})
await check('namespaces, nested, with classes, and import aliases', async () => {
  assert.deepEqual(
    await client.submit((x: number) => [Shapes.sides, Deep.area(x), new Shapes.Square(x).area], 2).result(),
    [4, 8, 8],
  )
})
await check('import x = require()', async () => {
  assert.equal(await client.submit((f: string) => path.extname(f), 'a.csv').result(), '.csv')
})
await check('builtins in tasks, by import and by process.getBuiltinModule', async () => {
  const f = (): unknown => [
    readFileSync(import.meta.filename, 'utf8').length > 10,
    process.getBuiltinModule('node:os').EOL,
  ]
  assert.deepEqual(await client.submit(f).result(), [true, '\n'])
})
await check('createRequire in a task', async () => {
  const f = (): string => createRequire(import.meta.url)('./mods/words.json').hello
  assert.equal(await client.submit(f).result(), 'hallo')
})
await check('dynamic imports of user modules, packages and builtins', async () => {
  const f = async (x: number): Promise<unknown> => {
    const { cube } = await import('./mods/math.ts')
    const { Dog } = await import('./mods/all.ts')
    const { basename } = await import('node:path')
    return [cube(x), new Dog('z').sound(), basename('/q/w')]
  }
  assert.deepEqual(await client.submit(f, 2).result(), [8, 'wau', 'w'])
})
await check('dynamic imports by a template path', async () => {
  const f = async (lang: string): Promise<string> => (await import(`./mods/lang-${lang}.ts`)).hello
  assert.deepEqual(await client.gather(client.map(f, ['de', 'en'])), ['hallo', 'hello'])
})
await check('state of a module is a thread of its own, not this one', async () => {
  const before = count()
  const there = await client.submit(() => count()).result()
  assert.equal(typeof there, 'number')
  assert.equal(count(), before + 1)
})
