// The command Set Up This Folder: links the extension's `heddle` into the folder of a file.

import path from 'node:path'
import * as vscode from 'vscode'
import { linkHeddle, pointLink } from './linkHeddle.ts'

export function registerSetUp(
  context: vscode.ExtensionContext,
  runtime: vscode.Uri,
  log: vscode.LogOutputChannel,
  done: () => void,
): void {
  const stable = vscode.Uri.joinPath(context.globalStorageUri, 'heddle').fsPath
  // After an update of the extension, folders that were set up before follow to the new runtime.
  pointLink(stable, runtime.fsPath).catch((error: unknown) => log.warn((error as Error).message))
  context.subscriptions.push(
    vscode.commands.registerCommand('heddle.setUpFolder', async (given?: unknown) => {
      const folder = await folderToSetUp(given)
      if (!folder) return
      try {
        const outcome = await linkHeddle(folder, stable, runtime.fsPath)
        log.info(`${folder}: heddle is ${outcome}`)
        void vscode.window.setStatusBarMessage(`heddle is ${outcome} in ${path.basename(folder)}`, 5000)
        // TypeScript looks packages up once; without this it would go on missing heddle.
        await vscode.commands.executeCommand('typescript.reloadProjects').then(undefined, () => {})
        done()
      } catch (error) {
        void vscode.window.showErrorMessage(`This folder cannot be set up: ${(error as Error).message}`)
      }
    }),
  )
}

/** The workspace folder of a file, or the file's own folder when it is outside any. */
async function folderToSetUp(given: unknown): Promise<string | undefined> {
  const uri =
    typeof given === 'string'
      ? vscode.Uri.parse(given)
      : given instanceof vscode.Uri
        ? given
        : (vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri)
  if (uri?.scheme !== 'file') {
    void vscode.window.showWarningMessage('Open a folder or a saved file first: heddle is linked beside it.')
    return undefined
  }
  const folder = vscode.workspace.getWorkspaceFolder(uri)
  return folder ? folder.uri.fsPath : path.dirname(uri.fsPath)
}
