// Facts → code lenses: ▷ Run above each computation, ▷ Run File at the top.

import type { CodeLens } from 'vscode-languageserver/node.js'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { cellsOf } from '../facts/cells.ts'
import type { DocumentFacts } from '../facts/documentFacts.ts'

/** The lenses of a document; none when it does not import heddle. */
export function codeLensesOf(document: TextDocument, facts: DocumentFacts): CodeLens[] {
  if (facts.imports.length === 0) return []
  const { uri, version } = document
  const top = { line: 0, character: 0 }
  const runFile: CodeLens = {
    range: { start: top, end: top },
    command: {
      title: '▷ Run File',
      tooltip: 'Runs the whole file on the local cluster, which is started if none runs.',
      command: 'heddle.runFile',
      arguments: [{ uri, version }],
    } as CodeLens['command'],
  }
  return [
    runFile,
    ...cellLenses(document),
    ...facts.computations.flatMap(({ start, end, label, nested }): CodeLens[] => {
      const range = { start: document.positionAt(start), end: document.positionAt(end) }
      // A computation in a function or a loop has no value of its own: the file runs and shows each of its calls.
      const command = nested
        ? {
            title: '▷ Run',
            tooltip: `Runs the file and shows every ${label} here: inside a function or a loop it cannot run alone.`,
            command: 'heddle.runFile',
            arguments: [{ uri, version }],
          }
        : {
            title: '▷ Run',
            tooltip: `Runs ${label} with the statements above it; earlier computations that it does not need are skipped.`,
            command: 'heddle.runExpression',
            arguments: [{ uri, version, expression: { start, end, label } }],
          }
      const debug = {
        title: 'Debug',
        tooltip: `Runs ${nested ? 'the file' : label} on a cluster of one thread under the debugger: breakpoints in tasks are hit.`,
        command: 'heddle.debugExpression',
        arguments: command.arguments,
      }
      return [
        { range, command },
        { range, command: debug },
      ]
    }),
  ]
}

/** ▷ Run Cell, Run Above and Run All at the mark of each cell. */
function cellLenses(document: TextDocument): CodeLens[] {
  const { uri, version } = document
  const cells = cellsOf(document.getText())
  return cells.flatMap(({ start, end, title }, i): CodeLens[] => {
    const at = document.positionAt(start)
    const range = { start: at, end: at }
    const name = title || `cell ${i + 1}`
    const lens = (text: string, tooltip: string, command: string, more: object = {}): CodeLens => ({
      range,
      command: {
        title: text,
        tooltip,
        command,
        arguments: [{ uri, version, ...more }],
      } as CodeLens['command'],
    })
    const run = lens(
      '▷ Run Cell',
      `Runs ${name}, and of what stands above it the declarations and what it needs.`,
      'heddle.runCell',
      { cell: { start, end, label: name } },
    )
    // From the beginning of the file up to this mark, as one.
    const above = lens('Run Above', 'Runs everything above this cell.', 'heddle.runCell', {
      cell: { start: 0, end: start, label: `above ${name}` },
    })
    const all = lens('Run All', 'Runs the whole file.', 'heddle.runFile')
    return i === 0 ? [run, all] : [run, above]
  })
}
