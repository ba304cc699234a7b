// The walk through one module's tree: what was found so far, and what the place that is being read stands inside of.

import type { Class, ImportExpression, MetaProperty, Node } from 'oxc-parser'
import { hoistLexical, hoistVar } from './hoist.ts'
import { type Binding, type ImportRecord, Scope } from './scope.ts'
import type { AnalysedModule, FunctionLike, SourceUnit, StatementList, UnitKind } from './sourceUnit.ts'

/** One function, class body or initialiser that the walk is inside of. */
export interface Frame {
  unit: SourceUnit | undefined
  /** Arrows take `this`, `arguments` and `new.target` from around them. */
  arrow: boolean
  /** True when what is inside runs later than the code around it. */
  defers: boolean
}

/** What a node is told by its parent. */
export interface Context {
  /** The name that a nameless function here is given. */
  name?: string
  /** The `const` that will hold it. */
  self?: Binding
  list?: StatementList
  outer?: Node
  afterStatement?: Node
  variableName?: string
  calledAtOnce?: boolean
  isDefaultExport?: boolean
}

type Visit = (node: Node, scope: Scope, context?: Context) => void

const NO_CONTEXT: Context = {}
export class Walk {
  /** Reads any node. */
  readonly visit: Visit
  readonly scope = new Scope()
  readonly units: SourceUnit[] = []
  readonly imports: ImportRecord[] = []
  readonly references: AnalysedModule['references'] = []
  readonly objectsWithMethods: AnalysedModule['objectsWithMethods'] = []
  readonly dynamicImports: ImportExpression[] = []
  readonly requireCalls: AnalysedModule['requireCalls'] = []
  readonly importMetas: MetaProperty[] = []
  readonly fileUrls: AnalysedModule['fileUrls'] = []
  readonly placedCalls: AnalysedModule['placedCalls'] = []
  /** Where functions and classes are changed after their declaration. */
  readonly changes: { node: Node; binding: Binding }[] = []
  /** Decorators are told the types of what they decorate. */
  readonly decoratorMetadata: boolean
  /** What each name in the text means, by its offset; kept only for editors. */
  readonly named: Map<number, Binding> | undefined
  needsLowering = false
  hasWith = false
  /** What the walk is inside of, outermost first. */
  readonly frames: Frame[] = []

  constructor(
    visit: (walk: Walk, node: Node, scope: Scope, context: Context) => void,
    { decoratorMetadata, keepsNames }: { decoratorMetadata: boolean; keepsNames: boolean },
  ) {
    this.decoratorMetadata = decoratorMetadata
    if (keepsNames) this.named = new Map()
    this.visit = (node, scope, context = NO_CONTEXT) => visit(this, node, scope, context)
  }

  walk(body: Node[]): void {
    for (const statement of body) hoistVar(statement, this.scope)
    hoistLexical(body as never, this.scope, this.imports)
    const list = { start: body[0]?.start ?? 0, top: true }
    for (const statement of body) this.visit(statement, this.scope, { list })
  }

  reference(name: string, start: number, scope: Scope, write: boolean): void {
    const binding = scope.lookup(name)
    const { frames } = this
    if (!binding) {
      for (const frame of frames) frame.unit?.globals.add(name)
      return
    }
    binding.references++
    this.named?.set(start, binding)
    if (write) binding.writes.push(start)
    if (binding.scope === this.scope) this.references.push({ binding, start })
    let deferred = false
    for (let i = frames.length - 1; i >= 0; i--) {
      const { unit, defers } = frames[i]
      if (unit) {
        if (binding.scope.depth > unit.outerScope.depth) break
        let capture = unit.captures.get(binding)
        if (!capture) {
          capture = { binding, first: start, eager: false }
          unit.captures.set(binding, capture)
        }
        if (write) capture.writtenAt ??= start
        if (unit.kind.startsWith('class') && !deferred) capture.eager = true
      }
      deferred ||= defers
    }
  }

  /** Whether the place that is being read runs later than the code around a declaration. */
  runsLater(binding: Binding): boolean {
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const { unit, defers } = this.frames[i]
      if (unit && binding.scope.depth > unit.outerScope.depth) return false
      if (defers) return true
    }
    return false
  }

  /** Calls back with the units whose `this`, `arguments` and the like are those of the place that is being read. */
  arrowUnits(mark: (unit: SourceUnit) => void): void {
    for (let i = this.frames.length - 1; i >= 0 && this.frames[i].arrow; i--) {
      const { unit } = this.frames[i]
      if (unit) mark(unit)
    }
  }

  usesPrivateName(name: string): void {
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const { unit } = this.frames[i]
      if (!unit) continue
      if (unit.kind === 'class' || unit.kind === 'classExpression') {
        const members = (unit.node as Class).body.body
        if (members.some((m) => 'key' in m && m.key?.type === 'PrivateIdentifier' && m.key.name === name))
          return
      }
      unit.usesPrivate ??= name
    }
  }

  newUnit(node: FunctionLike | Class, scope: Scope, kind: UnitKind, context: Context): SourceUnit {
    const decorators = 'decorators' in node ? (node.decorators ?? []) : []
    if (decorators.length > 0) this.needsLowering = true
    const unit: SourceUnit = {
      node,
      kind,
      number: this.units.length,
      start: decorators.length > 0 ? Math.min(node.start, decorators[0].start) : node.start,
      end: node.end,
      outerScope: scope,
      parent: this.frames.findLast((frame) => frame.unit)?.unit,
      name: ('id' in node ? node.id?.name : undefined) ?? context.name,
      inferred: context.name,
      selfBinding: context.self,
      captures: new Map(),
      globals: new Set(),
      thisNodes: [],
      usesArguments: false,
      usesSuper: false,
      usesNewTarget: false,
      usesEval: false,
      usesPrivate: undefined,
      isDefaultExport: context.isDefaultExport ?? false,
      calledAtOnce: context.calledAtOnce ?? false,
      computedKey: undefined,
      afterStatement: context.afterStatement,
      variableName: context.variableName,
      list: context.list,
      marked: false,
      statics: undefined,
      top: scope === this.scope,
      imports: [],
      closedDependencies: [],
      values: [],
      captureNames: [],
      eagerCount: 0,
      singleton: undefined,
    }
    this.units.push(unit)
    return unit
  }
}
