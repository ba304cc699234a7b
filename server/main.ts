// The language server: its connection to the editor, and which answer comes from where.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CancellationToken,
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type CompletionParams,
  createConnection,
  type Hover,
  type HoverParams,
  type InlayHint,
  type InlayHintParams,
  MarkupKind,
  type Position,
  ProposedFeatures,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node.js'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { ShapesOf } from './diagnose/columnsAfterSteps.ts'
import { type Files, lookAt } from './diagnose/look.ts'
import type { Span } from './facts/documentFacts.ts'
import { HeddlePackages } from './facts/heddlePackage.ts'
import { neededText } from './facts/neededText.ts'
import type { Source } from './knowledge/sources.ts'
import type { Subject } from './knowledge/subject.ts'
import { codeLensesOf } from './lsp/codeLenses.ts'
import { axesAt, columnsAt } from './lsp/completion.ts'
import { computationAt } from './lsp/computationAt.ts'
import { diagnosticsOf, quickFixesOf } from './lsp/diagnostics.ts'
import { hoverAt, linesAt } from './lsp/hover.ts'
import { inlayHints } from './lsp/inlayHints.ts'
import { OpenDocument } from './lsp/openDocument.ts'
import { pagesIn } from './lsp/pages.ts'
import { type FileFacts, FileMetadata } from './metadata/fileFacts.ts'
import { KnownShapes } from './outline/knownShapes.ts'
import { OutlineService } from './outline/outlineService.ts'
import { ProjectModules } from './project/modules.ts'
import { TypeService } from './types/typeService.ts'

/** Long enough that a word is typed, short enough that nobody waits for it; longer where looking takes long. */
const DIAGNOSE_AFTER_MS = 200
const DIAGNOSE_PAUSES = 4
/** An answer that somebody waits for is given from the text alone where types take longer, as while TypeScript is loaded. */
const TYPES_AFTER_MS_MAX = 150
/** The same where the package takes longer to say what a collection is, as while its process starts. */
const SHAPES_AFTER_MS_MAX = 150

const connection = createConnection(ProposedFeatures.all)
const documents = new Map<string, OpenDocument>()
const waiting = new Map<string, { timer: NodeJS.Timeout; onlyIfChanged: boolean }>()
/** What was last told of each text. */
const told = new Map<string, Subject | undefined>()
/** Answers that are being made: they hold nodes of trees. */
let answering = 0
const packages = new HeddlePackages()
const metadata = new FileMetadata()
const pages = pagesIn(join(__dirname, 'docs', 'diagnostics.md'))
let folders: string[] = []
/** A local cluster has one worker of as many threads as there are cores, where nothing else is set. */
let threads = availableParallelism()
/** The editor can be told that hints are others now. */
let refreshesHints = false
let editorsTypescript: string | undefined
const modules = new ProjectModules((file) => {
  const open = [...documents.values()].find((each) => each.file === file)?.text
  return open && { text: open.getText(), version: open.version }
})
const types = new TypeService(join(__dirname, 'typeThread.cjs'), () => ({
  folders,
  ...(editorsTypescript && { editors: editorsTypescript }),
}))
const outlines = new OutlineService(join(__dirname, 'runtime', 'dist', 'outline.js'))
const shapes = new KnownShapes(
  (recipes, folder) => outlines.shapes(recipes, folder),
  // Other facts come of the files as soon as they change.
  (paths, folder) => metadata.of(paths, 'text', folder),
)

connection.onInitialize(({ workspaceFolders, initializationOptions, capabilities }) => {
  refreshesHints = capabilities.workspace?.inlayHint?.refreshSupport === true
  const options = (initializationOptions ?? {}) as { typescript?: string; threads?: number }
  editorsTypescript = options.typescript
  threads = options.threads ?? threads
  folders = (workspaceFolders ?? []).flatMap(({ uri }) => (uri.startsWith('file:') ? fileURLToPath(uri) : []))
  return {
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
      codeLensProvider: { resolveProvider: false },
      codeActionProvider: { codeActionKinds: ['quickfix'] },
      hoverProvider: true,
      inlayHintProvider: true,
      completionProvider: { triggerCharacters: ['.', "'", '"', '`', '('] },
    },
    serverInfo: { name: 'heddle' },
  }
})

connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
  const file = uri.startsWith('file:') ? fileURLToPath(uri) : uri
  documents.set(uri, new OpenDocument(TextDocument.create(uri, languageId, version, text), file, modules))
  modules.edited()
  diagnoseSoon(uri)
})
connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
  documents.get(uri)?.change(contentChanges, version)
  // What this file exports is used in others.
  diagnoseSoon(uri)
  for (const [each, document] of documents) if (each !== uri && document.hasImports) diagnoseSoon(each, true)
})
connection.onDidChangeWatchedFiles(() => {
  modules.begin()
  for (const uri of documents.keys()) if (documents.get(uri)?.hasImports) diagnoseSoon(uri)
})
connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
  const file = documents.get(uri)?.file
  if (file) types.closed(file)
  documents.delete(uri)
  modules.begin()
  clearTimeout(waiting.get(uri)?.timer)
  waiting.delete(uri)
  told.delete(uri)
  void connection.sendDiagnostics({ uri, diagnostics: [] })
})

connection.onCodeLens(({ textDocument: { uri } }) => {
  const document = documents.get(uri)
  return document ? codeLensesOf(document.text, document.facts) : []
})
connection.onCodeAction(({ textDocument: { uri }, context }) =>
  quickFixesOf(uri, context.diagnostics, documents.get(uri)?.text.version),
)
connection.onHover((params) => answered(() => hover(params)))
connection.onCompletion((params, token) => answered(() => completions(params, token)))
connection.languages.inlayHint.on((params, token) => answered(() => hints(params, token)))
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
connection.onRequest('heddle/linesAt', ({ uri, position }: { uri: string; position: Position }) => {
  const document = documents.get(uri)
  return answered(async () =>
    document?.subject ? linesAt(document.subject, document.text.offsetAt(position)) : null,
  )
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

async function hover({ textDocument: { uri }, position }: HoverParams): Promise<Hover | null> {
  const document = documents.get(uri)
  const subject = document && (await typedSubject(document))
  if (!document || !subject) return null
  const found = await hoverAt(
    subject,
    document.text.offsetAt(position),
    (source) => factsOf(document, source),
    threads,
    (recipe) => outlines.ask(recipe, folderOf(document)),
  )
  if (!found) return null
  const range = { start: document.text.positionAt(found.start), end: document.text.positionAt(found.end) }
  return { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range }
}

async function completions(
  { textDocument: { uri }, position }: CompletionParams,
  token: CancellationToken,
): Promise<CompletionItem[] | CompletionList> {
  const document = documents.get(uri)
  if (!document) return []
  const { text } = document
  const [offset, known] = [text.offsetAt(position), (source: Source) => factsOf(document, source)]
  const asked = new AskedShapes(document)
  const columns = await columnsAt(document.file, text.getText(), offset, known, modules, asked.of)
  // The editor asks again with the next letter.
  if (asked.late) return { isIncomplete: true, items: [] }
  const choices =
    columns.length > 0 ? columns : await axesAt(document.file, text.getText(), offset, known, modules)
  if (token.isCancellationRequested) return []
  return choices.map(({ name, detail, start, end }) => ({
    label: name,
    kind: CompletionItemKind.Field,
    ...(detail && { detail }),
    sortText: `0${name}`,
    textEdit: { range: { start: text.positionAt(start), end: text.positionAt(end) }, newText: name },
  }))
}

async function hints(
  { textDocument: { uri }, range }: InlayHintParams,
  token: CancellationToken,
): Promise<InlayHint[]> {
  const document = documents.get(uri)
  const subject = document && (await typedSubject(document))
  if (!document || !subject) return []
  if (!document.isTyped && refreshesHints)
    void document.typed(askTypes).then(() => connection.languages.inlayHint.refresh().catch(() => {}))
  const stretch = { start: document.text.offsetAt(range.start), end: document.text.offsetAt(range.end) }
  const asked = new AskedShapes(document)
  const found = await inlayHints(subject, stretch, (source) => factsOf(document, source), asked.of)
  if (refreshesHints) void asked.late?.then(() => connection.languages.inlayHint.refresh().catch(() => {}))
  if (token.isCancellationRequested) return []
  return found.map(({ offset, text }) => ({ position: document.text.positionAt(offset), label: text }))
}

const askTypes = (question: Parameters<TypeService['ask']>[0]): ReturnType<TypeService['ask']> =>
  types.ask(question)

/** The analysis with what types say, if that comes soon. */
async function typedSubject(document: OpenDocument): Promise<Subject | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TYPES_AFTER_MS_MAX)
  })
  await Promise.race([document.typed(askTypes), late])
  clearTimeout(timer)
  return document.subject
}

