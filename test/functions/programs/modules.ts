#!/usr/bin/env node
// 🤨 an astral character before everything, to check offsets
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import Decimal from 'decimal.js'
import { Client, inWorker, onWorker, perWorker } from 'heddle'
import _ from 'lodash'
import capitalize from 'lodash/capitalize.js'
import { z } from 'zod'
import { normalise as norm2, Sq } from './modules/barrel.ts'
// In this order: the cycle can be entered only here.
import { B } from './modules/circB.ts'
import { A, viaB } from './modules/circA.ts'
import cjs from './modules/cjsModule.cjs'
import data from './modules/data.json' with { type: 'json' }
import bareData from './modules/data.json'
import * as H from './modules/helpers.ts'
import twice, { boom, chunked, next, normalise, statements } from './modules/helpers.ts'
import { clsName as cn, default as dflt, viaExport } from './modules/importExport.ts'
import { late } from './modules/late'
import Def, { help, type Local, nrm } from './modules/reexports.ts'
import { viaMainBad } from './modules/usesMainBad.ts'
import { viaMain } from './modules/usesMainGood.ts'

if (process.env.SIDE_FILE) fs.appendFileSync(process.env.SIDE_FILE, 'main\n')
const factor = await Promise.resolve(3)
enum Colour {
  Red = 1,
  Green = Red * 2,
  Blue = 'b',
}
enum Flag {
  A = 1,
  B = 2,
}
namespace Geo {
  export const unit = 10
  export function scale(x: number): number {
    return x * unit
  }
}
function fnNs(x: number): number {
  return x + fnNs.k
}
namespace fnNs {
  export const k = 5
}
enum E1 {
  A = 1,
}
enum E1 {
  B = 2,
}
const re = /^a(\d+)$/i,
  collator = new Intl.Collator('en'),
  enc = new TextEncoder()
const schema = z.object({ n: z.number() })
const lazySchema = perWorker(() => z.object({ n: z.number() }))
const made = perWorker(() => ({ id: Math.random() }))
const compiled = perWorker(() => {
  const k = factor
  return (x: number) => x + k
})
const twin1 = perWorker(() => new Map<string, number>())
const twin2 = perWorker(() => new Map<string, number>())
export function closedFromMain(x: number): number {
  return x + 10
}
export const openFromMain = { value: factor }
onWorker(() => {
  ;(globalThis as { setUp?: number }).setUp = ((globalThis as { setUp?: number }).setUp ?? 0) + factor
})

const client = await Client.local({ workers: 2 })
after(() => client.close())

test('an import from a user module', async () =>
  assert.deepEqual(await client.map((w: string) => normalise(w, { lower: true }), [' A ', 'B']), ['a', 'b']))
test('default export, namespace import, barrel', async () =>
  assert.deepEqual(
    await client.submit((x: number) => [twice(x), H.times(2)(x), norm2(' q '), new Sq(2).area()], 4),
    [8, 8, 'q', 4],
  ))
test('a CommonJS package', async () =>
  assert.deepEqual(await client.submit((xs: number[]) => [_.sum(xs), chunked(xs)], [1, 2, 3]), [
    6,
    [[1, 2], [3]],
  ]))
test('a package with a native addon, through an import', async () =>
  assert.equal(await client.submit(statements, 'a; b'), 2))
test('a builtin of Node', async () =>
  assert.equal(
    await client.submit((s: string) => createHash('md5').update(s).digest('hex').slice(0, 6) + path.sep, 'a'),
    '0cc175/',
  ))
test('a function of a package, passed directly', async () => {
  assert.deepEqual(await client.map(_.capitalize, ['ab']), ['Ab'])
  assert.deepEqual(await client.map(capitalize, ['cd']), ['Cd'])
})
test('a function of the language, passed directly', async () => {
  assert.deepEqual(await client.map(Math.sqrt, [4, 9]), [2, 3])
  assert.equal(await client.submit(JSON.stringify as (o: object) => string, { a: 1 }), '{"a":1}')
})
test('enum, const enum, namespace', async () =>
  assert.deepEqual(await client.submit(() => [Colour.Green, Colour[1], Colour.Blue, Flag.B, Geo.scale(3)]), [
    2,
    'Red',
    'b',
    2,
    30,
  ]))
test('merged namespace and function, merged enums', async () =>
  assert.deepEqual(await client.submit(() => [fnNs(1), E1.A, E1.B]), [6, 1, 2]))
test('dynamic imports in a task: user module, package, builtin', async () => {
  const fn = async (x: number) => [
    (await import('./modules/late.ts')).late(x),
    (await import('lodash')).default.add(1, 2),
    typeof (await import('node:os')).cpus,
  ]
  assert.deepEqual(await client.submit(fn, 1), [1001, 3, 'function'])
})
test('import.meta.url and import.meta.dirname in a task', async () =>
  assert.deepEqual(
    await client.submit(() => [path.basename(import.meta.url), path.basename(import.meta.dirname)]),
    ['modules.ts', 'programs'],
  ))
