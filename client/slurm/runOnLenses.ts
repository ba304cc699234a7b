// ▷ Run on NAME beside ▷ Run, for each other cluster that this window is attached to.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'

const RUNS = new Set(['heddle.runExpression'])

/** The server's lenses, those that run an expression once more for every other cluster. */
export function lensesOf(given: vscode.CodeLens[], { all, current }: WindowCluster): vscode.CodeLens[] {
  if (all.length < 2 || !current) return given
  return given.flatMap((lens) => {
    const { command } = lens
    if (!command || !RUNS.has(command.command) || command.title !== '▷ Run') return [lens]
    const [argument] = command.arguments as [object]
    const on = (title: string, cluster: string): vscode.CodeLens =>
      new vscode.CodeLens(lens.range, { ...command, title, arguments: [{ ...argument, cluster }] })
    return [
      on(`▷ Run on ${current.found.name}`, current.id),
      ...all.filter((each) => each !== current).map(({ found, id }) => on(`▷ Run on ${found.name}`, id)),
    ]
  })
}

/** Has lenses drawn anew when the clusters are others. */
export function registerRunOnLenses(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  selector: vscode.DocumentSelector,
): void {
  const changed = new vscode.EventEmitter<void>()
  let names = ''
  context.subscriptions.push(
    changed,
    // VS Code asks every provider of a document anew when one says that its lenses have changed.
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: () => [],
    }),
    cluster.onPhase(() => {
      const now =
        cluster.all.length < 2 ? '' : cluster.all.map(({ found }) => found.name).join() + cluster.current?.id
      if (now === names) return
      names = now
      changed.fire()
    }),
  )
}
