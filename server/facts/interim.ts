// Finds imports of heddle and awaited computations: names that come from heddle are followed through variables and chains.

import { parseSync } from 'oxc-parser'
import type { Computation, DocumentFacts } from './documentFacts.ts'

const METHODS = new Set(['compute', 'persist', 'gather', 'result'])
/** Functions of heddle that compute what they are given. */
const FUNCTIONS = new Set(['compute', 'persist'])

interface Node {
  type: string
  start: number
  end: number
  [field: string]: unknown
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string'

export function findComputations(file: string, text: string): DocumentFacts | undefined {
  const lang = /\.[cm]?ts$/.test(file)
    ? 'ts'
    : file.endsWith('.tsx')
      ? 'tsx'
      : /\.[cm]?js$/.test(file)
        ? 'jsx'
        : 'tsx'
  const { program, errors } = parseSync(file, text, { lang })
  if (errors.some((error) => error.severity === 'Error')) return undefined
  const known = new Set<string>()
  const computing = new Map<string, string>()
  /** Names under which functions that compute were imported. */
  const functions = new Map<string, string>()
  const facts: DocumentFacts = { imports: [], computations: [] }
  const derived = (node: unknown): boolean => {
    if (!isNode(node)) return false
    switch (node.type) {
      case 'Identifier':
        return known.has(node.name as string)
      case 'MemberExpression':
        return derived(node.object)
      case 'CallExpression':
      case 'NewExpression':
        return derived(node.callee)
      case 'AwaitExpression':
        return derived(node.argument)
      default:
        return derived(node.expression)
    }
  }
  const methodOf = (node: unknown): string | undefined => {
    if (!isNode(node)) return undefined
    if (node.type === 'Identifier') return computing.get(node.name as string)
    if (node.type !== 'CallExpression') return undefined
    const callee = node.callee as Node
    if (callee.type === 'Identifier') return functions.get(callee.name as string)
    if (callee.type !== 'MemberExpression') return undefined
    const name = (callee.property as Node).name as string
    if (METHODS.has(name) && derived(callee.object)) return name
    const [first] = node.arguments as Node[]
    if ((callee.object as Node).name !== 'Promise' || first?.type !== 'ArrayExpression') return undefined
    return (first.elements as Node[]).map(methodOf).find((method) => method)
  }
  const visit = (node: Node, nested: boolean): void => {
    let inside = nested
    if (/Function|MethodDefinition|^(For|While|DoWhile)/.test(node.type)) inside = true
    if (node.type === 'ImportDeclaration') {
      const source = node.source as Node
      if (!/^heddle(\/|$)/.test(source.value as string)) return
      facts.imports.push({ start: source.start, end: source.end, specifier: source.value as string })
      for (const each of node.specifiers as Node[]) {
        const local = (each.local as Node).name as string
        const imported = (each.imported as Node | undefined)?.name as string | undefined
        if (imported && FUNCTIONS.has(imported)) functions.set(local, imported)
        known.add(local)
      }
      return
    }
    if (node.type === 'VariableDeclarator') {
      const { id, init } = node as unknown as { id: Node; init: unknown }
      const method = methodOf(init)
      if (id.type === 'Identifier' && method) computing.set(id.name as string, method)
      else if (derived(init)) for (const name of namesOf(id)) known.add(name)
    }
    if (node.type === 'AwaitExpression') {
      const method = methodOf(node.argument)
      if (method) facts.computations.push(computation(text, node, method, inside))
    }
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) for (const each of value) if (isNode(each)) visit(each, inside)
      if (isNode(value)) visit(value, inside)
    }
  }
  visit(program as unknown as Node, false)
  return facts
}

function namesOf(pattern: Node): string[] {
  if (pattern.type === 'Identifier') return [pattern.name as string]
  const parts = (pattern.elements ?? pattern.properties ?? []) as Node[]
  return parts.flatMap((part) => (part ? namesOf((part.value as Node) ?? part) : []))
}

function computation(text: string, node: Node, method: string, nested: boolean): Computation {
  const { start, end } = node
  const source = text
    .slice(start, end)
    .replace(/^await\s+/, '')
    .replace(/\s+/g, ' ')
  return { start, end, method, nested, label: source.length > 60 ? `${source.slice(0, 59)}…` : source }
}
