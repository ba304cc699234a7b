// What a text's names mean in other files: the names that a module exports, followed to where they are made.

import type { Node } from 'oxc-parser'
import type { Subject } from './subject.ts'

/** The files beside a text, by what it imports. */
export interface Modules {
  /** The module that a file means by a specifier; nothing for packages, and for what is not there. */
  moduleOf(file: string, specifier: string): Subject | undefined
  /** A module that rested is analysed again. */
  woken(subject: Subject): void
}

/** What an exported name is: an expression or a declaration, all of a module, or a part of heddle that is passed on. */
export type Exported =
  | { kind: 'node'; subject: Subject; node: Node }
  | { kind: 'module'; subject: Subject }
  | { kind: 'heddle'; name: string }

const isHeddle = (specifier: string): boolean => /^heddle(\/|$)/.test(specifier)

/** What `import { name } from specifier` means in a file: `*` is all of the module. */
export function importedFrom(
  subject: Subject,
  specifier: string,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Exported | undefined {
  if (isHeddle(specifier)) return { kind: 'heddle', name }
  const other = subject.consult(specifier)
  if (!other) return undefined
  return name === '*' ? { kind: 'module', subject: other } : exportOf(other, name, seen)
}

/** What a module exports under a name. */
export function exportOf(
  subject: Subject,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Exported | undefined {
  // Modules may pass each other's names on in a circle.
  const id = `${subject.module.file} ${name}`
  if (seen.has(id)) return undefined
  const now = new Set([...seen, id])
  if (subject.module.format === 'commonjs') {
    const value = assignedExport(subject, name)
    return value && madeBy(subject, value, now)
  }
  const everything: string[] = []
  for (const statement of subject.module.program.body as Node[]) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default')
      return madeBy(subject, statement.declaration as Node, now)
    if (statement.type === 'ExportAllDeclaration') {
      const { exported, source } = statement
      if (exported) {
        if (nameOf(exported as Node) === name) return importedFrom(subject, source.value, '*', now)
      } else everything.push(source.value)
    }
    if (statement.type !== 'ExportNamedDeclaration') continue
    const { declaration, specifiers, source } = statement
    const own = declaration && declaredIn(declaration as Node, name)
    if (own) return { kind: 'node', subject, node: own }
    const specifier = specifiers.find(({ exported }) => nameOf(exported as Node) === name)
    if (!specifier) continue
    const local = nameOf(specifier.local as Node)
    return source ? importedFrom(subject, source.value, local, now) : ofLocal(subject, local, now)
  }
  if (name === 'default') return undefined
  for (const source of everything) {
    // `export * from 'heddle'` beside others: theirs are looked at first.
    if (isHeddle(source)) continue
    const found = importedFrom(subject, source, name, now)
    if (found) return found
  }
  return everything.some(isHeddle) ? { kind: 'heddle', name } : undefined
}

/** What `exports.name = …`, `module.exports.name = …` or `module.exports = { name: … }` gives others. */
function assignedExport(subject: Subject, name: string): Node | undefined {
  for (const statement of subject.module.program.body as Node[]) {
    const assignment = statement.type === 'ExpressionStatement' ? (statement.expression as Node) : undefined
    if (assignment?.type !== 'AssignmentExpression' || assignment.operator !== '=') continue
    const target = subject.slice(assignment.left)
    const value = assignment.right as Node
    if (target === `exports.${name}` || target === `module.exports.${name}`) return value
    if (target !== 'module.exports') continue
    if (name === 'default') return value
    if (value.type !== 'ObjectExpression') continue
    for (const property of value.properties)
      if (property.type === 'Property' && !property.computed && nameOf(property.key as Node) === name)
        return property.value as Node
  }
  return undefined
}

/** A name of a module's top level. */
function ofLocal(subject: Subject, name: string, seen: ReadonlySet<string>): Exported | undefined {
  const binding = subject.module.scope.lookup(name)
  if (!binding) return undefined
  if (binding.kind === 'import')
    return binding.record && importedFrom(subject, binding.record.source, binding.imported ?? '', seen)
  if (!binding.simple || binding.writes.length > 0) return undefined
  const [declaration] = binding.declarations
  const made =
    declaration?.type === 'VariableDeclarator' ? (declaration.init as Node | null) : (declaration ?? null)
  return made ? { kind: 'node', subject, node: made } : undefined
}

function madeBy(subject: Subject, node: Node, seen: ReadonlySet<string>): Exported | undefined {
  return node.type === 'Identifier' ? ofLocal(subject, node.name, seen) : { kind: 'node', subject, node }
}

function declaredIn(declaration: Node, name: string): Node | undefined {
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration')
    return declaration.id?.name === name ? declaration : undefined
  if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'const') return undefined
  const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
  return (found?.init as Node | undefined) ?? undefined
}

const nameOf = (node: Node): string =>
  node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : ''
