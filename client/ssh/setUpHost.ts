// Set Up ssh Host…: how many workers a cluster there has, of what size, and on which hosts beside; written into the settings.

import * as vscode from 'vscode'
import type { SshHostSettings } from '../../runtime/protocol/sshDesk.ts'
import { type Asked, hostsOf, questionsOf, settingsOf } from './hostForm.ts'
import { readHostSettings, writeHostSettings } from './hostSettings.ts'

/**
 * @returns whether the settings were written; false when the person gave it up
 */
export async function setUpHost(host: string): Promise<boolean> {
  const before = readHostSettings(host)
  const said: Partial<Record<Asked, string>> = {}
  for (const { asks, title, prompt, value, refusal } of questionsOf(before)) {
    const given = await vscode.window.showInputBox({
      title: `${host}: ${title(hostsOf(said).length + 1)}`,
      ...{ prompt, value, ignoreFocusOut: true },
      validateInput: (text) => refusal(text.trim()),
    })
    if (given === undefined) return false
    said[asks] = given.trim()
  }
  const after: SshHostSettings = settingsOf(before, said)
  await writeHostSettings(host, after)
  return true
}
