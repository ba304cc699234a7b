// Texts that nobody meant: what others wrote, broken code, strange bytes and very long lines. Nothing throws, and little is said.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { lookAt } from '../../server/diagnose/look.ts'
import { noFacts } from '../../server/facts/documentFacts.ts'
import { findFacts } from '../../server/facts/findFacts.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { axesAt, columnsAt } from '../../server/lsp/completion.ts'
import { diagnosticsOf } from '../../server/lsp/diagnostics.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { expressionsToAsk, namesToAsk } from '../../server/types/questions.ts'
import { HEAD } from './phrasingHead.ts'
import { TASKS } from './phrasingsOfTasks.ts'
import { WAITS } from './phrasingsOfWaits.ts'

const nothing = async (): Promise<undefined> => undefined

/** Asks for everything that an editor asks for. */
async function everything(file: string, text: string, places: readonly number[]): Promise<string[]> {
  findFacts(file, text)
  const subject = Subject.of(file, text)
  for (const place of places) {
    await columnsAt(file, text, place, nothing)
    await axesAt(file, text, place, nothing)
    if (subject) await hoverAt(subject, place, nothing)
  }
  if (!subject) return []
  const look = lookAt(subject)
  namesToAsk(subject)
  expressionsToAsk(subject)
  await inlayHints(subject, { start: 0, end: text.length }, nothing)
  const findings = [...look.findings, ...(await look.ofFiles(nothing))]
  for (const { start, end } of findings) assert.ok(0 <= start && start <= end && end <= text.length)
  return findings.map(({ code }) => code)
}

/** A generator of numbers from 0 up to a limit, the same for each seed. */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const TOKENS = /[\p{L}\p{N}_$]+|\s+|./gsu

for (const seed of [1, 2, 3])
  test(`mutations of every phrasing, seed ${seed}`, async () => {
    const next = numbers(seed)
    for (const [, source] of [...WAITS, ...TASKS]) {
      const tokens = source.match(TOKENS) ?? []
      for (let round = 0; round < 3; round++) {
        const at = next(tokens.length)
        const other = tokens[next(tokens.length)]
        const kind = next(3)
        const changed =
          kind === 0
            ? tokens.toSpliced(at, 1)
            : kind === 1
              ? tokens.toSpliced(at, 0, other)
              : tokens.toSpliced(at, 0, tokens[at])
        const text = changed.join('')
        for (const file of ['/tmp/a.ts', '/tmp/a.jsx'])
          await everything(file, text, [next(text.length), text.length])
      }
    }
  })

/** Files of a folder and those in it, in their order. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((each) => {
      const path = join(folder, each.name)
      if (each.isDirectory()) return filesIn(path)
      return each.isFile() && /\.[cm]?[jt]sx?$/.test(each.name) ? [path] : []
    })
}

test('of what packages are written in nothing is said, with heddle imported in front', async () => {
  const files = filesIn(join(import.meta.dirname, '../../node_modules')).filter((_, i) => i % 60 === 7)
  for (const file of files) {
    if (statSync(file).size > 1_000_000) continue
    const own = readFileSync(file, 'utf8')
    const isCommonJs = /\brequire\(/.test(own) && !/^(import|export)\b/m.test(own)
    const text = isCommonJs ? `const { bag } = require('heddle');${own}` : HEAD + own
    const places = text.length < 20_000 ? [text.length >> 1, text.length] : []
    assert.deepEqual(await everything(file, text, places), [], file)
  }
})

const STATEMENT = 'const b = bag.range(3); b.sum().compute()\n'

const STRANGE: readonly [what: string, text: string, codes: string[]][] = [
  ['a byte-order mark', `\ufeff${HEAD}${STATEMENT}`, ['missing-await']],
  ['carriage returns', `${HEAD}${STATEMENT}`.replaceAll('\n', '\r\n'), ['missing-await']],
  ['bytes that are no UTF-8', `${HEAD}const s = '\ufffd\ufffd'\n${STATEMENT}`, ['missing-await']],
  ['halves of characters', `${HEAD}const s = '\ud83d'\n${STATEMENT}`, ['missing-await']],
  ['zeros', `${HEAD}const s = '\0'\n${STATEMENT}`, ['missing-await']],
  ['nothing', '', []],
  ['one line of a megabyte', `${HEAD}const s = '${'x'.repeat(1_000_000)}'; ${STATEMENT}`, ['missing-await']],
  ['a line of 20,000 statements', `${HEAD}${'f(1);'.repeat(20_000)}${STATEMENT}`, ['missing-await']],
  ['a chain of 2,000 calls', `${HEAD}bag.range(3)${'.map((n) => n)'.repeat(2_000)}\n`, []],
  ['a sum of 2,000 parts', `${HEAD}const s = ${'1 + '.repeat(2_000)}1\n${STATEMENT}`, ['missing-await']],
]

for (const [what, text, codes] of STRANGE)
  test(`a text with ${what}`, async () => {
    assert.deepEqual(await everything('/tmp/a.ts', text, [text.length >> 1, text.length]), codes)
    // Offsets are those of the editor, whatever stands in front.
    const subject = Subject.of('/tmp/a.ts', text)
    for (const { start, end } of subject ? lookAt(subject).findings : [])
      assert.equal(text.slice(start, end), 'compute()')
    for (const { start, end } of findFacts('/tmp/a.ts', text)?.computations ?? [])
      assert.equal(text.slice(start, end), 'b.sum().compute()')
  })

test('lines and columns of findings in a text with carriage returns and a byte-order mark', () => {
  for (const before of ['', '\ufeff'])
    for (const end of ['\n', '\r\n', '\r']) {
      const text = before + [HEAD.trim(), '', STATEMENT.trim(), ''].join(end)
      const document = TextDocument.create('file:///a.ts', 'typescript', 1, text)
      const subject = Subject.of('/tmp/a.ts', text)
      assert.ok(subject)
      const [{ range }] = diagnosticsOf(
        document,
        findFacts('/tmp/a.ts', text) ?? noFacts,
        true,
        lookAt(subject).findings,
      )
      assert.equal(document.getText(range), 'compute()')
    }
})

const MODULE = "import { bag } from 'heddle'\nexport const load = () => bag.range(3) // caf\u00e9\n"
const ON_DISK: readonly [what: string, contents: Buffer, codes: string[]][] = [
  ['as it is', Buffer.from(MODULE), ['missing-await']],
  ['a byte-order mark', Buffer.from(`\ufeff${MODULE}`), ['missing-await']],
  ['carriage returns', Buffer.from(MODULE.replaceAll('\n', '\r\n')), ['missing-await']],
  ['bytes of Latin-1', Buffer.from(MODULE, 'latin1'), ['missing-await']],
  ['a line of 800 kB', Buffer.from(`const s = '${'x'.repeat(800_000)}'; ${MODULE}`), ['missing-await']],
  ['UTF-16, which Node does not read either', Buffer.from(`\ufeff${MODULE}`, 'utf16le'), []],
  ['more than is looked at', Buffer.from(`const s = '${'x'.repeat(1_000_000)}'; ${MODULE}`), []],
  ['nothing', Buffer.from(''), []],
]
for (const [what, contents, codes] of ON_DISK)
  test(`an imported file with ${what}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-strange-'))
    try {
      writeFileSync(join(folder, 'data.ts'), contents)
      const text = "import { load } from './data.ts'\nimport 'heddle'\nload().sum().compute()\n"
      const subject = Subject.of(join(folder, 'a.ts'), text, new ProjectModules(() => undefined))
      assert.ok(subject)
      assert.deepEqual(
        lookAt(subject).findings.map(({ code }) => code),
        codes,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
