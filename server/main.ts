// The language server: its connection to the editor, and which answer comes from where.

import { fileURLToPath } from 'node:url'
import { createConnection, ProposedFeatures, TextDocumentSyncKind } from 'vscode-languageserver/node.js'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Span } from './facts/documentFacts.ts'
import { HeddlePackages } from './facts/heddlePackage.ts'
import { neededText } from './facts/neededText.ts'
import { codeLensesOf } from './lsp/codeLenses.ts'
import { computationAt } from './lsp/computationAt.ts'
import { diagnosticsOf, quickFixesOf } from './lsp/diagnostics.ts'
import { OpenDocument } from './lsp/openDocument.ts'

/** Long enough that a word is typed, short enough that nobody waits for it. */
const DIAGNOSE_AFTER_MS = 200

const connection = createConnection(ProposedFeatures.all)
const documents = new Map<string, OpenDocument>()
const waiting = new Map<string, NodeJS.Timeout>()
const packages = new HeddlePackages()

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
    codeLensProvider: { resolveProvider: false },
    codeActionProvider: { codeActionKinds: ['quickfix'] },
  },
  serverInfo: { name: 'heddle' },
}))

connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
  const file = uri.startsWith('file:') ? fileURLToPath(uri) : uri
  documents.set(uri, new OpenDocument(TextDocument.create(uri, languageId, version, text), file))
  diagnoseSoon(uri)
})
connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
  documents.get(uri)?.change(contentChanges, version)
  diagnoseSoon(uri)
})
connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
  documents.delete(uri)
  clearTimeout(waiting.get(uri))
  waiting.delete(uri)
  void connection.sendDiagnostics({ uri, diagnostics: [] })
})

connection.onCodeLens(({ textDocument: { uri } }) => {
  const document = documents.get(uri)
  return document ? codeLensesOf(document.text, document.facts) : []
})
connection.onCodeAction(({ textDocument: { uri }, context }) => quickFixesOf(uri, context.diagnostics))
connection.onRequest('heddle/computationAt', ({ uri, offset }: { uri: string; offset: number }) => {
  const document = documents.get(uri)
  if (!document) return null
  const { text } = document
  const { line } = text.positionAt(offset)
  const start = text.offsetAt({ line, character: 0 })
  const end = text.offsetAt({ line: line + 1, character: 0 })
  const found = computationAt(document.facts, offset, { start, end })
  if (!found || found.nested) return null
  return { start: found.start, end: found.end, label: found.label }
})
connection.onRequest('heddle/neededTexts', ({ uri, expressions }: { uri: string; expressions: Span[] }) => {
  const document = documents.get(uri)
  if (!document) return []
  const text = document.text.getText()
  return expressions.map((expression) => neededText(document.file, text, expression) ?? null)
})
connection.onNotification('heddle/foldersChanged', () => {
  packages.forget()
  for (const uri of documents.keys()) diagnoseSoon(uri)
})

function diagnoseSoon(uri: string): void {
  clearTimeout(waiting.get(uri))
  waiting.set(
    uri,
    setTimeout(() => {
      waiting.delete(uri)
      const document = documents.get(uri)
      if (!document) return
      const diagnostics = diagnosticsOf(document.text, document.facts, packages.isFoundFrom(document.file))
      void connection.sendDiagnostics({ uri, diagnostics })
    }, DIAGNOSE_AFTER_MS),
  )
}

connection.listen()
