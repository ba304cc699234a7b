// Collections that come out of functions, constants and other files: what is said of them where they are used.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { columnFindings } from '../../server/diagnose/columns.ts'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { columnUses, sourceId, sourcesOf } from '../../server/knowledge/columnUses.ts'
import type { Source } from '../../server/knowledge/sources.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { columnsAt } from '../../server/lsp/completion.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { type FileFacts, FileMetadata } from '../../server/metadata/fileFacts.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { marked } from './marks.ts'

let folder: string
let modules: ProjectModules
const open = new Map<string, { text: string; version: number }>()
const metadata = new FileMetadata()
const factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
  metadata.of(paths, format, folder)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-modules-'))
  open.clear()
  modules = new ProjectModules((file) => open.get(file))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (files: Record<string, string>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}
const main = (): string => join(folder, 'main.ts')
const subjectOf = (text: string): Subject => {
  modules.begin()
  const subject = Subject.of(main(), text, modules)
  assert.ok(subject, 'it has to do with heddle')
  return subject
}
const hoverOf = async (source: string): Promise<string | undefined> => {
  const { text, cursor } = marked(source)
  return (await hoverAt(subjectOf(text), cursor, factsOf))?.markdown
}
const columnsOf = async (text: string): Promise<string[]> => {
  const uses = columnUses(subjectOf(text))
  const known = new Map<string, FileFacts | undefined>()
  for (const source of sourcesOf(uses)) known.set(sourceId(source), await factsOf(source))
  return columnFindings(uses, (source) => known.get(sourceId(source))).map(({ message }) => message)
}

const DATA = `import { bag, dataframe } from 'heddle'
export function load(name: string) { return dataframe.readCsv(\`data/\${name}.csv\`).filter((row) => row.delay > 0) }
export const flights = load('flights')
export const loadLater = async (name: string) => { const frame = load(name); return frame }
export default () => flights
export const sources = { flights, numbers: bag.range(8, { partitions: 4 }) }
export function either(big: boolean) { if (big) return bag.range(9); return bag.range(3) }
export function mixed(big: boolean) { if (big) return bag.range(9); return flights }
export function again(n: number) { return n > 0 ? again(n - 1) : again(n) }
`
const FILES = {
  'data.ts': DATA,
  'classes.ts':
    "import { bag, dataframe } from 'heddle'\nexport class Store { frame = dataframe.readCsv('a.csv'); lines() { return bag.readText('a') } }",
  'words.cjs':
    "const { bag } = require('heddle')\nfunction words() { return bag.readText('a') }\nmodule.exports = { words }",
  'more.cjs': "const { dataframe } = require('heddle')\nexports.all = dataframe.readCsv('a.csv')",
  'data/flights.csv': 'origin,delay\nHAM,3\n',
  'index.ts': "export * from './data.ts'\nexport { default as first, load as read } from './data.ts'\n",
  'own.ts': "export { dataframe, col as column } from 'heddle'\n",
}

