// What expressions stand for: a bag, a future, a client …, followed through variables, chains and awaits.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { CALLS, ENDINGS, EXPORTS, type Kind, MADE_BY, METHODS, STATICS } from './api.ts'
import { bare, type Subject } from './subject.ts'

/** Of a promise, `promised` says what it gives when awaited. */
export interface Meaning {
  kind: Kind | undefined
  promised?: boolean
}

const NOTHING: Meaning = { kind: undefined }

export class Kinds {
  readonly #subject: Subject
  readonly #bindings = new Map<Binding, Meaning>()
  readonly #nodes = new Map<Node, Meaning>()

  constructor(subject: Subject) {
    this.#subject = subject
  }

  /** The kind of an expression's value. */
  of(node: Node): Kind | undefined {
    const { kind, promised } = this.meaning(node)
    return promised ? undefined : kind
  }

  meaning(given: Node): Meaning {
    const node = bare(given)
    const known = this.#nodes.get(node)
    if (known) return known
    // A variable may be made of itself.
    this.#nodes.set(node, NOTHING)
    const meaning = this.#find(node)
    this.#nodes.set(node, meaning)
    return meaning
  }

  ofBinding(binding: Binding): Meaning {
    const known = this.#bindings.get(binding)
    if (known) return known
    this.#bindings.set(binding, NOTHING)
    const meaning = this.#ofDeclaration(binding)
    this.#bindings.set(binding, meaning)
    return meaning
  }

  #ofDeclaration(binding: Binding): Meaning {
    if (binding.kind === 'import') {
      const { record, imported } = binding
      if (!record || !/^heddle(\/|$)/.test(record.source)) return NOTHING
      if (imported === '*') return { kind: 'heddle' }
      return { kind: EXPORTS[imported ?? ''] ?? 'heddle' }
    }
    if (!binding.simple || binding.writes.length > 0) return NOTHING
    const [declaration] = binding.declarations
    return declaration?.type === 'VariableDeclarator' && declaration.init
      ? this.meaning(declaration.init as Node)
      : NOTHING
  }

  #find(node: Node): Meaning {
    switch (node.type) {
      case 'Identifier': {
        const binding = this.#subject.binding(node)
        return binding ? this.ofBinding(binding) : NOTHING
      }
      case 'AwaitExpression': {
        const { kind, promised } = this.meaning(node.argument as Node)
        // A future, like a delayed value, is not awaited for its value: `result()` is.
        return promised || kind ? { kind } : NOTHING
      }
      case 'CallExpression':
        return this.#ofCall(node)
      case 'MemberExpression': {
        if (node.computed)
          return this.meaning(node.object as Node).kind === 'futures' ? { kind: 'future' } : NOTHING
        const { kind, promised } = this.meaning(node.object as Node)
        if (!kind || promised || node.property.type !== 'Identifier') return NOTHING
        const { name } = node.property
        if (kind === 'heddle') return { kind: EXPORTS[name] ?? 'heddle' }
        if (kind === 'delayed') return { kind: 'delayed' }
        // `array.random.normal(…)`, `x.T`, `frame.loc`
        if (kind.endsWith('Module')) return { kind }
        const listed = METHODS[kind][name]
        if (listed === null || kind === 'client' || kind === 'future' || kind === 'futures') return NOTHING
        return kind === 'array' && name === 'T' ? { kind } : NOTHING
      }
      case 'ConditionalExpression': {
        const [a, b] = [this.meaning(node.consequent as Node), this.meaning(node.alternate as Node)]
        return a.kind === b.kind && a.promised === b.promised ? a : NOTHING
      }
    }
    return NOTHING
  }

  #ofCall(node: Extract<Node, { type: 'CallExpression' }>): Meaning {
    const callee = bare(node.callee as Node)
    if (callee.type === 'Identifier') {
      const binding = this.#subject.binding(callee)
      const meaning = binding ? this.ofBinding(binding) : NOTHING
      if (meaning.kind === 'delayedFunction') return { kind: 'delayed' }
      if (binding?.kind !== 'import' || meaning.kind !== 'heddle') return NOTHING
      const name = binding.imported ?? ''
      if (name === 'delayed') return this.#delayedOf(node)
      return { kind: CALLS[name] }
    }
    if (callee.type === 'CallExpression') {
      // `delayed(f)(x)`
      return this.meaning(callee).kind === 'delayedFunction' ? { kind: 'delayed' } : NOTHING
    }
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
      return NOTHING
    const { name } = callee.property
    const object = this.meaning(callee.object as Node)
    if (!object.kind || object.promised) return NOTHING
    if (object.kind === 'heddle') {
      if (name in STATICS) return { kind: STATICS[name], promised: true }
      return name === 'delayed' ? this.#delayedOf(node) : { kind: CALLS[name] }
    }
    return methodGives(object.kind, name)
  }

  /** `delayed` of a function is one that makes delayed values; of anything else it is the value. */
  #delayedOf(node: Extract<Node, { type: 'CallExpression' }>): Meaning {
    const [first] = node.arguments
    if (!first || first.type === 'SpreadElement') return { kind: 'delayedFunction' }
    const given = bare(first as Node)
    const literal = /^(Literal|TemplateLiteral|ArrayExpression|ObjectExpression)$/.test(given.type)
    return { kind: literal ? 'delayed' : 'delayedFunction' }
  }
}

/** What calling a method of a kind gives. */
export function methodGives(kind: Kind, name: string): Meaning {
  const listed = METHODS[kind][name]
  if (listed !== undefined)
    return { kind: listed ?? undefined, promised: kind === 'client' && name === 'scatter' }
  if (name === 'persist' || name === 'repartitionByBytes') return { kind, promised: true }
  if (name in ENDINGS) return { kind: undefined, promised: true }
  if (kind === 'client' || kind === 'future' || kind === 'futures' || kind === 'heddle') return NOTHING
  // What is not listed of a collection gives another one of its kind: filter, sort, slice …
  return { kind: MADE_BY[kind] ?? kind }
}
