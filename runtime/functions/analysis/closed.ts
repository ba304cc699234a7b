// Which module-level declarations are closed: they can be declared again on a worker without any value from here.

import type { Node } from 'oxc-parser'
import type { Purity } from './purity.ts'
import type { Binding, Scope } from './scope.ts'
import type { ClosedGroup } from './sourceUnit.ts'

/** Where a declaration's text begins: at its first decorator, if it has one. */
export function declarationStart(node: Node): number {
  const decorators = 'decorators' in node ? (node.decorators as Node[] | undefined) : undefined
  return decorators?.length ? Math.min(node.start, decorators[0].start) : node.start
}

/** What each module-level declaration names of the others. */
export function declarationDependencies(
  scope: Scope,
  references: readonly { binding: Binding; start: number }[],
): Map<Binding, Set<Binding>> {
  const ranges: { binding: Binding; start: number; end: number }[] = []
  const dependencies = new Map<Binding, Set<Binding>>()
  for (const binding of scope.bindings.values()) {
    dependencies.set(binding, new Set())
    if (binding.kind === 'import') continue
    for (const node of binding.declarations)
      ranges.push({ binding, start: declarationStart(node), end: node.end })
  }
  ranges.sort((a, b) => a.start - b.start)
  for (const reference of references) {
    let low = 0
    let high = ranges.length - 1
    let hit = -1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (ranges[middle].start <= reference.start) {
        hit = middle
        low = middle + 1
      } else high = middle - 1
    }
    // Several names of one pattern share a range.
    for (; hit >= 0 && reference.start < ranges[hit].end; hit--) {
      if (ranges[hit].binding !== reference.binding)
        dependencies.get(ranges[hit].binding)!.add(reference.binding)
      if (hit === 0 || ranges[hit - 1].start !== ranges[hit].start) break
    }
  }
  return dependencies
}

/** The largest set of declarations that need nothing but each other and imports. */
export function closedDeclarations(
  scope: Scope,
  dependencies: ReadonlyMap<Binding, ReadonlySet<Binding>>,
  purity: Purity,
): Set<Binding> {
  const closed = new Set<Binding>()
  for (const binding of scope.bindings.values()) {
    if (binding.kind === 'import' || binding.changed || binding.writes.length > 0) continue
    const [first] = binding.declarations
    if (['function', 'class', 'enum', 'namespace'].includes(binding.kind)) closed.add(binding)
    else if (
      binding.kind === 'const' &&
      binding.simple &&
      first.type === 'VariableDeclarator' &&
      purity.isPure(first.init)
    )
      closed.add(binding)
  }
  for (let changed = true; changed; ) {
    changed = false
    for (const binding of closed) {
      for (const dependency of dependencies.get(binding)!) {
        if (dependency.kind === 'import' || closed.has(dependency)) continue
        closed.delete(binding)
        changed = true
        break
      }
    }
  }
  return closed
}

/** Closed declarations in groups: those that refer to each other in a cycle belong together (Tarjan's algorithm). */
export function closedGroups(
  closed: ReadonlySet<Binding>,
  dependencies: ReadonlyMap<Binding, ReadonlySet<Binding>>,
): { groups: ClosedGroup[]; groupOf: Map<Binding, ClosedGroup> } {
  const groups: ClosedGroup[] = []
  const groupOf = new Map<Binding, ClosedGroup>()
  const index = new Map<Binding, number>()
  const lowest = new Map<Binding, number>()
  const stack: Binding[] = []
  const visit = (binding: Binding): void => {
    const own = index.size
    index.set(binding, own)
    lowest.set(binding, own)
    stack.push(binding)
    for (const next of dependencies.get(binding)!) {
      if (!closed.has(next)) continue
      if (!index.has(next)) visit(next)
      if (!groupOf.has(next)) lowest.set(binding, Math.min(lowest.get(binding)!, lowest.get(next)!))
    }
    if (lowest.get(binding) !== own) return
    const members = stack.splice(stack.indexOf(binding))
    members.sort((a, b) => a.declarations[0].start - b.declarations[0].start)
    const group = { members }
    for (const member of members) groupOf.set(member, group)
    groups.push(group)
  }
  for (const binding of closed) if (!index.has(binding)) visit(binding)
  return { groups, groupOf }
}
