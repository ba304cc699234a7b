// What expressions stand for: a bag, a future, a client …, followed through variables, chains, awaits, functions and files.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { annotated, meaningOfType } from './annotations.ts'
import { ANY_OF, CALLS, commonKind, ENDINGS, EXPORTS, type Kind, MADE_BY, METHODS, STATICS } from './api.ts'
import { fieldType } from './fields.ts'
import { type Frame, follow, heddleName, ofBinding, resultsOf } from './follow.ts'
import { exportOf, importedFrom } from './modules.ts'
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

  /** What types say has changed. */
  forget(): void {
    this.#bindings.clear()
    this.#nodes.clear()
  }

  /** The kind of an expression's value. */
  of(node: Node): Kind | undefined {
    const { kind, promised } = this.meaning(node)
    return promised ? undefined : kind
  }

  /** @param frame the call of the function around the expression that is looked into; without one, of any call */
  meaning(given: Node, frame?: Frame): Meaning {
    const node = bare(given)
    const known = (frame?.meanings ?? this.#nodes).get(node)
    if (known) return known
    const meanings = frame?.meanings ?? this.#nodes
    // A variable may be made of itself.
    meanings.set(node, NOTHING)
    const found = this.#find(node, frame)
    const meaning = found.kind
      ? found
      : (this.#ofVariable(node) ?? this.#subject.typeOfExpression(node) ?? found)
    meanings.set(node, meaning)
    return meaning
  }

  /** What types say of the variable that is made of an expression. */
  #ofVariable(node: Node): Meaning | undefined {
    let parent = this.#subject.parent(node)
    // Between them stand non-null marks and the like.
    while (parent && parent.type !== 'VariableDeclarator' && bare(parent) === node)
      parent = this.#subject.parent(parent)
    return parent?.type === 'VariableDeclarator' && parent.init && bare(parent.init as Node) === node
      ? this.#subject.typeAt(parent.id.start)
      : undefined
  }

  ofBinding(binding: Binding): Meaning {
    const known = this.#bindings.get(binding)
    if (known) return known
    this.#bindings.set(binding, NOTHING)
    const meaning = this.#ofDeclaration(binding)
    this.#bindings.set(binding, meaning)
    return meaning
  }

  #ofDeclaration(binding: Binding, frame?: Frame): Meaning {
    if (binding.kind === 'import') {
      const { record, imported } = binding
      const found = record && importedFrom(this.#subject, record.source, imported ?? '')
      if (found?.kind === 'heddle')
        return { kind: found.name === '*' ? 'heddle' : (own(EXPORTS, found.name) ?? 'heddle') }
    }
    const made = ofBinding(this.#subject, binding, frame)
    // A function is none of what is looked for.
    const meaning =
      made && made.node.type !== 'FunctionDeclaration'
        ? made.subject.kinds.meaning(made.node, made.frame)
        : NOTHING
    if (meaning.kind) return meaning
    return annotated(this.#subject, binding) ?? this.#subject.typeOf(binding) ?? NOTHING
  }

  #find(node: Node, frame: Frame | undefined): Meaning {
    switch (node.type) {
      case 'Identifier': {
        const binding = this.#subject.binding(node)
        if (!binding) return NOTHING
        return frame ? this.#ofDeclaration(binding, frame) : this.ofBinding(binding)
      }
      case 'AwaitExpression': {
        const { kind, promised } = this.meaning(node.argument as Node, frame)
        // A future, like a delayed value, is not awaited for its value: `result()` is.
        return promised || kind ? { kind } : NOTHING
      }
      case 'CallExpression':
        return this.#ofCall(node, frame)
      case 'MemberExpression':
        return this.#ofMember(node, frame)
      case 'ConditionalExpression':
        return agreed([
          this.meaning(node.consequent as Node, frame),
          this.meaning(node.alternate as Node, frame),
        ])
      case 'LogicalExpression':
        return agreed([this.meaning(node.left as Node, frame), this.meaning(node.right as Node, frame)])
    }
    return NOTHING
  }

  #ofMember(node: Extract<Node, { type: 'MemberExpression' }>, frame: Frame | undefined): Meaning {
    const { kind, promised } = this.meaning(node.object as Node, frame)
    if (node.computed) return kind === 'futures' ? { kind: 'future' } : NOTHING
    if (!kind) {
      const passedOn = this.#passedOn(node)
      if (passedOn !== undefined) return { kind: own(EXPORTS, passedOn) ?? 'heddle' }
      const place = { subject: this.#subject, node, frame }
      const made = follow(place)
      const meaning = made?.subject.kinds.meaning(made.node, made.frame)
      if (meaning?.kind) return meaning
      const said = fieldType(place)
      return (said && meaningOfType(said.subject, said.type)) ?? NOTHING
    }
    if (promised || node.property.type !== 'Identifier') return NOTHING
    const { name } = node.property
    if (kind === 'heddle') return { kind: own(EXPORTS, name) ?? 'heddle' }
    if (kind === 'delayed') return { kind: 'delayed' }
    // `array.random.normal(…)`, `x.T`, `frame.loc`
    if (kind.endsWith('Module')) return { kind }
    const listed = own(METHODS[kind], name)
    if (listed === null || kind === 'client' || kind === 'future' || kind === 'futures') return NOTHING
    if (kind === 'array') return name === 'T' ? { kind } : NOTHING
    // `col('name').str.toLowerCase()`
    return kind === 'series' && /^(str|dt|list|cat)$/.test(name) ? { kind } : NOTHING
  }

  /** `own.bag` of a module of the user's that passes heddle's names on. */
  #passedOn(node: Extract<Node, { type: 'MemberExpression' }>): string | undefined {
    const object = bare(node.object as Node)
    if (object.type !== 'Identifier' || node.property.type !== 'Identifier') return undefined
    const binding = this.#subject.binding(object)
    if (binding?.kind !== 'import' || !binding.record) return undefined
    const found = importedFrom(this.#subject, binding.record.source, binding.imported ?? '')
    const one = found?.kind === 'module' ? exportOf(found.subject, node.property.name) : undefined
    return one?.kind === 'heddle' ? one.name : undefined
  }

  #ofCall(node: Extract<Node, { type: 'CallExpression' }>, frame: Frame | undefined): Meaning {
    const callee = bare(node.callee as Node)
    if (callee.type === 'Identifier') {
      const { kind } = this.meaning(callee, frame)
      if (kind === 'delayedFunction') return { kind: 'delayed' }
      if (kind !== 'heddle') return this.#ofOwnCall(node, frame)
      const name = heddleName(this.#subject, callee) ?? ''
      if (name === 'delayed') return this.#delayedOf(node)
      return { kind: own(CALLS, name) }
    }
    if (callee.type === 'CallExpression') {
      // `delayed(f)(x)`
      return this.meaning(callee, frame).kind === 'delayedFunction' ? { kind: 'delayed' } : NOTHING
    }
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
      return this.#ofOwnCall(node, frame)
    const { name } = callee.property
    const object = this.meaning(callee.object as Node, frame)
    if (object.promised) return NOTHING
    if (!object.kind) return this.#ofOwnCall(node, frame)
    if (object.kind === 'heddle') {
      if (Object.hasOwn(STATICS, name)) return { kind: STATICS[name], promised: true }
      return name === 'delayed' ? this.#delayedOf(node) : { kind: own(CALLS, name) }
    }
    return methodGives(object.kind, name)
  }

  /** A call of one of the user's functions gives what all of its results are, or what it is said to give. */
  #ofOwnCall(node: Extract<Node, { type: 'CallExpression' }>, frame: Frame | undefined): Meaning {
    const called = resultsOf({ subject: this.#subject, node, frame })
    if (!called) return NOTHING
    const { fn, of, results } = called
    const { kind, promised } = agreed(
      results.map((each) => each.subject.kinds.meaning(each.node, each.frame)),
    )
    if (kind) return { kind, ...((promised || fn.async) && { promised: true }) }
    const told = fn.returnType?.typeAnnotation
    return (told && meaningOfType(of, told as Node)) ?? NOTHING
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

/** What a table has of its own: names such as `toString` are no entries. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** What all of several values are: of collections that differ in kind that they are collections. */
function agreed([first = NOTHING, ...others]: readonly Meaning[]): Meaning {
  if (!others.every(({ promised }) => Boolean(promised) === Boolean(first.promised))) return NOTHING
  const kind = commonKind([first, ...others].map((each) => each.kind))
  return kind ? { kind, ...(first.promised && { promised: true }) } : NOTHING
}

/** Methods that promise a collection of the kind that they are called on. */
const PROMISES_ITSELF: ReadonlySet<string> = new Set(['persist', 'repartitionByBytes', 'computeChunkSizes'])

/** What calling a method of a kind gives. */
export function methodGives(kind: Kind, name: string): Meaning {
  if (kind === 'collection') return agreed(ANY_OF.map((each) => methodGives(each, name)))
  const listed = own(METHODS[kind], name)
  if (listed !== undefined)
    return { kind: listed ?? undefined, promised: kind === 'client' && name === 'scatter' }
  if (PROMISES_ITSELF.has(name)) return { kind, promised: true }
  if (Object.hasOwn(ENDINGS, name)) return { kind: undefined, promised: true }
  if (kind === 'client' || kind === 'future' || kind === 'futures' || kind === 'heddle') return NOTHING
  // What is not listed of a collection gives another one of its kind: filter, sort, slice …
  return { kind: MADE_BY[kind] ?? kind }
}
