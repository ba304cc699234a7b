// Which initialisers of module-level constants can be evaluated again on a worker with the same outcome and no effect.

import type { Argument, Expression, Node } from 'oxc-parser'
import type { Scope } from './scope.ts'

const PURE_CONSTRUCTORS = new Set([
  ...['RegExp', 'TextEncoder', 'TextDecoder', 'WeakMap', 'WeakSet', 'Intl.Collator', 'Intl.NumberFormat'],
  ...[
    'Intl.DateTimeFormat',
    'Intl.PluralRules',
    'Intl.Segmenter',
    'Intl.RelativeTimeFormat',
    'Intl.ListFormat',
    'Intl.DisplayNames',
    'Intl.DurationFormat',
    'Intl.Locale',
  ],
])
const PURE_CALLS = new Set(['Symbol', 'Symbol.for', 'BigInt', 'Number', 'String', 'Boolean'])
const PURE_NODE_FUNCTIONS = new Set(['createRequire', 'promisify', 'fileURLToPath'])
const WRAPPERS =
  /^(TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|TSTypeAssertion|ParenthesizedExpression)$/

/** An expression without the type annotations around it. */
export function stripTypes(node: Node): Node {
  let inner = node
  while (WRAPPERS.test(inner.type) && 'expression' in inner) inner = inner.expression as Node
  return inner
}

/** `a.b.c` as text; `?` where it is no such path. */
export function memberPath(node: Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier')
    return `${memberPath(node.object)}.${node.property.name}`
  return '?'
}

/** Judges initialisers of one module. Whether the names in them are closed too is somebody else's question. */
export class Purity {
  readonly #source: string
  readonly #scope: Scope

  constructor(source: string, scope: Scope) {
    this.#source = source
    this.#scope = scope
  }

  isPure(given: Expression | Node | null | undefined): boolean {
    if (!given) return false
    const node = stripTypes(given as Node)
    switch (node.type) {
      case 'Literal':
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'ClassExpression':
      case 'Identifier':
      case 'MetaProperty':
        return true
      case 'TemplateLiteral':
        return node.expressions.every((part) => this.isPure(part))
      case 'UnaryExpression':
        return node.operator !== 'delete' && this.isPure(node.argument)
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.#areOperandsPure(node)
      case 'ConditionalExpression':
        return this.isPure(node.test) && this.isPure(node.consequent) && this.isPure(node.alternate)
      case 'MemberExpression': {
        const path = memberPath(node)
        return (
          /^(Math|Number|Symbol|Int\w*|Uint\w*|Float\w*)\.\w+$/.test(path) ||
          (!node.computed && this.#scope.lookup(path.split('.')[0])?.kind === 'enum')
        )
      }
      case 'NewExpression':
        return (
          this.#annotatedPure(node) ||
          (PURE_CONSTRUCTORS.has(memberPath(node.callee)) && this.#arePure(node.arguments))
        )
      case 'CallExpression':
        return this.#annotatedPure(node) || this.#isPureCall(node.callee, node.arguments)
    }
    return false
  }

  /** In a loop, since the depth of a long sum is its length. */
  #areOperandsPure(node: Node): boolean {
    let at = node
    while (at.type === 'BinaryExpression' || at.type === 'LogicalExpression') {
      if (!this.isPure(at.right)) return false
      at = at.left as Node
    }
    return this.isPure(at)
  }

  #isPureCall(callee: Node, args: readonly Argument[]): boolean {
    if (!this.#arePure(args)) return false
    const path = memberPath(callee)
    if (PURE_CALLS.has(path) || (/^Math\.\w+$/.test(path) && path !== 'Math.random')) return true
    const binding = callee.type === 'Identifier' ? this.#scope.lookup(callee.name) : undefined
    return (
      binding?.kind === 'import' &&
      /^(node:)?(util|module|url)$/.test(binding.record?.source ?? '') &&
      PURE_NODE_FUNCTIONS.has(binding.imported ?? '')
    )
  }

  #arePure(args: readonly Argument[]): boolean {
    return args.every((argument) => this.#isPureArgument(argument))
  }

  #isPureArgument(given: Node): boolean {
    const node = stripTypes(given)
    if (node.type === 'ArrayExpression')
      return node.elements.every((element) => element !== null && this.#isPureArgument(element))
    if (node.type === 'ObjectExpression')
      return node.properties.every(
        (property) =>
          property.type === 'Property' && !property.computed && this.#isPureArgument(property.value),
      )
    if (node.type === 'MemberExpression' && node.object.type === 'MetaProperty') return true
    return this.isPure(node)
  }

  /** `/* @__PURE__ *\/` in front of a call. */
  #annotatedPure(node: Node): boolean {
    return /[@#]__PURE__\s*\*\/\s*$/.test(this.#source.slice(Math.max(0, node.start - 24), node.start))
  }
}
