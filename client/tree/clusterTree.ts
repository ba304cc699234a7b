// The tree of the activity bar: rows of the tree model as VS Code wants them.

import * as vscode from 'vscode'
import { otherClusters } from '../cluster/otherClusters.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { SshHosts } from '../ssh/sshHosts.ts'
import { attachedNodes, hostNodes, otherNodes, type TreeNode, treeOf } from './treeModel.ts'

const REFRESH_MS_MIN = 500

export function registerClusterTree(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  hosts: SshHosts,
): void {
  const changed = new vscode.EventEmitter<void>()
  let waiting: NodeJS.Timeout | undefined
  const provider: vscode.TreeDataProvider<TreeNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) =>
      node?.children ?? [
        ...treeOf(cluster.model, Date.now()),
        ...attachedNodes(
          cluster.all
            .filter((each) => each !== cluster.current)
            .map(({ id, found }) => ({ id, name: found.name })),
        ),
        // While none runs here the view says how to start one; others are of interest beside one's own.
        ...(cluster.model.phase.kind === 'running'
          ? [...otherNodes(others(cluster)), ...hostNodes(othersOf(hosts, cluster))]
          : []),
      ],
    getTreeItem: itemOf,
  }
  const view = vscode.window.createTreeView('heddle.cluster', { treeDataProvider: provider })
  const refresh = (): void => {
    waiting = undefined
    changed.fire()
  }
  context.subscriptions.push(
    changed,
    view,
    cluster.onPhase(refresh),
    hosts.onDidChange(refresh),
    cluster.onReadings(() => {
      // Readings come five times a second; a tree that is drawn anew as often cannot be clicked.
      if (view.visible) waiting ??= setTimeout(refresh, REFRESH_MS_MIN)
    }),
    { dispose: () => clearTimeout(waiting) },
  )
}

function others({ all }: WindowCluster) {
  return otherClusters(undefined).filter(({ id }) => !all.some((each) => each.id === id))
}

const othersOf = ({ known }: SshHosts, { all }: WindowCluster): string[] =>
  known.filter((host) => !all.some(({ found }) => found.kind === 'ssh' && found.name === host))

function itemOf(node: TreeNode): vscode.TreeItem {
  const state =
    node.children.length === 0
      ? vscode.TreeItemCollapsibleState.None
      : node.unfolded
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed
  const item = new vscode.TreeItem(node.label, state)
  // VS Code keeps a row that it has seen without children folded, by its id, when children come.
  item.id = node.unfolded && node.children.length === 0 ? `${node.id} empty` : node.id
  item.description = node.description
  item.tooltip = node.tooltip
  item.iconPath = new vscode.ThemeIcon(node.icon)
  item.contextValue = node.context
  if (node.url)
    item.command = {
      title: 'Open Dashboard',
      command: 'vscode.open',
      arguments: [vscode.Uri.parse(node.url)],
    }
  if (node.host) item.command = { title: 'Connect', command: 'heddle.connectHost', arguments: [node.host] }
  if (node.switchTo)
    item.command = { title: 'Switch', command: 'heddle.switchCluster', arguments: [node.switchTo] }
  return item
}
