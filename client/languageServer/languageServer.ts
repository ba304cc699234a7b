// The language server as a child of the extension: started with the first file that imports heddle, restarted when it dies.

import { join } from 'node:path'
import * as vscode from 'vscode'
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node'
import type { ExpressionToRun } from '../runs/runBook.ts'
import { SERVER_START } from './serverStart.ts'

/** Deaths within the window after which the server is left dead: something is wrong that a restart does not heal. */
const DEATHS_MAX = 5
const DEATHS_WINDOW_MS = 180_000

/** Where a collection is made and used, as the server tells it: lines of files, from 1. */
interface CollectionLines {
  made: { file: string; line: number }[]
  used: { file: string; line: number }[]
}

/** What the window adds to the server's answers. */
export interface Additions {
  lenses: (given: vscode.CodeLens[]) => vscode.CodeLens[]
  /** What the last run of a collection cost, as Markdown; nothing where the line that is pointed at tells that by itself. */
  lastRun: (lines: CollectionLines, document: vscode.TextDocument, line: number) => string | undefined
}

export class LanguageServer implements vscode.Disposable {
  readonly #client: LanguageClient
  readonly #deaths: number[] = []
  /** What files export is used in others. */
  readonly #files = vscode.workspace.createFileSystemWatcher('**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}')

  constructor(
    context: vscode.ExtensionContext,
    selector: { language: string; scheme: string }[],
    log: vscode.LogOutputChannel,
    { lenses, lastRun }: Additions,
  ) {
    const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath
    const server: ServerOptions = { module, transport: TransportKind.ipc, options: SERVER_START }
    const options: LanguageClientOptions = {
      documentSelector: selector,
      outputChannel: log,
      progressOnInitialization: false,
      // The TypeScript that VS Code has, for folders that have none with an API.
      initializationOptions: {
        typescript: join(
          vscode.env.appRoot,
          'extensions',
          'node_modules',
          'typescript',
          'lib',
          'typescript.js',
        ),
        threads: vscode.workspace.getConfiguration('heddle').get('local.threadsPerWorker', 0) || undefined,
      },
      synchronize: { fileEvents: this.#files },
      middleware: {
        provideCodeLenses: async (document, token, next) => {
          const given = await next(document, token)
          return given && lenses(given)
        },
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token)
          const [contents] = hover?.contents ?? []
          if (!(contents instanceof vscode.MarkdownString) || token.isCancellationRequested) return hover
          const lines = await this.#linesAt(document, position)
          const figures = lines && lastRun(lines, document, position.line)
          if (figures) contents.appendMarkdown(`  \n${figures}`)
          return hover
        },
        provideInlayHints: (document, range, token, next) =>
          vscode.workspace.getConfiguration('heddle', document).get('inlayHints', true)
            ? next(document, range, token)
            : [],
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.#died(log),
      },
    }
    this.#client = new LanguageClient('heddle', 'Heddle Language Server', server, options)
    this.#client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && this.#deaths.length > 0) log.info('the language server runs again')
    })
  }

  start(): Promise<void> {
    return this.#client.start()
  }

  /** The computation at or around an offset of a document, as the server sees it now. */
  async computationAt(document: vscode.TextDocument, offset: number): Promise<ExpressionToRun | undefined> {
    const found = await this.#client.sendRequest<ExpressionToRun | null>('heddle/computationAt', {
      uri: document.uri.toString(),
      version: document.version,
      offset,
    })
    return found ?? undefined
  }

  /** Where the collection at a place is made and used. */
  async #linesAt(document: vscode.TextDocument, position: vscode.Position): Promise<CollectionLines | null> {
    return await this.#client.sendRequest<CollectionLines | null>('heddle/linesAt', {
      uri: document.uri.toString(),
      position: { line: position.line, character: position.character },
    })
  }

  /** Per expression, a fingerprint of the code that its value depends on; nothing where the text does not parse now. */
  async neededTexts(
    document: vscode.TextDocument,
    expressions: readonly { start: number; end: number }[],
  ): Promise<(string | null)[]> {
    return await this.#client.sendRequest<(string | null)[]>('heddle/neededTexts', {
      uri: document.uri.toString(),
      expressions,
    })
  }

  /** Asks it to look anew for the packages that files import. */
  foldersChanged(): void {
    if (this.#client.isRunning()) void this.#client.sendNotification('heddle/foldersChanged')
  }

  dispose(): void {
    this.#files.dispose()
    void this.#client.dispose().catch(() => {})
  }

  #died(log: vscode.LogOutputChannel): { action: CloseAction; handled: boolean } {
    const now = Date.now()
    this.#deaths.push(now)
    const recent = this.#deaths.filter((at) => now - at < DEATHS_WINDOW_MS)
    if (recent.length > DEATHS_MAX) {
      log.error(`the language server died ${recent.length} times in three minutes and is not started again`)
      void vscode.window.showErrorMessage(
        'The Heddle language server keeps dying: see its output, then reload the window.',
      )
      return { action: CloseAction.DoNotRestart, handled: true }
    }
    log.warn('the language server died and is started again')
    // Said once: whoever sees it each time learns nothing new.
    if (this.#deaths.length === 1)
      void vscode.window.showInformationMessage('The Heddle language server had to be started again.')
    return { action: CloseAction.Restart, handled: true }
  }
}
