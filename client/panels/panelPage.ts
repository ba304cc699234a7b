// Fills a webview with a panel's page and relays its feed: frames pass through as bytes, both ways.

import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import * as vscode from 'vscode'
import type { RegionQuery } from '../../runtime/protocol/regions.ts'
import type { RowsQuery } from '../../runtime/protocol/rows.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { FeedConnection } from '../connection/feedConnection.ts'
import { saveFile } from './saveFile.ts'

/** The panels, by the names that the pages of the runtime have. */
export type PanelName = 'dashboard' | 'taskGraph' | 'taskStream' | 'workers' | 'jobs' | 'gpu' | 'results'

/** What the jobs panel asks for, by command. */
const JOB_COMMANDS = {
  scale: 'heddle.scaleJobs',
  adapt: 'heddle.adaptJobs',
  down: 'heddle.downCluster',
  log: 'heddle.showJobLog',
  cancel: 'heddle.cancelJob',
} as const

type MessageFromPanel =
  | { kind: 'ready'; panel: string }
  | { kind: 'request'; frame: Uint8Array | ArrayBuffer }
  | { kind: 'open'; place: { file: string; line: number; column: number } }
  | { kind: 'command'; command: 'startLocalCluster' | 'runFile' }
  | { kind: 'scale'; workers: number }
  | { kind: 'job'; action: keyof typeof JOB_COMMANDS; id?: string }
  | { kind: 'save-rows'; run: string }
  | { kind: 'rows'; id: number; query: RowsQuery }
  | { kind: 'region'; id: number; query: RegionQuery }
  | { kind: 'save'; name: string; content: Uint8Array | ArrayBuffer }

interface PageModule {
  page(request: {
    panel: PanelName
    nonce: string
    cspSource: string
    scripts: readonly string[]
    styles: readonly string[]
    feed: { kind: 'vscode' }
  }): string
}

/** A run whose results somebody wants to see. */
export interface WantedRun {
  /** As its cluster calls it. */
  run: string
  startedMs: number
  askedMs: number
}

export interface PanelPage extends vscode.Disposable {
  /** The results show this run, now or once the page is there. */
  showRun(wanted: WantedRun): void
}

/** Shows `panel` in `webview` until the returned disposable is disposed of. */
export async function showPanelPage(
  webview: vscode.Webview,
  panel: PanelName,
  cluster: WindowCluster,
): Promise<PanelPage> {
  const media = vscode.Uri.joinPath(cluster.bundledRuntime, 'dist', 'media')
  webview.options = { enableScripts: true, localResourceRoots: [media] }
  const asset = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString()
  const relay = new PanelRelay(webview, panel, cluster)
  // The template is the same that the HTTP dashboard serves: the built one, since it is no part of this bundle.
  const file = vscode.Uri.joinPath(media, 'page.js').fsPath
  const { page } = (await import(pathToFileURL(file).href)) as PageModule
  webview.html = page({
    panel,
    nonce: randomBytes(18).toString('base64url'),
    cspSource: webview.cspSource,
    scripts: [asset(`${panel}.js`)],
    styles: [asset('panel.css')],
    feed: { kind: 'vscode' },
  })
  return relay
}

/** One webview's side of the feed. It follows the window's cluster: a new cluster opens a new feed. */
class PanelRelay implements PanelPage {
  readonly #webview: vscode.Webview
  readonly #panel: PanelName
  readonly #cluster: WindowCluster
  readonly #subscriptions: vscode.Disposable[]
  #feed: FeedConnection | undefined
  /** The cluster that `#feed` is of. */
  #of: string | undefined
  #ready = false
  /** Told again to a page that is loaded anew: one that is not seen is unloaded. */
  #wanted: WantedRun | undefined

  constructor(webview: vscode.Webview, panel: PanelName, cluster: WindowCluster) {
    this.#webview = webview
    this.#panel = panel
    this.#cluster = cluster
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: MessageFromPanel) => this.#receive(message)),
      cluster.onPhase(() => this.#follow()),
    ]
  }

  dispose(): void {
    this.#feed?.close()
    for (const each of this.#subscriptions) each.dispose()
  }

  showRun(wanted: WantedRun): void {
    this.#wanted = wanted
    if (this.#ready) void this.#webview.postMessage({ kind: 'show-run', ...wanted })
  }

  #receive(message: MessageFromPanel): void {
    switch (message.kind) {
      case 'ready':
        // A page that was loaded again starts from a new snapshot.
        this.#ready = true
        this.#feed?.close()
        this.#feed = this.#of = undefined
        this.#follow()
        if (this.#wanted) this.showRun(this.#wanted)
        return
      case 'request':
        this.#feed?.send(message.frame instanceof Uint8Array ? message.frame : new Uint8Array(message.frame))
        return
      case 'open':
        void openPlace(message.place)
        return
      case 'command':
        void vscode.commands.executeCommand(`heddle.${message.command}`)
        return
      case 'scale':
        void vscode.commands.executeCommand('heddle.scaleCluster', message.workers)
        return
      case 'job':
        void vscode.commands.executeCommand(JOB_COMMANDS[message.action], message.id)
        return
      case 'save-rows':
        void vscode.commands.executeCommand(
          'heddle.saveRows',
          this.#cluster.current?.named(message.run) ?? message.run,
        )
        return
      case 'rows':
      case 'region':
        void this.#page(message.kind, message.id, message.query)
        return
      case 'save':
        void saveFile(message.name, new Uint8Array(message.content))
        return
      default:
        message satisfies never
    }
  }

  /** Asks for a page of a run's rows, or a part of its array, in the panel's place. */
  async #page(what: 'rows' | 'region', id: number, query: RowsQuery | RegionQuery): Promise<void> {
    try {
      const page = await this.#cluster.connection?.query(what, undefined, query)
      void this.#webview.postMessage(
        page ? { kind: 'page', id, page } : { kind: 'page', id, refused: 'no cluster is running' },
      )
    } catch (error) {
      void this.#webview.postMessage({ kind: 'page', id, refused: (error as Error).message })
    }
  }

  #follow(): void {
    if (!this.#ready) return
    const address = this.#cluster.address
    if (address && this.#of === address.id) return
    this.#feed?.close()
    this.#feed = this.#of = undefined
    const state = address || this.#cluster.model.phase.kind === 'starting' ? 'connecting' : 'none'
    void this.#webview.postMessage({ kind: 'cluster', state })
    if (!address) return
    this.#of = address.id
    this.#feed = new FeedConnection(address, this.#panel, {
      frame: (frame) => {
        // VS Code sends a view's whole buffer, so the frame has to be one of its own.
        void this.#webview.postMessage(new Uint8Array(frame))
      },
      closed: () => {
        this.#feed = this.#of = undefined
        void this.#webview.postMessage({ kind: 'cluster', state: 'none' })
      },
    })
  }
}

/** Opens a place of the user's source; lines and columns count from 1. */
export async function openPlace(place: { file: string; line: number; column: number }): Promise<void> {
  const at = new vscode.Position(Math.max(0, place.line - 1), Math.max(0, place.column - 1))
  // Not over the panel that was clicked: in the editors' first column.
  await vscode.window.showTextDocument(vscode.Uri.file(place.file), {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  })
}
