// A desk's questions in VS Code: a box for what is typed, a dialog for yes or no. ssh's are asked as often as ssh asks.

import * as vscode from 'vscode'
import type { DeskQuestion } from '../../runtime/protocol/deskLines.ts'

/** Nothing when the person will not answer. */
export async function askPerson(question: DeskQuestion): Promise<string | undefined> {
  const { title, prompt, secret, confirm } = question
  if (confirm !== undefined) {
    const choice = await vscode.window.showWarningMessage(
      title,
      // The dialog has a button for no.
      { modal: true, detail: prompt.replace(/\s*\(yes\/no[^)]*\)\?\s*$/i, '?') },
      confirm,
    )
    return choice && 'yes'
  }
  return await vscode.window.showInputBox({
    ...{ title, prompt, password: secret, ignoreFocusOut: true },
  })
}
