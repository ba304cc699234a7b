// Facts → diagnostics and their quick fixes: Heddle's own alone, never TypeScript's.

import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
} from 'vscode-languageserver/node.js'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { DocumentFacts } from '../facts/documentFacts.ts'

const UNRESOLVED = 'heddle-not-installed'

/** @param isInstalled whether `heddle` resolves from the document's folder */
export function diagnosticsOf(
  document: TextDocument,
  facts: DocumentFacts,
  isInstalled: boolean,
): Diagnostic[] {
  if (isInstalled) return []
  return facts.imports.map(({ start, end }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    // It runs all the same: the extension brings its own. Only types are missing.
    severity: DiagnosticSeverity.Information,
    source: 'heddle',
    code: UNRESOLVED,
    message:
      "This folder has no package 'heddle'. It runs with the extension's own; use Set Up This Folder so that it type-checks too.",
  }))
}

/** The ways out of the diagnostics that an editor asks about. */
export function quickFixesOf(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  // TypeScript's own complaint about the same import leads here too.
  const ours = diagnostics.filter(
    ({ source, code, message }) =>
      (source === 'heddle' && code === UNRESOLVED) ||
      (code === 2307 && /['"]heddle(\/[^'"]*)?['"]/.test(message)),
  )
  if (ours.length === 0) return []
  return [
    {
      title: 'Set Up This Folder for Heddle',
      kind: CodeActionKind.QuickFix,
      diagnostics: [...ours],
      isPreferred: true,
      command: { title: 'Set Up This Folder', command: 'heddle.setUpFolder', arguments: [uri] },
    },
  ]
}
