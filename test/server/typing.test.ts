// A person's typing, replayed keystroke by keystroke: every answer after each of them is there, fits the text, and is none of an older one.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { columnFindings } from '../../server/diagnose/columns.ts'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { findFacts } from '../../server/facts/findFacts.ts'
import { neededText } from '../../server/facts/neededText.ts'
import { columnUses, sourceId, sourcesOf } from '../../server/knowledge/columnUses.ts'
import type { Source } from '../../server/knowledge/sources.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { codeLensesOf } from '../../server/lsp/codeLenses.ts'
import { axesAt, columnsAt } from '../../server/lsp/completion.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { OpenDocument } from '../../server/lsp/openDocument.ts'
import { type FileFacts, FileMetadata } from '../../server/metadata/fileFacts.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { type Change, Hand, stepsOf } from './typing.ts'

const TRACES = join(import.meta.dirname, '../fixtures/typing')

describe('typing', () => {
  let folder: string
  const metadata = new FileMetadata()
  const factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
    metadata.of(paths, format, folder)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-typing-'))
    writeFileSync(join(folder, 'flights.csv'), 'origin,delay,distance\nHAM,3,100\n')
  })
  after(() => rmSync(folder, { recursive: true }))

  const problemsOf = async (subject: Subject | undefined): Promise<string[]> => {
    if (!subject) return []
    const uses = columnUses(subject)
    const known = new Map<string, FileFacts | undefined>()
    for (const source of sourcesOf(uses)) known.set(sourceId(source), await factsOf(source))
    const columns = columnFindings(uses, (source) => known.get(sourceId(source)))
    return [...findingsOf(subject), ...columns].map(({ code, start, end }) => `${code} ${start} ${end}`)
  }

  for (const name of readdirSync(TRACES).filter((each) => each.endsWith('.trace')))
    test(`${name}: every answer after every keystroke`, async (t) => {
      const file = join(folder, 'main.ts')
      const open = (): OpenDocument => document
      const modules = new ProjectModules((each) =>
        each === file ? { text: open().text.getText(), version: open().text.version } : undefined,
      )
      const uri = `file://${file}`
      const document = new OpenDocument(TextDocument.create(uri, 'typescript', 0, ''), file, modules)
      const hand = new Hand()
      let keystrokes = 0
      let broken = 0

      /** What the editor sends, and all that it may ask for then. */
      const press = async ({ start, end, text }: Change): Promise<void> => {
        const range = { start: document.text.positionAt(start), end: document.text.positionAt(end) }
        const before = document.facts.computations.map((each) => ({
          ...each,
          text: document.text.getText().slice(each.start, each.end),
        }))
        document.change([{ range, text }], ++keystrokes)
        const now = document.text.getText()
        const fresh = findFacts(file, now)
        if (fresh) assert.deepEqual(document.facts, fresh, 'what parses is said as it is')
        else {
          broken++
          assert.ok(document.isBroken)
          // The last good ones stay, moved along, unless this keystroke cut into them.
          const untouched = before.filter((each) => each.end < start || each.start > end)
          for (const each of untouched) {
            const moved = each.start > end ? text.length - (end - start) : 0
            const kept = document.facts.computations.find((one) => one.start === each.start + moved)
            assert.equal(
              kept && now.slice(kept.start, kept.end),
              each.text,
              'a lens of half-typed code stays',
            )
          }
        }
        for (const { start: from, end: to } of document.facts.computations)
          assert.ok(from >= 0 && from < to && to <= now.length, 'a lens stands in the text')
        for (const { command, range: at } of codeLensesOf(document.text, document.facts)) {
          assert.ok(at.start.line < document.text.lineCount)
          for (const argument of (command?.arguments ?? []) as { version?: number }[])
            assert.equal(argument.version, document.text.version, 'a lens is of this version')
        }
        // Everything that is answered with a subject is answered as a fresh look would.
        const subject = document.subject
        const anew = Subject.of(file, now, modules)
        assert.equal(subject === undefined, anew === undefined)
        assert.deepEqual(await problemsOf(subject), await problemsOf(anew))
        const { cursor } = hand
        await columnsAt(file, now, cursor, factsOf, modules)
        await axesAt(file, now, cursor, factsOf, modules)
        for (const each of document.facts.computations) neededText(file, now, each)
        if (!subject || !anew) return
        assert.deepEqual(await hoverAt(subject, cursor, factsOf), await hoverAt(anew, cursor, factsOf))
        const all = { start: 0, end: now.length }
        const hints = await inlayHints(subject, all, factsOf)
        assert.deepEqual(hints, await inlayHints(anew, all, factsOf))
        for (const { offset } of hints) assert.match(now.slice(offset - 1, offset), /[\w\])]/)
      }

      for (const step of stepsOf(readFileSync(join(TRACES, name), 'utf8'))) {
        const where = `${name}:${step.line}`
        const text = (): string => document.text.getText()
        for (const change of hand.edits(step, text)) {
          try {
            await press(change)
          } catch (error) {
            throw new Error(`${where}, after keystroke ${keystrokes}: ${JSON.stringify(text())}`, {
              cause: error,
            })
          }
        }
        if (step.text === '?') continue
        switch (step.verb) {
          case 'lenses':
            assert.equal(document.facts.computations.length, Number(step.text), `${where}\n${text()}`)
            break
          case 'problems': {
            const codes = (await problemsOf(document.subject)).map((each) => each.split(' ')[0])
            assert.equal(codes.join(' ') || '-', step.text, `${where}\n${text()}`)
            break
          }
          case 'offers': {
            const choices = await columnsAt(file, text(), hand.cursor, factsOf, modules)
            assert.equal(choices.map((each) => each.name).join(' '), step.text, where)
            break
          }
          case 'hover': {
            const [word, says] = step.text.split(' => ')
            assert.ok(document.subject, where)
            const said = await hoverAt(document.subject, text().lastIndexOf(word), factsOf)
            assert.ok(said?.markdown.includes(says), `${where}: ${said?.markdown}`)
          }
        }
      }
      assert.ok(keystrokes > 500 && broken > 200, `${keystrokes} keystrokes, ${broken} of half-typed code`)
      t.diagnostic(`${keystrokes} keystrokes, after ${broken} of which the text did not parse`)
    })
})
