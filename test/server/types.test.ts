// What TypeScript's checker adds to what the text tells: collections behind packages and classes, and classes that cannot travel.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Node } from 'oxc-parser'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { Checker } from '../../server/types/checker.ts'
import { expressionsToAsk, namesToAsk } from '../../server/types/questions.ts'
import { TypeService } from '../../server/types/typeService.ts'
import { marked } from './marks.ts'

const ROOT = join(import.meta.dirname, '../..')
const TYPESCRIPT = join(ROOT, 'node_modules/typescript/lib/typescript.js')
const THREAD = new URL('../../server/types/thread.ts', import.meta.url)

const HEDDLE = `export declare class Bag<out T> { compute(): Promise<T[]>; sum(): Delayed<number>; filter(f: (x: T) => boolean): Bag<T> }
export declare class DataFrame<out Row = unknown> { row: Row; compute(): Promise<Row[]>; sum(): DataFrame<Row> }
export interface Delayed<T> { compute(): Promise<T> }
export declare class Future<T> { result(): Promise<T> }
export declare const bag: { range(n: number): Bag<number> }
export declare class Client { static local(): Promise<Client>; submit(f: () => unknown): Future<unknown> }
`
const STORE = `import type { Bag, DataFrame, Future } from 'heddle'
export declare class Store { frame(): DataFrame; later(): Promise<Bag<string>>; all: Future<number>[]; bags: Bag<number>[]; by: Record<string, DataFrame>; any(): Bag<number> | DataFrame; maybe(): Bag<number> | undefined }
export declare function open(): Store
`
const OWN = `import { Socket } from 'node:net'
import { EventEmitter } from 'node:events'
export class Line extends Socket {}
export class Bus extends EventEmitter {}
export const open = () => new Line()
export const weak = () => new WeakRef({})
export class Worker { name = 'one of ours' }
export const own = () => new Worker()
export async function load() { return 3 }
`

const HEAD = "import { bag } from 'heddle'\nimport { open, Store } from 'store'\n"
/** Expressions that no variable holds, with marks below what is found by their types. */
const EXPRESSIONS: readonly [what: string, source: string][] = [
  [
    'types of calls',
    `${HEAD}open().frame().compute()
//             ^^^^^^^^^ missing-await`,
  ],
  [
    'types of elements',
    `${HEAD}const store = new Store()
store.bags[0].sum().compute()
//                  ^^^^^^^^^ missing-await
store.by['a'].sum().compute()
//                  ^^^^^^^^^ missing-await`,
  ],
  [
    'types of what is awaited, and of conditions',
    `${HEAD}const store = new Store()
;(await store.later()).sum().compute()
//                           ^^^^^^^^^ missing-await
;(store.all.length > 3 ? store.bags[0] : store.bags[1]).sum().compute()
//                                                            ^^^^^^^^^ missing-await`,
  ],
  [
    'types of what is given functions',
    `${HEAD}let seen = 0
open().bags[1].filter((n) => { seen++; return n > 3 })
//                             ^^^^ assigns-capture`,
  ],
  [
    'types of what is used as a value',
    `${HEAD}console.log([...open().bags[0]])
//              ^^^^^^^^^^^^^^ collection-as-value
console.log(\`\${open().frame()}\`)
//             ^^^^^^^^^^^^^^ collection-as-value
console.log(open().bags[0] + open().frame())
//          ^^^^^^^^^^^^^^ collection-as-value
//                           ^^^^^^^^^^^^^^ collection-as-value
for (const n of open().bags[0]) console.log(n)
//              ^^^^^^^^^^^^^^ collection-as-value`,
  ],
  [
    'types of either of two',
    `${HEAD}open().any().sum().compute()
//                 ^^^^^^^^^ missing-await
const some = open().any()
some.sum().compute()
//         ^^^^^^^^^ missing-await`,
  ],
  [
    'types of others, rightly',
    `${HEAD}const store = new Store()
if (store.maybe()) console.log(store.maybe()?.filter((n) => n > 3))
console.log([...store.bags], \`\${store.bags.length}\`, store.all.length + Math.max(...store.all.map(() => 3)))
for (const bag of store.bags) console.log(bag)
await open().frame().sum().compute()
await Promise.all(store.bags.map((each) => each.sum().compute()))
class Job { compute() {} }
const jobs = [new Job()]
jobs[0].compute()`,
  ],
]

