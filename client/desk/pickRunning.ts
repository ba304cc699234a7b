// Asks whether a cluster that runs is meant, or another one is wanted.

import * as vscode from 'vscode'

/**
 * @param running the youngest last
 * @returns the id of the one that is meant; nothing where another one is wanted, or none runs
 * @throws {vscode.CancellationError} when the person gives up
 */
export async function pickRunning(
  title: string,
  running: readonly { id: string; says: string }[],
): Promise<string | undefined> {
  if (running.length === 0) return undefined
  const choice = await vscode.window.showQuickPick(
    [
      ...running.toReversed().map(({ id, says }) => ({
        ...{ label: `$(debug-continue) Cluster ${id}`, description: says, id },
      })),
      { label: '$(add) Another one', description: 'beside it', id: undefined },
    ],
    { title, ignoreFocusOut: true },
  )
  if (!choice) throw new vscode.CancellationError()
  return choice.id
}
