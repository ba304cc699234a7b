// A document that is typed into: after every change, every answer is there, fits the text, and is none of an older one.

import assert from 'node:assert/strict'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { columnFindings } from '../../server/diagnose/columns.ts'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import type { Computation } from '../../server/facts/documentFacts.ts'
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
import type { Change } from './typing.ts'

export class TypedDocument {
  readonly #file: string
  readonly #folder: string
  readonly #modules: ProjectModules
  readonly #metadata = new FileMetadata()
  readonly document: OpenDocument
  keystrokes = 0
  /** After how many of them the text did not parse. */
  broken = 0

  /** @param folder where the files are that the text reads */
  constructor(file: string, folder: string) {
    this.#file = file
    this.#folder = folder
    this.#modules = new ProjectModules((each) =>
      each === file ? { text: this.text, version: this.document.text.version } : undefined,
    )
    const opened = TextDocument.create(`file://${file}`, 'typescript', 0, '')
    this.document = new OpenDocument(opened, file, this.#modules)
  }

  get text(): string {
    return this.document.text.getText()
  }

  /** What is found in the text as it stands, a code and its place each. */
  problems(): Promise<string[]> {
    return this.#problemsOf(this.document.subject)
  }

  async columnsAt(cursor: number): Promise<string[]> {
    const choices = await columnsAt(this.#file, this.text, cursor, this.#factsOf, this.#modules)
    return choices.map(({ name }) => name)
  }

  async hoverAt(offset: number): Promise<string | undefined> {
    const { subject } = this.document
    return subject && (await hoverAt(subject, offset, this.#factsOf))?.markdown
  }

  /**
   * What the editor sends with one keystroke, and all that it may ask for then.
   * @param parts where each stands in the text that those before it have made
   * @param cursor where it is then
   */
  async change(parts: Change[], cursor: number): Promise<void> {
    const { document } = this
    let kept = document.facts.computations.map((each) => ({
      start: each.start,
      end: each.end,
      text: this.text.slice(each.start, each.end),
    }))
    for (const { start, end, text } of parts) {
      const by = text.length - (end - start)
      // The last good ones stay, moved along, unless this keystroke cut into them.
      kept = kept
        .filter((each) => each.end < start || each.start > end)
        .map((each) => (each.start > end ? { ...each, start: each.start + by, end: each.end + by } : each))
    }
    this.put(parts)
    const fresh = findFacts(this.#file, this.text)
    if (fresh) assert.deepEqual(document.facts, fresh, 'what parses is said as it is')
    else {
      this.broken++
      assert.ok(document.isBroken)
      for (const { start, text } of kept) {
        const found = document.facts.computations.find((each) => each.start === start)
        assert.equal(found && this.#textOf(found), text, 'a lens of half-typed code stays')
      }
    }
    this.#lensesFit()
    await this.#answersAreFresh(cursor)
  }

  /** The same change, of which nothing is asked. */
  put(parts: Change[]): void {
    this.document.change(ranged(this.document.text, parts), ++this.keystrokes)
  }

  #textOf({ start, end }: Computation): string {
    return this.text.slice(start, end)
  }

  #lensesFit(): void {
    const { facts, text } = this.document
    for (const { start, end } of facts.computations)
      assert.ok(start >= 0 && start < end && end <= this.text.length, 'a lens stands in the text')
    for (const { command, range } of codeLensesOf(text, facts)) {
      assert.ok(range.start.line < text.lineCount)
      for (const argument of (command?.arguments ?? []) as { version?: number }[])
        assert.equal(argument.version, text.version, 'a lens is of this version')
    }
  }

  /** Everything that is answered with a subject is answered as a fresh look would. */
  async #answersAreFresh(cursor: number): Promise<void> {
    const { subject, facts } = this.document
    const now = this.text
    const anew = Subject.of(this.#file, now, this.#modules)
    assert.equal(subject === undefined, anew === undefined)
    assert.deepEqual(await this.#problemsOf(subject), await this.#problemsOf(anew))
    await columnsAt(this.#file, now, cursor, this.#factsOf, this.#modules)
    await axesAt(this.#file, now, cursor, this.#factsOf, this.#modules)
    for (const each of facts.computations) neededText(this.#file, now, each)
    if (!subject || !anew) return
    const hover = await hoverAt(subject, cursor, this.#factsOf)
    assert.deepEqual(hover, await hoverAt(anew, cursor, this.#factsOf))
    const all = { start: 0, end: now.length }
    const hints = await inlayHints(subject, all, this.#factsOf)
    assert.deepEqual(hints, await inlayHints(anew, all, this.#factsOf))
    for (const { offset } of hints) assert.match(now.slice(offset - 1, offset), /[\w\])]/)
  }

  readonly #factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
    this.#metadata.of(paths, format, this.#folder)

  async #problemsOf(subject: Subject | undefined): Promise<string[]> {
    if (!subject) return []
    const uses = columnUses(subject)
    const known = new Map<string, FileFacts | undefined>()
    for (const source of sourcesOf(uses)) known.set(sourceId(source), await this.#factsOf(source))
    const columns = columnFindings(uses, (source) => known.get(sourceId(source)))
    return [...findingsOf(subject), ...columns].map(({ code, start, end }) => `${code} ${start} ${end}`)
  }
}

type LspChange = Parameters<OpenDocument['change']>[0][number]

/** Places as lines and characters of the text that each part meets. */
function ranged(now: TextDocument, parts: Change[]): LspChange[] {
  let text = now.getText()
  return parts.map((part) => {
    const met = TextDocument.create(now.uri, now.languageId, 0, text)
    text = text.slice(0, part.start) + part.text + text.slice(part.end)
    return {
      range: { start: met.positionAt(part.start), end: met.positionAt(part.end) },
      text: part.text,
    }
  })
}