const HINTS: [what: string, text: string, hints: string[]][] = [
  ['an imported function', "import { load } from './data.ts'\nconst t = load('flights')", ['t: data frame']],
  [
    'an awaited one',
    "import { loadLater } from './data.ts'\nconst t = await loadLater('x')",
    ['t: data frame'],
  ],
  [
    'one that is not awaited is a promise',
    "import { loadLater } from './data.ts'\nconst t = loadLater('x')",
    [],
  ],
  ['a constant', "import { flights } from './data.ts'\nconst t = flights", ['t: data frame']],
  ['a default', "import first from './data.ts'\nconst t = first()", ['t: data frame']],
  ['a re-export', "import { load } from './index.ts'\nconst t = load('flights')", ['t: data frame']],
  [
    'a re-export by another name',
    "import { read, first } from './index.js'\nconst t = read('a')\nconst u = first()",
    ['t: data frame', 'u: data frame'],
  ],
  [
    'a whole module',
    "import * as data from './data.ts'\nconst t = data.load('a')\nconst u = data.flights.groupBy('origin').len()",
    ['t: data frame', 'u: data frame'],
  ],
  [
    'a member of an object',
    "import { sources } from './data.ts'\nconst t = sources.numbers",
    ['t: bag of 4 partitions'],
  ],
  ['results that agree', "import { either } from './data.ts'\nconst t = either(true)", ['t: bag']],
  [
    'of results that differ what all are',
    "import { mixed } from './data.ts'\nconst t = mixed(true)",
    ['t: collection'],
  ],
  [
    'a class of another file, its fields and methods',
    "import { Store } from './classes.ts'\nconst store = new Store()\nconst t = store.frame\nconst b = store.lines()",
    ['t: data frame', 'b: bag'],
  ],
  [
    'what CommonJS exports',
    "import { words } from './words.cjs'\nimport * as more from './more.cjs'\nconst t = words()\nconst b = more.all",
    ['t: bag', 'b: data frame'],
  ],
  ['not a function that calls itself', "import { again } from './data.ts'\nconst t = again(3)", []],
  [
    'heddle that is passed on',
    "import { dataframe } from './own.ts'\nconst t = dataframe.readCsv('a.csv')",
    ['t: data frame'],
  ],
  [
    'a function of the same file',
    "import { bag } from 'heddle'\nfunction make(parts = 3) { return bag.range(9, { partitions: 3 }) }\nconst t = make()",
    ['t: bag of 3 partitions'],
  ],
  [
    'a parameter that is handed on',
    "import { bag } from 'heddle'\nconst even = (items) => items.filter((n) => n % 2 === 0)\nconst t = even(bag.range(9)).count()",
    ['t: delayed value'],
  ],
  [
    'a parameter with a type',
    "import type { Bag } from 'heddle'\nfunction f(items: Bag<number>) { const total = items.sum() }",
    ['total: delayed value'],
  ],
  [
    'what is said to be given',
    "import type { DataFrame } from 'heddle'\ndeclare const make: unknown\nasync function f(): Promise<DataFrame> { return make as never }\nconst t = await f()",
    ['t: data frame'],
  ],
]
for (const [what, text, expected] of HINTS)
  test(`hints follow ${what}`, async () => {
    put(FILES)
    const hints = await inlayHints(subjectOf(text), { start: 0, end: text.length }, async () => undefined)
    assert.deepEqual(
      hints.map((hint) => (/[\w$]+$/.exec(text.slice(0, hint.offset))?.[0] ?? '') + hint.text),
      expected,
    )
  })

test('a hover tells of files, columns and the way through functions of another file', async () => {
  put(FILES)
  assert.equal(
    await hoverOf("import { load } from './index.ts'\nconst t$0 = load('flights').sort('delay')"),
    '**data frame**  \nfrom `data/flights.csv`: 1 file, 19 B  \ncolumns: `origin`, `delay`  \nestimated peak on a worker: 38 B (19 B in, 19 B out, 1 thread)  \nmade by `readCsv` → `filter` → `sort`, through `load()` of `data.ts`',
  )
})

test('a column that the file of another function does not have is told of', async () => {
  put(FILES)
  assert.deepEqual(
    await columnsOf(
      "import { col } from 'heddle'\nimport { load, loadLater } from './data.ts'\nload('flights').filter(col('delya').gt(3)).groupBy('origin')\n;(await loadLater('flights')).sort('orign')",
    ),
    [
      "data/flights.csv has no column 'delya': did you mean 'delay'?",
      "data/flights.csv has no column 'orign': did you mean 'origin'?",
    ],
  )
  assert.deepEqual(
    await columnsOf(
      "import { column } from './own.ts'\nimport { flights } from './data.ts'\nflights.filter(column('delai').gt(3))",
    ),
    ["data/flights.csv has no column 'delai': did you mean 'delay'?"],
  )
})

test('columns are offered of a frame of another file', async () => {
  put(FILES)
  const { text, cursor } = marked("import { load } from './data.ts'\nload('flights').groupBy('$0')")
  modules.begin()
  const choices = await columnsAt(main(), text, cursor, factsOf, modules)
  assert.deepEqual(
    choices.map(({ name }) => name),
    ['origin', 'delay'],
  )
})

test('findings are made of what comes from other files', () => {
  put(FILES)
  const found = findingsOf(
    subjectOf(
      "import { flights, either } from './data.ts'\nflights.compute()\nconsole.log(either(true).sum() + 1)\nfor (const one of [1, 2]) console.log(await flights.count().compute(), one)",
    ),
  )
  assert.deepEqual(
    found.map(({ code }) => code),
    ['missing-await', 'collection-as-value', 'compute-in-loop'],
  )
})

