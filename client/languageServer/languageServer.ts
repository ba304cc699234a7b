// The language server as a child of the extension: started with the first file that imports heddle, restarted when it dies.

import { join } from 'node:path'
import * as vscode from 'vscode'
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node'
import type { ExpressionToRun } from '../runs/runBook.ts'
import { SERVER_START } from './serverStart.ts'

/** Deaths within the window after which the server is left dead: something is wrong that a restart does not heal. */
const DEATHS_MAX = 5
const DEATHS_WINDOW_MS = 180_000

export class LanguageServer implements vscode.Disposable {
  readonly #client: LanguageClient
  readonly #deaths: number[] = []
  /** What files export is used in others. */
  readonly #files = vscode.workspace.createFileSystemWatcher('**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}')

  constructor(
    context: vscode.ExtensionContext,
    selector: { language: string; scheme: string }[],
    log: vscode.LogOutputChannel,
    lenses: (given: vscode.CodeLens[]) => vscode.CodeLens[],
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