describe('with a project', () => {
  let folder: string
  let checker: Checker

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-types-'))
    const put = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    put('node_modules/heddle/dist/types/index.d.ts', HEDDLE)
    put('node_modules/heddle/package.json', '{ "name": "heddle", "types": "./dist/types/index.d.ts" }')
    put('node_modules/store/index.d.ts', STORE)
    put('node_modules/store/package.json', '{ "name": "store", "types": "./index.d.ts" }')
    put('own.ts', OWN)
    mkdirSync(join(folder, 'node_modules/@types'))
    for (const name of ['@types/node', 'undici-types'])
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
    const loaded = Checker.load(TYPESCRIPT)
    assert.ok(loaded)
    checker = loaded
  })
  after(() => rmSync(folder, { recursive: true }))

  const typed = (text: string, name = 'main.ts'): Subject => {
    const file = join(folder, name)
    const subject = Subject.of(file, text)
    assert.ok(subject)
    const [offsets, expressions] = [namesToAsk(subject), expressionsToAsk(subject)]
    subject.types = checker.typesOf({ file, text, offsets, expressions })
    return subject
  }

  test('collections behind packages, classes and parameters', async () => {
    const text = `import { bag } from 'heddle'
import { Store } from 'store'
const store = new Store()
const frame = store.frame()
const later = store.later()
const words = await store.later()
const many = store.all
const small = [bag.range(3)].map((each) => { const total = each.sum(); return total })
const marked = new Map([[1, frame]]).get(1)!
const n = 3
`
    const hints = await inlayHints(typed(text), { start: 0, end: text.length }, async () => undefined)
    assert.deepEqual(
      hints.map((hint) => (/\w+$/.exec(text.slice(0, hint.offset))?.[0] ?? '') + hint.text),
      ['frame: data frame', 'words: bag', 'total: delayed value', 'marked: data frame'],
    )
    const subject = typed(text)
    const kindOf = (name: string): unknown => {
      const found = subject
        .all('VariableDeclarator')
        .find(({ id }) => id.type === 'Identifier' && id.name === name)
      return found?.init && subject.kinds.meaning(found.init as Node)
    }
    assert.deepEqual(kindOf('later'), { kind: 'bag', promised: true })
    assert.deepEqual(kindOf('many'), { kind: 'futures' })
  })

  test('classes that cannot travel are told by their types, not by their names', () => {
    const text = `import { bag } from 'heddle'
import { Bus, load, open, own, weak } from './own.ts'
const line = open(), bus = new Bus(), ref = weak(), mine = own(), pending = load()
bag.range(3).filter((n) => line.writable && n > 0)
bag.range(3).filter((n) => bus.listenerCount('a') > n)
bag.range(3).filter((n) => ref.deref() !== n)
bag.range(3).filter((n) => mine.name !== '' && n > 0)
bag.range(3).filter(() => pending !== undefined)
`
    assert.deepEqual(
      findingsOf(typed(text)).map(({ code, message }) => `${code}: ${message}`),
      [
        ['line', 'a Socket'],
        ['bus', 'an EventEmitter'],
        ['ref', 'a WeakRef'],
      ]
        .map(
          ([name, what]) =>
            `cannot-travel: '${name}' cannot be sent to a worker: it is ${what}. Way out: make it inside the function, or once a worker with perWorker(() => …).`,
        )
        .concat(
          "cannot-travel: 'pending' cannot be sent to a worker: it is a Promise. Way out: await it first.",
        ),
    )
  })

  for (const [what, source] of EXPRESSIONS)
    test(what, () => {
      const { text, marks } = marked(source)
      const name = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
      assert.deepEqual(
        findingsOf(typed(text)).map((each) => `${each.code}: ${name(each)}`),
        marks.map((mark) => `${mark.says}: ${name(mark)}`),
      )
    })

  for (const name of ['main.js', 'main.mjs', 'main.cjs', 'main.jsx'])
    test(`types of JSDoc: ${name}`, () => {
      const imports = name.endsWith('.cjs')
        ? "const { bag } = require('heddle')"
        : "import { bag } from 'heddle'"
      const { text, marks } = marked(`${imports}
/** @param {import('heddle').Bag<number>} numbers */
function sum(numbers) {
  numbers.sum().compute()
//              ^^^^^^^^^ missing-await
}
/** @type {import('heddle').DataFrame[]} */
const frames = []
frames[0].sum().compute()
//              ^^^^^^^^^ missing-await
/** @returns {import('heddle').Bag<number>} */
const make = () => globalThis.numbers
make().sum().compute()
//           ^^^^^^^^^ missing-await
sum(bag.range(3))`)
      assert.deepEqual(
        findingsOf(typed(text, name)).map(({ code, start, end }) => `${code} ${start} ${end}`),
        marks.map(({ says, start, end }) => `${says} ${start} ${end}`),
      )
    })

  test('names of a text that changes are asked for in the text as it is', () => {
    const head = "import { bag } from 'heddle'\nimport { Store } from 'store'\nconst store = new Store()\n"
    for (const [given, kind] of [
      ['const it = store.frame()', 'dataframe'],
      ['const it = await store.later()', 'bag'],
      ['const it = store.nothing()', undefined],
      ['const it = store.', undefined],
    ] as const) {
      const text = head + given
      const file = join(folder, 'main.ts')
      const types = checker.typesOf({ file, text, offsets: [text.indexOf(' it ') + 1] })
      assert.equal([...types.values()][0]?.kind, kind)
    }
  })

  test('the thread answers questions in turn, and goes on after it cannot say anything', async () => {
    const service = new TypeService(THREAD, () => ({ folders: [], editors: TYPESCRIPT }))
    try {
      const text = "import { Store } from 'store'\nconst frame = new Store().frame()"
      const question = { file: join(folder, 'main.ts'), text, offsets: [text.indexOf('frame')] }
      const [one, none] = await Promise.all([
        service.ask(question),
        service.ask({ ...question, file: '/nowhere/a.ts', offsets: [5000] }),
      ])
      assert.deepEqual([...(one ?? [])], [[text.indexOf('frame'), { kind: 'dataframe' }]])
      assert.equal(none?.size, 0)
    } finally {
      await service.stop()
    }
  })
})

test('without a TypeScript that has an API nothing is said', async () => {
  assert.equal(Checker.load('/nowhere/typescript.js'), undefined)
  assert.equal(Checker.load(join(ROOT, 'node_modules/typescript/lib/version.cjs')), undefined)
  const service = new TypeService(THREAD, () => ({ folders: ['/nowhere'] }))
  assert.equal(await service.ask({ file: 'a.ts', text: '', offsets: [] }), undefined)
})

test('names are asked for that matter and are not known', () => {
  const text =
    "import { bag } from 'heddle'\nimport { x } from 'x'\nconst a = bag.range(3)\nconst b = f()\nfunction f() {}\na.map((n) => x.y + n)"
  const subject = Subject.of('/a.ts', text)
  assert.ok(subject)
  assert.deepEqual(
    namesToAsk(subject).map((at) => text.slice(at, at + 1)),
    ['x', 'b'],
  )
})
