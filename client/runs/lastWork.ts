// What each line cost when it was last run, and where that line stands now.

import * as vscode from 'vscode'
import { type LineWork, workOf } from './lineWork.ts'
import type { RunBook } from './runBook.ts'

export class LastWork {
  /** By file and line as they were then. */
  readonly #work = new Map<string, LineWork>()
  readonly #book: RunBook
  readonly #changed = new vscode.EventEmitter<void>()
  readonly #subscriptions: vscode.Disposable[]

  /** A run has told of its lines. */
  readonly onChange = this.#changed.event

  constructor(book: RunBook) {
    this.#book = book
    this.#subscriptions = [
      this.#changed,
      book.onEvent(({ run, message }) => {
        if (message.event.kind !== 'lines') return
        for (const each of workOf(run)) this.#work.set(`${each.figures.file}\n${each.figures.line}`, each)
        this.#changed.fire()
      }),
    ]
  }

  get isEmpty(): boolean {
    return this.#work.size === 0
  }

  /** Lines (from 0) of a document that show something now; what was edited since shows nothing. */
  linesOf(document: vscode.TextDocument): { line: number; work: LineWork }[] {
    const byLine = new Map<number, LineWork>()
    for (const each of this.#work.values()) {
      const at = this.#book.lines.lineOf(document, each.run, each.figures)
      if (!at?.same) continue
      const known = byLine.get(at.line)
      if (!known || known.run.startedMs <= each.run.startedMs) byLine.set(at.line, each)
    }
    return [...byLine].map(([line, work]) => ({ line, work }))
  }

  /** The work of lines (from 1) of files that are open. */
  at(lines: readonly { file: string; line: number }[]): LineWork[] {
    return vscode.workspace.textDocuments.flatMap((document) => {
      const wanted = new Set(lines.filter(({ file }) => file === document.uri.fsPath).map(({ line }) => line))
      return wanted.size === 0
        ? []
        : this.linesOf(document).flatMap(({ line, work }) => (wanted.has(line + 1) ? [work] : []))
    })
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose()
  }
}
