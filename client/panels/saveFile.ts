// Writes what a panel gives out where the user says, and offers to open it.

import path from 'node:path'
import * as vscode from 'vscode'

const KINDS: Record<string, string> = { '.csv': 'Comma-separated values', '.png': 'PNG picture' }

export async function saveFile(name: string, content: Uint8Array): Promise<void> {
  const ending = path.extname(name)
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri
  const chosen = await vscode.window.showSaveDialog({
    title: `Save as ${KINDS[ending] ?? name}`,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [KINDS[ending] ?? 'File']: [ending.slice(1)] },
  })
  if (!chosen) return
  try {
    await vscode.workspace.fs.writeFile(chosen, content)
  } catch (error) {
    void vscode.window.showErrorMessage(`${chosen.fsPath} cannot be written: ${(error as Error).message}`)
    return
  }
  const saved = path.basename(chosen.fsPath)
  const choice = await vscode.window.showInformationMessage(`${saved} is saved.`, 'Open')
  if (choice) await vscode.commands.executeCommand('vscode.open', chosen)
}
