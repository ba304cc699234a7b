// The tables of phrasings as files of a project that another one refers to, with heddle's names passed on by it, and types asked.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { Checker } from '../../server/types/checker.ts'
import { expressionsToAsk, namesToAsk } from '../../server/types/questions.ts'
import { marked } from './marks.ts'
import { TASKS } from './phrasingsOfTasks.ts'
import { WAITS } from './phrasingsOfWaits.ts'
import { plain } from './plainText.ts'

const ROOT = join(import.meta.dirname, '../..')
const OPTIONS = { module: 'esnext', moduleResolution: 'bundler', target: 'esnext', strict: true }
const FILES = {
  'tsconfig.json': { files: [], references: [{ path: './lib' }, { path: './app' }] },
  'lib/tsconfig.json': { compilerOptions: { ...OPTIONS, composite: true }, include: ['src'] },
  'app/tsconfig.json': {
    compilerOptions: { ...OPTIONS, allowJs: true, paths: { '@lib/*': ['../lib/src/*'] } },
    include: ['.'],
    references: [{ path: '../lib' }],
  },
}

let folder: string
let checker: Checker

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-references-'))
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  mkdirSync(join(folder, 'lib/src'))
  writeFileSync(
    join(folder, 'lib/src/heddle.ts'),
    "export * from 'heddle'\nexport { default } from 'heddle'\n",
  )
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(ROOT, 'runtime'), join(folder, 'node_modules/heddle'))
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  const loaded = Checker.load(join(ROOT, 'node_modules/typescript/lib/typescript.js'))
  assert.ok(loaded)
  checker = loaded
})
after(() => rmSync(folder, { recursive: true }))

const passedOn = (source: string): string => source.replaceAll(" from 'heddle'", " from '@lib/heddle'")

/** Where a text stands, and what it is there. */
const PLACES: readonly [file: string, as: (source: string) => string][] = [
  ['lib/src/a.ts', (source) => source],
  ['app/a.ts', passedOn],
  ['app/a.js', (source) => passedOn(plain(source))],
]

test('phrasings are found in a project that another one refers to, and in the one that does', () => {
  const modules = new ProjectModules(() => undefined)
  for (const [what, source] of [...WAITS, ...TASKS])
    for (const [name, as] of PLACES) {
      const { text, marks } = marked(as(source))
      const file = join(folder, name)
      const subject = Subject.of(file, text, modules)
      assert.ok(subject, `${name}: ${what}`)
      const [offsets, expressions] = [namesToAsk(subject), expressionsToAsk(subject)]
      subject.types = checker.typesOf({ file, text, offsets, expressions })
      const says = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
      assert.deepEqual(
        findingsOf(subject).map((each) => `${each.code}: ${says(each)}`),
        marks.map((mark) => `${mark.says}: ${says(mark)}`),
        `${name}: ${what}`,
      )
    }
})
