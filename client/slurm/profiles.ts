// The profiles of the settings: names and what stands under them. What is right in one is checked by who uses it.

import * as vscode from 'vscode'

export const PROFILES = 'slurm.profiles'

export function readProfiles(): ReadonlyMap<string, Record<string, unknown>> {
  const given = vscode.workspace.getConfiguration('heddle').get<Record<string, unknown>>(PROFILES, {})
  const profiles = Object.entries(given).map(
    // VS Code hands out proxies, which no other process can be sent.
    ([name, profile]) =>
      [name, JSON.parse(JSON.stringify(profile ?? null)) as Record<string, unknown>] as const,
  )
  return new Map(profiles)
}

/** Writes a profile into the user's settings; in a remote window into those of that machine, where its folders are. */
export async function writeProfile(name: string, profile: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('heddle')
  const before = settings.inspect<Record<string, unknown>>(PROFILES)?.globalValue ?? {}
  await settings.update(PROFILES, { ...before, [name]: profile }, vscode.ConfigurationTarget.Global)
}

export async function openProfileSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'heddle.slurm.profiles')
}
