// What a local cluster of this window is started with: a Node, a `heddle`, and what the settings say.

import path from 'node:path'
import * as vscode from 'vscode'
import { askNode } from '../node/askNode.ts'
import { chooseNode, NoNodeError } from '../node/nodeChoice.ts'
import { readSettings } from '../settings/settings.ts'
import type { FoundCluster } from './foundCluster.ts'
import { type LocalCluster, startLocalCluster } from './localCluster.ts'
import { chooseRuntime } from './runtimeChoice.ts'

/** A reload of a window takes a few seconds, on a very busy machine or over a slow network more than a minute. */
const GRACE_MS = 120_000

export class LocalStart {
  /** The runtime inside the extension. */
  readonly bundledRuntime: vscode.Uri
  readonly #context: vscode.ExtensionContext
  readonly #log: vscode.LogOutputChannel

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context
    this.#log = log
    this.bundledRuntime = vscode.Uri.joinPath(context.extensionUri, 'dist', 'runtime')
  }

  /**
   * The Node and the `heddle` that a file is run with.
   * @throws {NoNodeError}
   */
  async programs(file: vscode.Uri | undefined) {
    const setting = readSettings().nodePath
    const places = {
      setting,
      pathVariable: process.env.PATH ?? '',
      carried: vscode.Uri.joinPath(this.#context.extensionUri, 'dist', 'node').fsPath,
      cache: vscode.Uri.joinPath(this.#context.globalStorageUri, 'node').fsPath,
      platform: process.platform,
    }
    const bundled = this.bundledRuntime.fsPath
    const node = await chooseNode(places).catch(async (error: unknown) => {
      // What the person has chosen is not gone around.
      if (!(error instanceof NoNodeError) || setting !== '') throw error
      await askNode(error, path.join(bundled, 'dist', 'fetchNode.js'), places.cache)
      return chooseNode(places)
    })
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath
    const runtime = await chooseRuntime(file?.fsPath ?? path.join(folder ?? bundled, 'any.ts'), bundled)
    return { node, runtime }
  }

  /** @throws {NoNodeError} {@link ClusterStartError} */
  async start(file: vscode.Uri | undefined): Promise<FoundCluster> {
    const settings = readSettings()
    const { node, runtime } = await this.programs(file)
    this.#log.info(
      `starting a local cluster: ${runtime.own ? "the workspace's" : "the extension's"} heddle ${runtime.version} with ${node}`,
    )
    return foundLocal(
      await startLocalCluster({
        node,
        keeper: vscode.Uri.joinPath(this.#context.extensionUri, 'dist', 'keeper.mjs').fsPath,
        runtime: runtime.folder,
        workers: settings.workers,
        threadsPerWorker: settings.threadsPerWorker,
        memoryLimit: settings.memoryLimit,
        graceMs: GRACE_MS,
        keep: settings.keepAfterClose,
        logFile: vscode.Uri.joinPath(this.#context.logUri, 'cluster.log').fsPath,
      }),
    )
  }
}

export const foundLocal = ({ address, note, presence }: LocalCluster): FoundCluster => ({
  ...{ kind: 'local', name: 'local', address },
  note: { kind: 'local', ...note },
  keep: (keep) => presence.say(keep),
  leave: () => presence.leave(),
})
