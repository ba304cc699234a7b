// Reads one node of a module's tree, whatever it is.

import type { ArrowFunctionExpression, Node } from 'oxc-parser'
import { forEachChild, hoistLexical } from './hoist.ts'
import { noteChange, noteMixin } from './lateParts.ts'
import { forEachName, TRANSPARENT } from './patterns.ts'
import { readClass } from './readClass.ts'
import { leftmost, readEnum, readNamespace, readVariables } from './readDeclaration.ts'
import { readDefaultExport, readExport } from './readExport.ts'
import { readCall, readObject, readOperands } from './readExpression.ts'
import { readFunction, readPattern } from './readFunction.ts'
import { Scope } from './scope.ts'
import type { Context, Walk } from './walk.ts'

export function readNode(walk: Walk, node: Node, scope: Scope, context: Context): void {
  switch (node.type) {
    case 'Identifier':
      if (node.name === 'arguments' && !scope.lookup('arguments'))
        walk.arrowUnits((unit) => {
          unit.usesArguments = true
        })
      else if (node.name !== 'undefined') walk.reference(node.name, node.start, scope, false)
      return
    case 'ThisExpression':
      walk.arrowUnits((unit) => unit.thisNodes.push(node))
      return
    case 'Super': {
      walk.arrowUnits((unit) => {
        unit.usesSuper = true
      })
      const owner = walk.frames.findLast((frame) => !frame.arrow)?.unit
      if (owner?.kind === 'method') owner.usesSuper = true
      return
    }
    case 'MetaProperty':
      if (node.meta.name === 'import') walk.importMetas.push(node)
      else
        walk.arrowUnits((unit) => {
          unit.usesNewTarget = true
        })
      return
    case 'ImportExpression':
      walk.dynamicImports.push(node)
      walk.visit(node.source, scope)
      if (node.options) walk.visit(node.options, scope)
      return
    case 'FunctionDeclaration':
      readFunction(walk, node, scope, 'declaration', {
        ...context,
        self: node.id ? scope.lookup(node.id.name) : undefined,
      })
      return
    case 'FunctionExpression':
      readFunction(walk, node, scope, 'expression', context)
      return
    case 'ArrowFunctionExpression':
      readFunction(walk, node as ArrowFunctionExpression, scope, 'arrow', context)
      return
    case 'ClassDeclaration':
      if (node.declare) return
      readClass(walk, node, scope, 'class', {
        ...context,
        self: node.id ? scope.lookup(node.id.name) : undefined,
      })
      return
    case 'ClassExpression':
      readClass(walk, node, scope, 'classExpression', context)
      return
    case 'ObjectExpression':
      readObject(walk, node, scope)
      return
    case 'BinaryExpression':
    case 'LogicalExpression':
      readOperands(walk, node, scope)
      return
    case 'MemberExpression':
      walk.visit(node.object, scope)
      if (node.property.type === 'PrivateIdentifier') walk.usesPrivateName(node.property.name)
      else if (node.computed) walk.visit(node.property, scope)
      return
    case 'CallExpression':
    case 'NewExpression':
      readCall(walk, node, scope)
      return
    case 'ExpressionStatement':
      noteMixin(walk, node, scope)
      walk.visit(node.expression, scope, context)
      return
    case 'AssignmentExpression': {
      noteChange(walk, node, scope)
      const plainName = node.left.type === 'Identifier' ? node.left.name : undefined
      readPattern(walk, node.left, scope, false)
      if (node.operator !== '=' && plainName !== undefined)
        walk.reference(plainName, node.left.start, scope, false)
      walk.visit(node.right, scope, { name: node.operator === '=' ? plainName : undefined })
      return
    }
    case 'UpdateExpression':
      noteChange(walk, node, scope)
      if (node.argument.type === 'Identifier')
        walk.reference(node.argument.name, node.argument.start, scope, true)
      else walk.visit(node.argument, scope)
      return
    case 'VariableDeclaration':
      readVariables(walk, node, scope, context)
      return
    case 'BlockStatement': {
      const inner = new Scope(scope)
      hoistLexical(node.body, inner)
      for (const statement of node.body)
        walk.visit(statement, inner, { list: { start: node.start, top: false } })
      return
    }
    case 'ForStatement': {
      const inner = new Scope(scope)
      if (node.init?.type === 'VariableDeclaration') hoistLexical([node.init], inner)
      for (const part of [node.init, node.test, node.update, node.body]) if (part) walk.visit(part, inner)
      return
    }
    case 'ForInStatement':
    case 'ForOfStatement': {
      const inner = new Scope(scope)
      if (node.left.type === 'VariableDeclaration') {
        hoistLexical([node.left], inner)
        walk.visit(node.left, inner)
      } else readPattern(walk, node.left, scope, false)
      walk.visit(node.right, scope)
      walk.visit(node.body, inner)
      return
    }
    case 'SwitchStatement': {
      walk.visit(node.discriminant, scope)
      const inner = new Scope(scope)
      hoistLexical(
        node.cases.flatMap((one) => one.consequent),
        inner,
      )
      for (const one of node.cases) {
        if (one.test) walk.visit(one.test, scope)
        for (const statement of one.consequent) walk.visit(statement, inner)
      }
      return
    }
    case 'CatchClause': {
      const inner = new Scope(scope)
      forEachName(node.param, (name, at) => void inner.declare(name, 'caught', at))
      readPattern(walk, node.param, inner, true)
      walk.visit(node.body, inner)
      return
    }
    case 'LabeledStatement':
      walk.visit(node.body, scope, context)
      return
    case 'WithStatement':
      walk.hasWith = true
      break
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return
    case 'TSImportEqualsDeclaration':
      // `import D = A.B` reads A.
      if (node.importKind !== 'type' && node.moduleReference.type !== 'TSExternalModuleReference')
        walk.visit(leftmost(node.moduleReference as Node), scope)
      return
    case 'ExportNamedDeclaration':
      readExport(walk, node, scope, context)
      return
    case 'ExportDefaultDeclaration':
      readDefaultExport(walk, node, scope, context)
      return
    case 'TSEnumDeclaration':
      readEnum(walk, node, scope)
      return
    case 'TSModuleDeclaration':
      readNamespace(walk, node, scope)
      return
    case 'TSExportAssignment':
      walk.visit(node.expression, scope)
      return
  }
  if (TRANSPARENT.has(node.type) && 'expression' in node) {
    walk.visit(node.expression as Node, scope, context)
    return
  }
  if (node.type.startsWith('TS')) return
  forEachChild(node, (child) => {
    if (!child.type.startsWith('TSType')) walk.visit(child, scope)
  })
}
