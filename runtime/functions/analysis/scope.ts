// Scopes and the variables they declare.

import type { Node } from 'oxc-parser'

export type BindingKind =
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'enum'
  | 'namespace'
  | 'import'
  | 'parameter'
  | 'caught'
  /** The name of a function or class expression, or of a class inside itself. */
  | 'own-name'
  | 'enum-member'

/** One import statement (or `require` call) of a module. */
export interface ImportRecord {
  source: string
  start: number
  /** Names it binds, with what each is in the other module: a name, `default`, or `*` for all of it. */
  names: { local: string; imported: string; binding: Binding }[]
  /** `import 'x'` */
  sideEffectOnly: boolean
  /** True for `const x = require('y')` and `import x = require('y')`. */
  required: boolean
  /** The whole statement where it is `import x = require('y')`. */
  importEquals?: Node
}

export interface Binding {
  name: string
  kind: BindingKind
  scope: Scope
  /** The declarations that make it: several for merged namespaces and enums. */
  declarations: Node[]
  /** The statement it stands in, without and with its `export`. */
  statement?: Node
  outerStatement?: Node
  /** True when it is declared by its name alone, not by a pattern. */
  simple: boolean
  /** Its value is changed at the top level by what cannot be done again elsewhere. */
  changed?: boolean
  /** A function gives the class that it holds other properties. */
  touched?: boolean
  /** Where it is assigned after its declaration. */
  writes: number[]
  /** How often it is named. */
  references: number
  record?: ImportRecord
  imported?: string
  exportedAs?: string
}

export class Scope {
  readonly parent: Scope | undefined
  readonly depth: number
  readonly bindings = new Map<string, Binding>()

  constructor(parent?: Scope) {
    this.parent = parent
    this.depth = parent ? parent.depth + 1 : 0
  }

  lookup(name: string): Binding | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const binding = scope.bindings.get(name)
      if (binding) return binding
    }
    return undefined
  }

  /** Declares a name; functions, classes, enums and namespaces of one name merge. */
  declare(name: string, kind: BindingKind, declaration: Node, more: Partial<Binding> = {}): Binding {
    const known = this.bindings.get(name)
    if (known && ['namespace', 'enum', 'function', 'class'].includes(known.kind)) {
      known.declarations.push(declaration)
      return known
    }
    const binding: Binding = {
      name,
      kind,
      scope: this,
      declarations: [declaration],
      simple: true,
      writes: [],
      references: 0,
      ...more,
    }
    this.bindings.set(name, binding)
    return binding
  }
}