/** What is known of the files of a source. */
async function factsOf(document: OpenDocument, { paths, format }: Files): Promise<FileFacts | undefined> {
  return await metadata.of(paths, format, folderOf(document))
}

/** What the package says of the collections of one answer, if that comes soon. */
class AskedShapes {
  /** Ends when that is there which came too late for this answer. */
  late: Promise<unknown> | undefined
  readonly #folder: string

  constructor(document: OpenDocument) {
    this.#folder = folderOf(document)
  }

  readonly of: ShapesOf = async (recipes) => {
    const known = await shapes.of(recipes, this.#folder, SHAPES_AFTER_MS_MAX)
    this.late ??= known.late
    return known.shapes
  }
}

/** Runs start in the folder of the workspace that the file is in. */
function folderOf({ file }: OpenDocument): string {
  const own = folders.filter((folder) => file.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0]
  return own ?? join(file, '..')
}

/** @param onlyIfChanged not where all that it rests on is as when it was last told of: another text was edited */
function diagnoseSoon(uri: string, onlyIfChanged = false): void {
  const before = waiting.get(uri)
  clearTimeout(before?.timer)
  const document = documents.get(uri)
  const afterMs = Math.max(DIAGNOSE_AFTER_MS, DIAGNOSE_PAUSES * (document?.lookMs ?? 0))
  const timer = setTimeout(() => {
    const only = waiting.get(uri)?.onlyIfChanged
    waiting.delete(uri)
    if (!only || !told.has(uri) || told.get(uri) !== documents.get(uri)?.subject) void diagnose(uri)
  }, afterMs)
  waiting.set(uri, { timer, onlyIfChanged: onlyIfChanged && (before?.onlyIfChanged ?? true) })
}

/** Makes an answer; trees that nobody has asked about lately go once no answer is being made. */
async function answered<T>(make: () => Promise<T>): Promise<T> {
  answering++
  try {
    return await make()
  } finally {
    if (--answering === 0) modules.rest()
  }
}

async function diagnose(uri: string): Promise<void> {
  const document = documents.get(uri)
  if (!document) return
  const { version } = document.text
  // Half-typed code keeps what was said of it before: it would flicker with every letter.
  if (document.isHalfTyped) return
  await answered(() => tell(uri, document))
  // What types add is told when they come: they take longer.
  const said = await document.typed(askTypes)
  if (said && documents.get(uri) === document && document.text.version === version)
    await answered(() => tell(uri, document))
}

/** @param isAgain what the package took longer to say is there now */
async function tell(uri: string, document: OpenDocument, isAgain = false): Promise<void> {
  const { version } = document.text
  const begun = performance.now()
  const { subject } = document
  told.set(uri, subject)
  const look = subject && lookAt(subject)
  document.lookMs = performance.now() - begun
  const asked = new AskedShapes(document)
  const ofFiles = (await look?.ofFiles((files) => factsOf(document, files), asked.of)) ?? []
  if (documents.get(uri)?.text.version !== version) return
  const findings = [...(look?.findings ?? []), ...ofFiles]
  const isInstalled = packages.isFoundFrom(document.file)
  void connection.sendDiagnostics({
    uri,
    version,
    diagnostics: diagnosticsOf(document.text, document.facts, isInstalled, findings, pages),
  })
  if (!asked.late || isAgain) return
  void asked.late.then(() => {
    if (documents.get(uri) === document && document.text.version === version)
      void answered(() => tell(uri, document, true))
  })
}

connection.listen()
