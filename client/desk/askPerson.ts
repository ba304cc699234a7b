// ssh's questions in VS Code: a box for what is typed, a dialog for yes or no. It asks as often as ssh does.

import * as vscode from 'vscode'
import type { DeskQuestion } from '../../runtime/protocol/deskLines.ts'

/** Nothing when the person will not answer. */
export async function askPerson(question: DeskQuestion): Promise<string | undefined> {
  const { host, prompt, secret, confirm } = question
  if (confirm) {
    const choice = await vscode.window.showWarningMessage(
      `ssh asks, on the way to ${host}`,
      // The dialog has a button for no.
      { modal: true, detail: prompt.replace(/\s*\(yes\/no[^)]*\)\?\s*$/i, '?') },
      'Yes',
    )
    return choice && 'yes'
  }
  return await vscode.window.showInputBox({
    title: `ssh asks, on the way to ${host}`,
    ...{ prompt, password: secret, ignoreFocusOut: true },
  })
}
