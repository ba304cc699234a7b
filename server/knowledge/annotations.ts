// What a text's own type annotations say of its names: `frame: DataFrame`, `Promise<Bag<number>>`.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { TYPES } from './api.ts'
import type { Meaning } from './kinds.ts'
import { importedFrom } from './modules.ts'
import type { Subject } from './subject.ts'

/** What the annotation of a variable or parameter says. */
export function annotated(subject: Subject, binding: Binding): Meaning | undefined {
  const [declaration] = binding.declarations
  const name = declaration?.type === 'VariableDeclarator' ? declaration.id : declaration
  if (name?.type !== 'Identifier' || !name.typeAnnotation) return undefined
  return meaningOfType(subject, name.typeAnnotation.typeAnnotation as Node)
}

/** What values of a written type are; nothing for all but heddle's own and promises of them. */
export function meaningOfType(subject: Subject, type: Node): Meaning | undefined {
  if (type.type === 'TSArrayType') {
    const { kind } = meaningOfType(subject, type.elementType as Node) ?? {}
    return kind === 'future' ? { kind: 'futures' } : undefined
  }
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined
  const { name } = type.typeName
  const [argument] = (type.typeArguments?.params ?? []) as Node[]
  if (name === 'Promise' && argument) {
    const meaning = meaningOfType(subject, argument)
    return meaning?.kind && { kind: meaning.kind, promised: true }
  }
  const record = subject.module.program.body.find(
    (statement) =>
      statement.type === 'ImportDeclaration' && statement.specifiers.some(({ local }) => local.name === name),
  )
  if (record?.type !== 'ImportDeclaration') return undefined
  const specifier = record.specifiers.find(({ local }) => local.name === name)
  const imported =
    specifier?.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
      ? specifier.imported.name
      : 'default'
  const found = importedFrom(subject, record.source.value, imported)
  const kind = found?.kind === 'heddle' ? TYPES[found.name] : undefined
  return kind && { kind }
}