test('what changes in another file, open or on the disk, changes what is said', async () => {
  put({
    'a.ts': "export { made } from './b.ts'",
    'b.ts': "import { bag } from 'heddle'\nexport const made = bag.range(3)",
  })
  const text = "import { made } from './a.ts'\nconst t = made"
  const kind = (subject: Subject): string | undefined =>
    subject.kinds.of(subject.all('VariableDeclarator')[0].init as never)
  const first = subjectOf(text)
  assert.equal(kind(first), 'bag')
  modules.begin()
  assert.ok(modules.isCurrent(first))
  const b = join(folder, 'b.ts')
  open.set(b, { text: "import { array } from 'heddle'\nexport const made = array.zeros([3])", version: 1 })
  modules.begin()
  assert.ok(!modules.isCurrent(first), 'the file that is meant in the end is another one')
  assert.equal(kind(subjectOf(text)), 'array')
  // Half a line leaves what was known.
  open.set(b, { text: "import { array } from 'heddle'\nexport const made = array.zeros([3", version: 2 })
  assert.equal(kind(subjectOf(text)), 'array')
  open.delete(b)
  writeFileSync(b, "import { delayed } from 'heddle'\nexport const made = delayed(Math.abs)(3)")
  utimesSync(b, 1e9, 1e9)
  assert.equal(kind(subjectOf(text)), 'delayed')
  rmSync(b)
  modules.begin()
  assert.equal(Subject.of(main(), text, modules), undefined)
})

test('modules that import each other, and names that go in a circle, end', () => {
  put({
    'a.ts':
      "import { bag } from 'heddle'\nimport { y } from './b.ts'\nexport * from './b.ts'\nexport const x = y\nexport const own = bag.range(2)",
    'b.ts': "import { x } from './a.ts'\nexport * from './a.ts'\nexport const y = x",
  })
  const subject = subjectOf(
    "import { x, y, nothing, own } from './b.ts'\nconst a = x\nconst b = y\nconst c = nothing\nconst d = own",
  )
  const kinds = subject.all('VariableDeclarator').map(({ init }) => subject.kinds.of(init as never))
  assert.deepEqual(kinds, [undefined, undefined, undefined, 'bag'])
})

test('a text that has nothing to do with heddle is left alone', () => {
  put({ 'plain.ts': 'export const n = 3' })
  modules.begin()
  assert.equal(Subject.of(main(), "import { n } from './plain.ts'\nn.sum()", modules), undefined)
  assert.equal(Subject.of(main(), "import { n } from './nowhere.ts'\nn.sum()", modules), undefined)
})

test('paths of tsconfig.json lead to files', () => {
  put({ ...FILES, 'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }' })
  const subject = subjectOf("import { flights } from '@/data'\nconst t = flights")
  assert.equal(subject.kinds.of(subject.all('VariableDeclarator')[0].init as never), 'dataframe')
})

test('of many modules few keep their trees, and what is said is as if all did', () => {
  const count = 60
  const text = (i: number): string =>
    i === 0
      ? "import { bag } from 'heddle'\nexport const load = () => bag.range(9)"
      : `import { load as before } from './m${i - 1}.ts'\nexport const load = () => before().map((x) => x + ${i})\nconst own = load()`
  put(Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}.ts`, text(i)])))
  const current = (i: number): Subject => {
    const subject = modules.current(join(folder, `m${i}.ts`))
    assert.ok(subject)
    return subject
  }
  const said = (i: number): unknown => {
    const subject = current(i)
    const [, own] = subject.all('VariableDeclarator')
    return [subject.kinds.of(own.init as never), findingsOf(subject)]
  }
  modules.begin()
  const all = Array.from({ length: count - 1 }, (_, i) => said(i + 1))
  const before = Array.from({ length: count }, (_, i) => current(i))
  assert.equal(modules.awake, count)
  modules.rest()
  assert.equal(modules.awake, 24)
  assert.equal(before.filter((each) => !each.isResting).length, 24)
  modules.begin()
  assert.deepEqual(
    Array.from({ length: count - 1 }, (_, i) => said(i + 1)),
    all,
  )
  assert.ok(
    before.every((subject, i) => subject === current(i)),
    'they are the same subjects still',
  )
  modules.rest()
  assert.equal(modules.awake, 24)
})
