// The view of data: what programs hold on the cluster, by the line that asked for it, with its bytes and a way to release it.

import * as vscode from 'vscode'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { openPlace } from '../panels/panelPage.ts'
import type { RunBook } from '../runs/runBook.ts'
import { type DataRow, dataRows, dataTotal } from './dataModel.ts'

/** While it is seen, it is looked at anew so often. */
const LOOK_MS = 2000

export function registerDataView(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
): void {
  const changed = new vscode.EventEmitter<void>()
  let rows: DataRow[] = []
  let timer: NodeJS.Timeout | undefined
  let looking = false
  const view = vscode.window.createTreeView<DataRow>('heddle.data', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (row) => (row ? [] : rows),
      getTreeItem: itemOf,
    },
  })
  const look = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (!view.visible || looking) return
    looking = true
    try {
      const held = ((await cluster.connection?.query('held')) ?? []) as HeldData[]
      const next = dataRows(held, lineAt)
      view.description = dataTotal(held) ?? ''
      const before = JSON.stringify(rows)
      rows = next
      if (JSON.stringify(next) !== before) changed.fire()
    } catch {
      // The cluster is of an older version, or it is just ending: the next look tells.
    } finally {
      looking = false
    }
    if (view.visible && cluster.connection) timer = setTimeout(look, LOOK_MS)
  }
  context.subscriptions.push(
    changed,
    view,
    { dispose: () => clearTimeout(timer) },
    view.onDidChangeVisibility(look),
    cluster.onPhase(look),
    book.onEvent(({ message }) => {
      if (message.event.kind === 'computed' || message.event.kind === 'ended') void look()
    }),
    vscode.commands.registerCommand('heddle.openData', async (row?: DataRow) => {
      if (row?.held.place) await openPlace(row.held.place)
    }),
    vscode.commands.registerCommand('heddle.releaseData', async (row?: DataRow) => {
      const chosen = row ?? view.selection[0]
      if (!chosen) return
      const choice = await vscode.window.showWarningMessage(
        `Release ${chosen.label}?`,
        {
          modal: true,
          detail: `${chosen.tooltip}\n\nThe program that holds it is told so; what it still computes from it fails.`,
        },
        'Release',
      )
      if (choice !== 'Release') return
      const { client, group } = chosen.held
      await cluster.connection?.query('let-go', JSON.stringify({ client, group }))
      await look()
    }),
  )
}

function lineAt(file: string, line: number): string | undefined {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === file)
  return document && line <= document.lineCount ? document.lineAt(line - 1).text : undefined
}

function itemOf({ id, label, description, tooltip, held }: DataRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label)
  item.id = id
  item.description = description
  item.tooltip = tooltip
  item.iconPath = new vscode.ThemeIcon('database')
  item.contextValue = 'data'
  if (held.place) item.command = { title: 'Open', command: 'heddle.openData', arguments: [{ held }] }
  return item
}