test('perWorker makes one value a worker thread', async () => {
  const ids = await client.map((_x: number) => made().id, [...Array(20).keys()])
  assert.equal(new Set(ids).size, 2)
})
test('perWorker with captures', async () =>
  assert.equal(await client.submit((x: number) => compiled()(x), 1), 4))
test('two perWorker values of the same text are two values', async () =>
  assert.equal(
    await client.submit(() => {
      twin1().set('a', 1)
      return twin2().size
    }),
    0,
  ))
test('onWorker runs before the first task, once a thread, with its captures', async () =>
  assert.deepEqual(
    await client.map(() => (globalThis as { setUp?: number }).setUp, [1, 2, 3, 4]),
    [3, 3, 3, 3],
  ))
test('a schema of a package is refused with advice; perWorker passes', async () => {
  await assert.rejects(
    async () => client.submit((v: unknown) => schema.parse(v), { n: 1 }),
    /schema.*perWorker/,
  )
  assert.deepEqual(await client.submit((v: unknown) => lazySchema().parse(v), { n: 1 }), { n: 1 })
})
test('pure constants: RegExp, Intl, TextEncoder', async () =>
  assert.deepEqual(
    await client.submit(() => [re.exec('A12')![1], collator.compare('a', 'b'), enc.encode('é').length]),
    ['12', -1, 2],
  ))
test('a JSON import, with and without its attribute', async () =>
  assert.deepEqual(await client.submit(() => [data.answer, bareData.answer]), [42, 42]))
test('a helper that imports a closed function of the main script', async () =>
  assert.equal(await client.submit(viaMain, 1), 12))
test('a helper that imports a value of the main script is refused', async () =>
  assert.rejects(
    async () => client.submit(viaMainBad, 1),
    /imports `openFromMain` from the program's main script modules\.ts.*Move/,
  ))
test('an imported module keeps its own state on each worker', async () => {
  const r = await client.map((_x: number) => next(), [1, 2, 3, 4, 5, 6])
  assert.ok(Math.max(...r) >= 3 && Math.max(...r) <= 6)
  assert.equal(H.counter, 0)
})
test('a module-level object by value, changed before sending', async () => {
  openFromMain.value = 99
  assert.equal(await client.submit(() => openFromMain.value), 99)
  openFromMain.value = factor
})
test('circular helper modules with extends', async () =>
  assert.deepEqual(await client.submit(() => [viaB(), new B().kind(), A.make() instanceof B]), [
    'B>A',
    'B>A',
    true,
  ]))
test('forms of re-export, a nameless default class', async () => {
  const d = new Def()
  assert.deepEqual(
    await client.submit(
      (l: Local) => [nrm('a'), help.times(3)(2), new Def().get(), d.get(), d instanceof Def, l.a],
      { a: 9 },
    ),
    ['a!', 6, 5, 5, true, 9],
  )
})
test('import-then-export barrel, export list with renames and default', async () =>
  assert.deepEqual(await client.submit((x: number) => [viaExport(x), cn(), dflt(1)], 1), [1001, 'Q', 11]))
test('a CommonJS module of the user', async () =>
  assert.equal(await client.submit((x: number) => cjs.quad(x), 2), 8))
test('functions and instances of a CommonJS module of the user', async () => {
  assert.equal(await client.submit(cjs.quad, 3), 12)
  const k = new cjs.K(5)
  assert.equal(await client.submit(() => k.get()), 5)
})
test('an import without extension', async () =>
  assert.equal(await client.submit((x: number) => late(x), 1), 1001))
test('a stack on the worker names the line of the .ts file', async () => {
  const source = fs.readFileSync(import.meta.filename, 'utf8').split('\n')
  const line = source.findIndex((text) => /^ +throw new TypeError/.test(text)) + 1
  const column = source[line - 1]!.indexOf('new TypeError') + 1
  const error = (await client
    .submit(function failing(x: number) {
      const y = x + 1
      throw new TypeError('bad ' + y)
    }, 1)
    .catch((e: unknown) => e)) as Error & { failure: { place: object } }
  assert.deepEqual([error.name, error.message], ['TypeError', 'bad 2'])
  assert.match(error.stack!, new RegExp(`failing.*programs/modules\\.ts:${line}:${column}`))
  assert.deepEqual(error.failure.place, { file: import.meta.filename, line, column })
  const deeper = (await client.submit((x: number) => boom(x), 1).catch((e: unknown) => e)) as Error
  assert.match(deeper.stack!, /boom .*modules\/helpers\.ts:23:20/)
  assert.match(deeper.stack!, /programs\/modules\.ts/)
  assert.match(deeper.stack!, /in task task-\d+ on worker lane$/)
})
test('decimal.js in a task that never had an instance', async () =>
  assert.equal(await client.submit(() => new Decimal(1).div(4).toString()), '0.25'))
test('inWorker(), and the main script does not run again', async () =>
  assert.deepEqual([inWorker(), await client.submit(() => inWorker())], [false, true]))
