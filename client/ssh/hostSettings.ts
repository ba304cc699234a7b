// What the settings say of hosts: how clusters are started there. What is right in it is checked by who uses it.

import * as vscode from 'vscode'
import type { SshHostSettings } from '../../runtime/protocol/sshDesk.ts'

const HOSTS = 'ssh.hosts'

/** Of one host; empty where nothing is said. It may be wrong. */
export function readHostSettings(host: string): SshHostSettings {
  const given = vscode.workspace.getConfiguration('heddle').get<Record<string, unknown>>(HOSTS, {})
  // VS Code hands out proxies, which no other process can be sent.
  return JSON.parse(JSON.stringify(given[host] ?? {})) as SshHostSettings
}

/** Hosts that the settings know, in their order. */
export const hostsOfSettings = (): string[] =>
  Object.keys(vscode.workspace.getConfiguration('heddle').get<Record<string, unknown>>(HOSTS, {}))

/** Writes them into the user's settings. */
export async function writeHostSettings(host: string, settings: SshHostSettings): Promise<void> {
  const all = vscode.workspace.getConfiguration('heddle')
  const before = all.inspect<Record<string, unknown>>(HOSTS)?.globalValue ?? {}
  await all.update(HOSTS, { ...before, [host]: settings }, vscode.ConfigurationTarget.Global)
}

export async function openHostSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'heddle.ssh.hosts')
}
