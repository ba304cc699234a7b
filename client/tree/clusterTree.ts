// The tree of the activity bar: rows of the tree model as VS Code wants them.

import * as vscode from 'vscode'
import { ClustersElsewhere } from '../cluster/clustersElsewhere.ts'
import { otherClusters } from '../cluster/otherClusters.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { FeedConnection } from '../connection/feedConnection.ts'
import type { SshHosts } from '../ssh/sshHosts.ts'
import { rowLabel, rowTooltip } from './rowLabel.ts'
import { attachedNodes, hostNodes, otherNodes, spoken, type TreeNode, treeOf } from './treeModel.ts'

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
            .map(({ id, found }) => ({ id, name: found.name, kind: found.kind })),
        ),
        ...otherNodes(elsewhere.all, Date.now()),
        // While none runs here the view says how to start one; hosts are of interest beside one's own.
        ...(cluster.model.phase.kind === 'running' ? hostNodes(othersOf(hosts, cluster)) : []),
      ],
    getTreeItem: itemOf,
  }
  const view = vscode.window.createTreeView('heddle.cluster', { treeDataProvider: provider })
  const refresh = (): void => {
    waiting = undefined
    changed.fire()
  }
  // Readings come five times a second; a tree that is drawn anew as often cannot be clicked.
  const refreshSoon = (): void => {
    if (view.visible) waiting ??= setTimeout(refresh, REFRESH_MS_MIN)
  }
  const elsewhere = new ClustersElsewhere({
    find: () => otherClusters(undefined).filter(({ id }) => !cluster.all.some((each) => each.id === id)),
    open: (address, events) => new FeedConnection(address, 'workers', events),
    changed: refreshSoon,
  })
  context.subscriptions.push(
    changed,
    view,
    cluster.onPhase(() => {
      if (view.visible) elsewhere.look()
      refresh()
    }),
    hosts.onDidChange(refresh),
    cluster.onReadings(refreshSoon),
    view.onDidChangeVisibility(({ visible }) => elsewhere.watch(visible)),
    {
      dispose: () => {
        clearTimeout(waiting)
        elsewhere.watch(false)
      },
    },
  )
  elsewhere.watch(view.visible)
}

const othersOf = ({ known }: SshHosts, { all }: WindowCluster): string[] =>
  known.filter((host) => !all.some(({ found }) => found.kind === 'ssh' && found.name === host))

/** VS Code keeps a row as it has seen it first, by its id: one without children folded, when children come, and one of few unfolded, when there are many. */
const rowId = ({ id, unfolded, children }: TreeNode): string =>
  children.length === 0 ? (unfolded ? `${id} empty` : id) : unfolded ? id : `${id} folded`

function itemOf(node: TreeNode): vscode.TreeItem {
  const state =
    node.children.length === 0
      ? vscode.TreeItemCollapsibleState.None
      : node.unfolded
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed
  const item = new vscode.TreeItem(rowLabel(node.label), state)
  item.id = rowId(node)
  item.description = node.description
  item.tooltip = rowTooltip(node.label, node.tooltip)
  item.accessibilityInformation = { label: spoken(node) }
  item.iconPath = new vscode.ThemeIcon(node.icon)
  item.contextValue = node.context
  if (node.host) item.command = { title: 'Connect', command: 'heddle.connectHost', arguments: [node.host] }
  if (node.switchTo)
    item.command = { title: 'Switch', command: 'heddle.switchCluster', arguments: [node.switchTo] }
  return item
}
