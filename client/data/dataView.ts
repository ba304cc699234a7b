// The view of data: what programs hold on the cluster, by the line that asked for it, and what is published there, with bytes and a way to release it.

import * as vscode from 'vscode'
import { openPlace } from '../panels/panelPage.ts'
import type { RunBook } from '../runs/runBook.ts'
import { rowLabel, rowTooltip } from '../tree/rowLabel.ts'
import { type DataRow, dataRows, dataTotal, releaseText, spokenData } from './dataModel.ts'
import type { HeldLook } from './heldLook.ts'

export function registerDataView(context: vscode.ExtensionContext, look: HeldLook, book: RunBook): void {
  const changed = new vscode.EventEmitter<void>()
  let rows: DataRow[] = []
  const view = vscode.window.createTreeView<DataRow>('heddle.data', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (row) => (row ? [] : rows),
      getTreeItem: itemOf,
    },
  })
  const tell = (): void => {
    const before = JSON.stringify(rows)
    rows = dataRows(look.held, lineAt, [...book.runs.values()])
    view.description = dataTotal(look.held) ?? ''
    if (JSON.stringify(rows) !== before) changed.fire()
  }
  context.subscriptions.push(
    changed,
    view,
    look.onChange(tell),
    view.onDidChangeVisibility(() => {
      tell()
      look.watch(view.visible)
    }),
    vscode.commands.registerCommand('heddle.openData', async (row?: DataRow) => {
      if (row?.held.place) await openPlace(row.held.place)
    }),
    vscode.commands.registerCommand('heddle.releaseData', async (given?: Pick<DataRow, 'held'>) => {
      const held = given?.held ?? view.selection[0]?.held
      if (!held) return
      const [{ label, tooltip }] = dataRows([held], lineAt, [...book.runs.values()])
      const choice = await vscode.window.showWarningMessage(
        `Release ${label}?`,
        {
          modal: true,
          detail: `${tooltip}\n\n${releaseText(held)}`,
        },
        'Release',
      )
      if (choice === 'Release') await look.release(held)
    }),
  )
}

function lineAt(file: string, line: number): string | undefined {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === file)
  return document && line <= document.lineCount ? document.lineAt(line - 1).text : undefined
}

function itemOf(row: DataRow): vscode.TreeItem {
  const { id, label, description, tooltip, held } = row
  const item = new vscode.TreeItem(rowLabel(label))
  item.id = id
  item.description = description
  item.tooltip = rowTooltip(label, tooltip)
  item.accessibilityInformation = { label: spokenData(row) }
  item.iconPath = new vscode.ThemeIcon('database')
  item.contextValue = 'data'
  if (held.place) item.command = { title: 'Open', command: 'heddle.openData', arguments: [{ held }] }
  return item
}
