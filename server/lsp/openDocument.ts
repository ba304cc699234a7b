// One open document and its facts: analysed when asked for, moved along with edits while it does not parse.

import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node.js'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type DocumentFacts, noFacts } from '../facts/documentFacts.ts'
import { IncrementalFacts } from '../facts/incrementalFacts.ts'
import { type Edit, shiftFacts } from '../facts/shiftFacts.ts'
import { mayTouchHeddle, Subject, type TypesOfNames } from '../knowledge/subject.ts'
import type { ProjectModules } from '../project/modules.ts'
import type { TypeQuestion } from '../types/checker.ts'
import { expressionsToAsk, namesToAsk } from '../types/questions.ts'

/** Asks a type checker. */
export type AskTypes = (question: TypeQuestion) => Promise<TypesOfNames | undefined>

export class OpenDocument {
  readonly text: TextDocument
  readonly file: string
  readonly #finder: IncrementalFacts
  /** The facts of `#version`, or older ones moved to it. */
  #facts: DocumentFacts = noFacts
  #version: number | undefined
  #isBroken = false
  #subject: { version: number; subject: Subject | undefined } | undefined
  readonly #modules: ProjectModules | undefined
  #typed: { subject: Subject; done: Promise<boolean> } | undefined
  #hadSubject = false
  /** Most texts that are open are never edited. */
  #isEdited = false
  /** Types of this text have come. */
  isTyped = false
  /** Milliseconds that the last look for what is wrong took. */
  lookMs = 0

  constructor(text: TextDocument, file: string, modules?: ProjectModules) {
    this.text = text
    this.#modules = modules
    this.file = file
    this.#finder = new IncrementalFacts(file)
  }

  /** Takes an editor's changes in; the facts move along at once, so that they fit even before the next analysis. */
  change(changes: TextDocumentContentChangeEvent[], version: number): void {
    this.#modules?.edited()
    this.#isEdited = true
    for (const change of changes) {
      const edit = editOf(this.text, change)
      TextDocument.update(this.text, [change], version)
      this.#facts = edit ? shiftFacts(this.#facts, [edit]) : noFacts
    }
  }

  /** The facts of the text as it is, or the last good ones. */
  get facts(): DocumentFacts {
    if (this.#version !== this.text.version) {
      this.#version = this.text.version
      const found = this.#finder.of(this.text.getText())
      if (!this.#isEdited) this.#finder.rest()
      this.#isBroken = found === undefined
      this.#facts = found ?? this.#facts
    }
    return this.#facts
  }

  /** The text does not parse now. */
  get isBroken(): boolean {
    return this.facts && this.#isBroken
  }

  /**
   * The whole analysis of the text as it is, and of the files that it imports as they are; nothing when it does not parse, or has
   * nothing to do with heddle.
   */
  get subject(): Subject | undefined {
    const subject = this.#analysed()
    this.#hadSubject ||= subject !== undefined
    if (subject !== this.#subject?.subject) this.isTyped = false
    this.#subject = { version: this.text.version, subject }
    return subject
  }

  /** The same object for as long as nothing has changed that it rests on. */
  #analysed(): Subject | undefined {
    const text = this.text.getText()
    if (this.#modules) {
      if (!mayTouchHeddle(text, true)) return undefined
      const subject = this.#modules.current(this.file)
      return subject?.touchesHeddle() ? subject : undefined
    }
    return this.#subject?.version === this.text.version ? this.#subject.subject : Subject.of(this.file, text)
  }

  /** The text had to do with heddle, and does not parse now. */
  get isHalfTyped(): boolean {
    return this.#hadSubject && this.subject === undefined && (this.isBroken || !this.#parses())
  }

  /** Other files were asked when it was last looked at. */
  get hasImports(): boolean {
    return (this.#subject?.subject?.consulted.size ?? 0) > 0
  }

  /** Takes in what types say of the text as it is. The promise ends when that is done, or given up; it says whether they said anything. */
  typed(ask: AskTypes): Promise<boolean> {
    const { subject } = this
    if (!subject) return Promise.resolve(false)
    if (this.#typed?.subject !== subject) this.#typed = { subject, done: this.#askTypes(subject, ask) }
    return this.#typed.done
  }

  async #askTypes(subject: Subject, ask: AskTypes): Promise<boolean> {
    const offsets = namesToAsk(subject)
    const expressions = expressionsToAsk(subject)
    const types =
      offsets.length + expressions.length > 0
        ? await ask({ file: this.file, text: subject.text, offsets, expressions })
        : undefined
    const said = types !== undefined && types.size > 0
    if (said) subject.types = types
    if (this.#subject?.subject === subject) this.isTyped = true
    return said
  }

  #parses(): boolean {
    return Subject.ofModule(this.file, this.text.getText()) !== undefined
  }
}

/** Nothing when the whole text was replaced. */
function editOf(document: TextDocument, change: TextDocumentContentChangeEvent): Edit | undefined {
  if (!('range' in change)) return undefined
  const offset = document.offsetAt(change.range.start)
  return { offset, length: document.offsetAt(change.range.end) - offset, textLength: change.text.length }
}
