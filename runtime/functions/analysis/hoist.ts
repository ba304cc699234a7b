// Declares what a block, a function or a module declares before its statements are read.

import { type Directive, type ImportDeclaration, type Node, type Statement, visitorKeys } from 'oxc-parser'
import { forEachName } from './patterns.ts'
import type { ImportRecord, Scope } from './scope.ts'

const NO_VAR_INSIDE =
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassDeclaration|ClassExpression|TSModuleDeclaration)$/

/** The statement inside an `export`. */
export function withoutExport(statement: Node): Node {
  return (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') &&
    statement.declaration
    ? (statement.declaration as Node)
    : statement
}

/** Declares the `let`, `const`, functions, classes, enums, namespaces and imports of a list of statements. */
export function hoistLexical(
  statements: readonly (Directive | Statement)[],
  scope: Scope,
  imports?: ImportRecord[],
): void {
  for (const outer of statements as readonly Node[]) {
    const statement = withoutExport(outer)
    const place = { statement, outerStatement: outer }
    switch (statement.type) {
      case 'VariableDeclaration': {
        if (statement.kind === 'var' || statement.declare) break
        const kind = statement.kind === 'let' ? 'let' : 'const'
        for (const declarator of statement.declarations) {
          const simple = declarator.id.type === 'Identifier'
          forEachName(declarator.id, (name) => scope.declare(name, kind, declarator, { ...place, simple }))
        }
        break
      }
      case 'FunctionDeclaration':
        if (statement.id && statement.body) scope.declare(statement.id.name, 'function', statement, place)
        break
      case 'ClassDeclaration':
        if (statement.id && !statement.declare) scope.declare(statement.id.name, 'class', statement, place)
        break
      case 'TSEnumDeclaration':
        if (!statement.declare) scope.declare(statement.id.name, 'enum', statement, place)
        break
      case 'TSModuleDeclaration':
        if (!statement.declare && statement.body && statement.id.type === 'Identifier')
          scope.declare(statement.id.name, 'namespace', statement, place)
        break
      case 'TSImportEqualsDeclaration':
        if (statement.importKind === 'type') break
        if (statement.moduleReference.type === 'TSExternalModuleReference')
          hoistImportEquals(statement.id.name, statement.moduleReference.expression, outer, scope, imports)
        else scope.declare(statement.id.name, 'let', statement, place)
        break
      case 'ImportDeclaration':
        hoistImport(statement, scope, imports)
        break
    }
  }
}

function hoistImport(statement: ImportDeclaration, scope: Scope, imports: ImportRecord[] | undefined): void {
  if (statement.importKind === 'type') return
  const record: ImportRecord = {
    source: statement.source.value,
    start: statement.source.start,
    names: [],
    sideEffectOnly: statement.specifiers.length === 0,
    required: false,
  }
  for (const specifier of statement.specifiers) {
    if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue
    const imported =
      specifier.type === 'ImportDefaultSpecifier'
        ? 'default'
        : specifier.type === 'ImportNamespaceSpecifier'
          ? '*'
          : specifier.imported.type === 'Identifier'
            ? specifier.imported.name
            : specifier.imported.value
    const local = specifier.local.name
    const binding = scope.declare(local, 'import', specifier, { record, imported })
    record.names.push({ local, imported, binding })
  }
  imports?.push(record)
}

/** `import x = require('y')` binds all of what CommonJS gives. */
function hoistImportEquals(
  local: string,
  source: { value: string; start: number },
  statement: Node,
  scope: Scope,
  imports: ImportRecord[] | undefined,
): void {
  const record: ImportRecord = {
    source: source.value,
    start: source.start,
    names: [],
    sideEffectOnly: false,
    required: true,
    importEquals: statement,
  }
  const binding = scope.declare(local, 'import', statement, { record, imported: '*' })
  record.names.push({ local, imported: '*', binding })
  imports?.push(record)
}

/** Declares the `var`s of a function or module, however deep in blocks they stand. */
export function hoistVar(node: Node | null, scope: Scope): void {
  if (!node || NO_VAR_INSIDE.test(node.type)) return
  if (node.type === 'VariableDeclaration') {
    if (node.kind !== 'var' || node.declare) return
    for (const declarator of node.declarations) {
      const simple = declarator.id.type === 'Identifier'
      forEachName(declarator.id, (name) => {
        if (!scope.bindings.has(name)) scope.declare(name, 'var', declarator, { statement: node, simple })
      })
    }
    return
  }
  if (/Expression$|^Literal|^Identifier|^TS/.test(node.type)) return
  forEachChild(node, (child) => hoistVar(child, scope))
}

/** Calls back with every node directly below a node, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  const fields = node as unknown as Record<string, unknown>
  const keys = visitorKeys[node.type]
  if (!keys) return
  for (const key of keys) {
    const child = fields[key]
    if (Array.isArray(child)) {
      for (const item of child) if (item) visit(item as Node)
    } else if (child) visit(child as Node)
  }
}
