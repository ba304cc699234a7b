// Projects whose tsconfig.json is broken, strange or missing: what files and types tell is told all the same.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { Checker } from '../../server/types/checker.ts'
import { expressionsToAsk, namesToAsk } from '../../server/types/questions.ts'

const TYPESCRIPT = join(import.meta.dirname, '../../node_modules/typescript/lib/typescript.js')
const HEDDLE = `export declare class Bag<out T> { compute(): Promise<T[]>; sum(): Delayed<number> }
export interface Delayed<T> { compute(): Promise<T> }
export declare const bag: { range(n: number): Bag<number> }
`
const STORE = `import type { Bag } from 'heddle'
export declare function open(): Bag<number>
`

/** `undefined`: there is none. A folder stands in its place where it is `folder`. */
const CONFIGS: readonly [what: string, text: string | undefined | 'folder' | Buffer][] = [
  ['none at all', undefined],
  ['a right one', '{ "compilerOptions": { "strict": true, "module": "nodenext" } }'],
  ['nothing in it', ''],
  ['an empty object', '{}'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a text', '"strict"'],
  ['a brace too few', '{ "compilerOptions": { "strict": true '],
  ['a comma too many, and comments', '{ // ours\n "compilerOptions": { "strict": true, }, /* end */ }'],
  ['words', 'this is no JSON at all'],
  ['an unknown option', '{ "compilerOptions": { "strictest": true, "module": "nodenext" } }'],
  [
    'options of other types',
    '{ "compilerOptions": { "strict": "yes", "module": 7, "target": "es1066", "lib": "dom", "paths": [] } }',
  ],
  ['a list of options', '{ "compilerOptions": [] }'],
  [
    'extends of a file that is not there',
    '{ "extends": "./base.json", "compilerOptions": { "strict": true } }',
  ],
  ['extends of a package that is not there', '{ "extends": "@tsconfig/nowhere/tsconfig.json" }'],
  ['extends of itself', '{ "extends": "./tsconfig.json" }'],
  ['extends of a number', '{ "extends": 3 }'],
  ['references to nothing', '{ "references": [{ "path": "./nowhere" }], "files": [] }'],
  ['references of another form', '{ "references": "./nowhere" }'],
  [
    'paths that lead nowhere',
    '{ "compilerOptions": { "paths": { "*": ["./nowhere/*"], "a*b*": ["./x"] } } }',
  ],
  ['a byte-order mark', '\ufeff{ "compilerOptions": { "strict": true } }'],
  ['UTF-16', Buffer.from('\ufeff{ "compilerOptions": {} }', 'utf16le')],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b])],
  ['a folder', 'folder'],
]

describe('tsconfig.json', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-configs-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function project(config: (typeof CONFIGS)[number][1], at: number): string {
    const root = join(folder, String(at))
    for (const name of ['heddle', 'store'])
      mkdirSync(join(root, 'node_modules', name, 'dist/types'), { recursive: true })
    for (const [name, types] of [
      ['heddle', HEDDLE],
      ['store', STORE],
    ]) {
      const text = JSON.stringify({
        name,
        version: '1.0.0',
        type: 'module',
        exports: { types: './dist/types/index.d.ts', default: './index.js' },
      })
      writeFileSync(join(root, 'node_modules', name, 'package.json'), text)
      writeFileSync(join(root, 'node_modules', name, 'dist/types/index.d.ts'), types)
      writeFileSync(join(root, 'node_modules', name, 'index.js'), '')
    }
    writeFileSync(
      join(root, 'data.ts'),
      "import { bag } from 'heddle'\nexport const load = () => bag.range(3)\n",
    )
    if (config === 'folder') mkdirSync(join(root, 'tsconfig.json'))
    else if (config !== undefined) writeFileSync(join(root, 'tsconfig.json'), config)
    return root
  }

  const codesOf = (subject: Subject): string[] => findingsOf(subject).map(({ code }) => code)

  for (const [at, [what, config]] of CONFIGS.entries())
    test(`of ${what}: other files and types are asked`, () => {
      const root = project(config, at)
      const file = join(root, 'a.ts')
      const modules = new ProjectModules(() => undefined)
      const other = Subject.of(file, "import { load } from './data.ts'\nload().compute()\n", modules)
      assert.ok(other, 'a text that imports heddle by way of another')
      assert.deepEqual(codesOf(other), ['missing-await'])

      const text = "import { open } from 'store'\nimport 'heddle'\nconst all = open()\nall.compute()\n"
      const typed = Subject.of(file, text, modules)
      assert.ok(typed)
      assert.deepEqual(codesOf(typed), [])
      const checker = Checker.load(TYPESCRIPT)
      assert.ok(checker)
      typed.types = checker.typesOf({
        file,
        text,
        offsets: namesToAsk(typed),
        expressions: expressionsToAsk(typed),
      })
      assert.deepEqual(codesOf(typed), ['missing-await'])
    })
})
