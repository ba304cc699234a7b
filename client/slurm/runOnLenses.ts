// ▷ Run on NAME in the place of ▷ Run, one for each cluster that this window is attached to, where there are several.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { registerLenses } from '../lenses/lenses.ts'

const RUNS = new Set(['heddle.runExpression'])

/** The server's lenses, those that run an expression once for every cluster. */
export function lensesOf(given: vscode.CodeLens[], { all }: Pick<WindowCluster, 'all'>): vscode.CodeLens[] {
  if (all.length < 2) return given
  return given.flatMap((lens) => {
    const { command } = lens
    if (!command || !RUNS.has(command.command) || command.title !== '▷ Run') return [lens]
    const [argument] = command.arguments as [object]
    const on = (title: string, cluster: string): vscode.CodeLens =>
      new vscode.CodeLens(lens.range, { ...command, title, arguments: [{ ...argument, cluster }] })
    // Always in the same order: a click switches to that cluster, and a second one at the same place is meant for it too.
    return all.map(({ found, id }) => on(`▷ Run on ${found.name}`, id))
  })
}

/** Has lenses drawn anew when the clusters are others. */
export function registerRunOnLenses(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  selector: vscode.DocumentSelector,
): void {
  // VS Code asks every provider of a document anew when one says that its lenses have changed.
  const changed = registerLenses(context, selector, () => [])
  let names = ''
  context.subscriptions.push(
    cluster.onPhase(() => {
      const now = cluster.all.length < 2 ? '' : cluster.all.map(({ id }) => id).join()
      if (now === names) return
      names = now
      changed()
    }),
  )
}
