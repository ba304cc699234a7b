// The status bar item: the status text as VS Code shows it.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { statusText } from './statusText.ts'

const TONES = {
  plain: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
}

export function registerStatusBar(context: vscode.ExtensionContext, cluster: WindowCluster): void {
  const item = vscode.window.createStatusBarItem('heddle.status', vscode.StatusBarAlignment.Left, 10)
  item.name = 'Heddle'
  const update = (): void => {
    const { text, tooltip, command, tone } = statusText(cluster.model, Date.now())
    item.text = text
    item.tooltip = tooltip.join('\n')
    item.command = command
    item.backgroundColor = TONES[tone]
    item.accessibilityInformation = { label: tooltip[0], role: 'button' }
    item.show()
  }
  update()
  context.subscriptions.push(item, cluster.onPhase(update), cluster.onReadings(update))
}
