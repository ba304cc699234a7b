// The visible lines of a result tree, and what the arrow keys do in it (as the ARIA practices describe a tree).

import type { DisplayNode } from '../../runtime/protocol/runs.ts'

export interface TreeRow {
  /** Places of the node and its ancestors among their siblings, e.g. `0.2`; the root's is empty. */
  path: string
  node: DisplayNode
  /** From 1. */
  level: number
  /** Undefined for leaves. */
  open?: boolean
  position: number
  siblings: number
}

/** Lines of the tree with the nodes of `open` unfolded. */
export function treeRows(root: DisplayNode, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (
    node: DisplayNode,
    path: string,
    level: number,
    position: number,
    siblings: number,
  ): void => {
    const { children = [] } = node
    const isOpen = children.length > 0 ? open.has(path) : undefined
    rows.push({ path, node, level, ...(isOpen === undefined ? {} : { open: isOpen }), position, siblings })
    if (!isOpen) return
    for (const [index, child] of children.entries())
      visit(child, path === '' ? String(index) : `${path}.${index}`, level + 1, index + 1, children.length)
  }
  visit(root, '', 1, 1, 1)
  return rows
}

const FEW = 8

/** The root and, where they are few, its children: what is open at first. */
export function openedAtFirst(root: DisplayNode): Set<string> {
  const open = new Set<string>([''])
  const children = root.children ?? []
  if (children.length > FEW) return open
  for (const [index, child] of children.entries())
    if (child.children && child.children.length <= FEW) open.add(String(index))
  return open
}

export interface TreeMove {
  /** The line that is active now. */
  active: number
  open: ReadonlySet<string>
}

/** What a key does, or nothing for keys that mean nothing to a tree. */
export function keyInTree(key: string, rows: readonly TreeRow[], move: TreeMove): TreeMove | undefined {
  const { active, open } = move
  const row = rows[active]
  if (!row) return undefined
  switch (key) {
    case 'ArrowDown':
      return { active: Math.min(rows.length - 1, active + 1), open }
    case 'ArrowUp':
      return { active: Math.max(0, active - 1), open }
    case 'Home':
      return { active: 0, open }
    case 'End':
      return { active: rows.length - 1, open }
    case 'ArrowRight':
      if (row.open === undefined) return move
      return row.open ? { active: active + 1, open } : { active, open: toggled(open, row.path) }
    case 'ArrowLeft': {
      if (row.open) return { active, open: toggled(open, row.path) }
      const parent = rows.findLastIndex((each, index) => index < active && each.level < row.level)
      return { active: Math.max(0, parent), open }
    }
    case 'Enter':
    case ' ':
      return row.open === undefined ? move : { active, open: toggled(open, row.path) }
    default:
      return undefined
  }
}

export function toggled(open: ReadonlySet<string>, path: string): Set<string> {
  const next = new Set(open)
  if (!next.delete(path)) next.add(path)
  return next
}

/** How many parts a tree has, itself among them. */
export const sizeOf = ({ children = [] }: DisplayNode): number =>
  children.reduce((all, child) => all + sizeOf(child), 1)
