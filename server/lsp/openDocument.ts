// One open document and its facts: analysed when asked for, moved along with edits while it does not parse.

import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node.js'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type DocumentFacts, noFacts } from '../facts/documentFacts.ts'
import { IncrementalFacts } from '../facts/incrementalFacts.ts'
import { type Edit, shiftFacts } from '../facts/shiftFacts.ts'
import { Subject } from '../knowledge/subject.ts'

export class OpenDocument {
  readonly text: TextDocument
  readonly file: string
  readonly #finder: IncrementalFacts
  /** The facts of `#version`, or older ones moved to it. */
  #facts: DocumentFacts = noFacts
  #version: number | undefined
  #isBroken = false
  #subject: { version: number; subject: Subject | undefined } | undefined
  /** Milliseconds that the last look for what is wrong took. */
  lookMs = 0

  constructor(text: TextDocument, file: string) {
    this.text = text
    this.file = file
    this.#finder = new IncrementalFacts(file)
  }

  /** Takes an editor's changes in; the facts move along at once, so that they fit even before the next analysis. */
  change(changes: TextDocumentContentChangeEvent[], version: number): void {
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
      this.#isBroken = found === undefined
      this.#facts = found ?? this.#facts
    }
    return this.#facts
  }

  /** The text does not parse now. */
  get isBroken(): boolean {
    return this.facts && this.#isBroken
  }

  /** The whole analysis of the text as it is; nothing when it does not parse, or has nothing of heddle. */
  get subject(): Subject | undefined {
    const { version } = this.text
    if (this.#subject?.version !== version)
      this.#subject = { version, subject: Subject.of(this.file, this.text.getText()) }
    return this.#subject.subject
  }
}

/** Nothing when the whole text was replaced. */
function editOf(document: TextDocument, change: TextDocumentContentChangeEvent): Edit | undefined {
  if (!('range' in change)) return undefined
  const offset = document.offsetAt(change.range.start)
  return { offset, length: document.offsetAt(change.range.end) - offset, textLength: change.text.length }
}
