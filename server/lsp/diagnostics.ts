// Findings → diagnostics and their quick fixes: Heddle's own alone, never TypeScript's.

import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  type TextEdit,
} from 'vscode-languageserver/node.js'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Finding } from '../diagnose/finding.ts'
import type { DocumentFacts, Span } from '../facts/documentFacts.ts'

const UNRESOLVED = 'heddle-not-installed'

const SEVERITIES: Record<Finding['severity'], DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
}

/** What a diagnostic keeps for its fix: the edits as ranges of the text that it was made of. */
interface KeptFix {
  title: string
  edits: TextEdit[]
  version: number
}

/** Where the page of a code is. */
export type Pages = (code: string) => string | undefined

/** @param isInstalled whether `heddle` resolves from the document's folder */
export function diagnosticsOf(
  document: TextDocument,
  facts: DocumentFacts,
  isInstalled: boolean,
  findings: readonly Finding[] = [],
  pages: Pages = () => undefined,
): Diagnostic[] {
  const range = ({ start, end }: Span): Range => ({
    start: document.positionAt(start),
    end: document.positionAt(end),
  })
  const linked = (code: string): Pick<Diagnostic, 'code' | 'codeDescription' | 'source'> => {
    const href = pages(code)
    return { source: 'heddle', code, ...(href && { codeDescription: { href } }) }
  }
  const found = findings.map(({ code, severity, message, fix, related, ...span }): Diagnostic => {
    const kept: KeptFix | undefined = fix && {
      title: fix.title,
      edits: fix.edits.map((edit) => ({ range: range(edit), newText: edit.text })),
      version: document.version,
    }
    return {
      range: range(span),
      severity: SEVERITIES[severity],
      ...linked(code),
      message,
      ...(kept && { data: kept }),
      ...(related && {
        relatedInformation: related.map(({ message: text, ...at }) => ({
          location: { uri: document.uri, range: range(at) },
          message: text,
        })),
      }),
    }
  })
  if (isInstalled) return found
  const missing = facts.imports.map(
    (span): Diagnostic => ({
      range: range(span),
      // It runs all the same: the extension brings its own. Only types are missing.
      severity: DiagnosticSeverity.Information,
      ...linked(UNRESOLVED),
      message:
        "This folder has no package 'heddle'. It runs with the extension's own; use Set Up This Folder so that it type-checks too.",
    }),
  )
  return [...missing, ...found]
}

/** The ways out of the diagnostics that an editor asks about. */
export function quickFixesOf(
  uri: string,
  diagnostics: readonly Diagnostic[],
  version?: number,
): CodeAction[] {
  const actions = diagnostics.flatMap((diagnostic): CodeAction[] => {
    const kept = diagnostic.source === 'heddle' ? (diagnostic.data as KeptFix | undefined) : undefined
    // Edits of an older text would land elsewhere.
    if (!kept?.edits || (version !== undefined && kept.version !== version)) return []
    return [
      {
        title: kept.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [uri]: kept.edits } },
      },
    ]
  })
  // TypeScript's own complaint about the same import leads here too.
  const ours = diagnostics.filter(
    ({ source, code, message }) =>
      (source === 'heddle' && code === UNRESOLVED) ||
      (code === 2307 && /['"]heddle(\/[^'"]*)?['"]/.test(message)),
  )
  if (ours.length === 0) return actions
  return [
    ...actions,
    {
      title: 'Set Up This Folder for Heddle',
      kind: CodeActionKind.QuickFix,
      diagnostics: [...ours],
      isPreferred: true,
      command: { title: 'Set Up This Folder', command: 'heddle.setUpFolder', arguments: [uri] },
    },
  ]
}
