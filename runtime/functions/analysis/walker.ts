// Reads one module's tree: declares its variables, finds its functions and classes, and notes what each one names.

import type {
  ArrowFunctionExpression,
  AssignmentTarget,
  BinaryExpression,
  CallExpression,
  Class,
  Function as FunctionNode,
  ImportExpression,
  LogicalExpression,
  MetaProperty,
  NewExpression,
  Node,
  ObjectExpression,
  PrivateInExpression,
  TSEnumDeclaration,
  VariableDeclaration,
} from 'oxc-parser'
import { forEachChild, hoistLexical, hoistVar } from './hoist.ts'
import { type AnyPattern, forEachName } from './patterns.ts'
import { type Binding, type ImportRecord, Scope } from './scope.ts'
import type { AnalysedModule, FunctionLike, SourceUnit, StatementList, UnitKind } from './sourceUnit.ts'

/** One function, class body or initialiser that the walk is inside of. */
interface Frame {
  unit: SourceUnit | undefined
  /** Arrows take `this`, `arguments` and `new.target` from around them. */
  arrow: boolean
  /** True when what is inside runs later than the code around it. */
  defers: boolean
}

/** What a node is told by its parent. */
interface Context {
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

const NO_CONTEXT: Context = {}
const TRANSPARENT = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
])

export class Walker {
  readonly scope = new Scope()
  readonly units: SourceUnit[] = []
  readonly imports: ImportRecord[] = []
  readonly references: AnalysedModule['references'] = []
  readonly objectsWithMethods: AnalysedModule['objectsWithMethods'] = []
  readonly dynamicImports: ImportExpression[] = []
  readonly requireCalls: AnalysedModule['requireCalls'] = []
  readonly importMetas: MetaProperty[] = []
  hasDecorators = false
  hasWith = false
  /** What each name in the text means, by its offset; kept only for editors. */
  readonly named: Map<number, Binding> | undefined
  readonly #frames: Frame[] = []

  constructor(keepsNames = false) {
    if (keepsNames) this.named = new Map()
  }

  walk(body: Node[]): void {
    for (const statement of body) hoistVar(statement, this.scope)
    hoistLexical(body as never, this.scope, this.imports)
    const list = { start: body[0]?.start ?? 0, top: true }
    for (const statement of body) this.#visit(statement, this.scope, { list })
  }

  #reference(name: string, start: number, scope: Scope, write: boolean): void {
    const binding = scope.lookup(name)
    const frames = this.#frames
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

  /** Calls back with the units whose `this`, `arguments` and the like are those of the place that is being read. */
  #arrowUnits(mark: (unit: SourceUnit) => void): void {
    for (let i = this.#frames.length - 1; i >= 0 && this.#frames[i].arrow; i--) {
      const { unit } = this.#frames[i]
      if (unit) mark(unit)
    }
  }

  #usesPrivateName(name: string): void {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const { unit } = this.#frames[i]
      if (!unit) continue
      if (unit.kind === 'class' || unit.kind === 'classExpression') {
        const members = (unit.node as Class).body.body
        if (members.some((m) => 'key' in m && m.key?.type === 'PrivateIdentifier' && m.key.name === name))
          return
      }
      unit.usesPrivate ??= name
    }
  }

  #newUnit(node: FunctionLike | Class, scope: Scope, kind: UnitKind, context: Context): SourceUnit {
    const decorators = 'decorators' in node ? (node.decorators ?? []) : []
    if (decorators.length > 0) this.hasDecorators = true
    const unit: SourceUnit = {
      node,
      kind,
      number: this.units.length,
      start: decorators.length > 0 ? Math.min(node.start, decorators[0].start) : node.start,
      end: node.end,
      outerScope: scope,
      parent: this.#frames.findLast((frame) => frame.unit)?.unit,
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

  #function(node: FunctionLike, scope: Scope, kind: UnitKind, context: Context): SourceUnit | undefined {
    const { body } = node
    if (!body) return undefined
    const unit = this.#newUnit(node, scope, kind, context)
    let inner = scope
    if (node.type === 'FunctionExpression' && node.id && kind !== 'method') {
      inner = new Scope(scope)
      inner.declare(node.id.name, 'own-name', node)
    }
    this.#frames.push({ unit, arrow: node.type === 'ArrowFunctionExpression', defers: true })
    this.#parametersAndBody(node, new Scope(inner))
    this.#frames.pop()
    unit.marked =
      body.type === 'BlockStatement' &&
      body.body.some((s) => s.type === 'ExpressionStatement' && s.directive === 'use task')
    return unit
  }

  #parametersAndBody(node: FunctionLike, scope: Scope): void {
    for (const parameter of node.params)
      forEachName(parameter, (name, at) => void scope.declare(name, 'parameter', at))
    for (const parameter of node.params) this.#pattern(parameter, scope, true)
    const { body } = node
    if (body?.type !== 'BlockStatement') {
      if (body) this.#visit(body, scope)
      return
    }
    hoistVar(body, scope)
    hoistLexical(body.body, scope)
    for (const statement of body.body)
      this.#visit(statement, scope, { list: { start: body.start, top: false } })
  }

  /** A pattern: its default values and computed keys are read, its names when they are assigned and not declared. */
  #pattern(pattern: AnyPattern | AssignmentTarget | null, scope: Scope, declares: boolean): void {
    if (!pattern) return
    if ('decorators' in pattern && pattern.decorators?.length) {
      this.hasDecorators = true
      for (const decorator of pattern.decorators as Node[]) this.#visit(decorator, scope)
    }
    switch (pattern.type) {
      case 'Identifier':
        if (!declares) this.#reference(pattern.name, pattern.start, scope, true)
        return
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#pattern(property.argument as Node, scope, declares)
          else {
            if (property.computed) this.#visit(property.key as Node, scope)
            this.#pattern(property.value as Node, scope, declares)
          }
        }
        return
      case 'ArrayPattern':
        for (const element of pattern.elements) this.#pattern(element as Node | null, scope, declares)
        return
      case 'AssignmentPattern': {
        this.#pattern(pattern.left as Node, scope, declares)
        const name = pattern.left.type === 'Identifier' ? pattern.left.name : undefined
        this.#visit(pattern.right, scope, { name })
        return
      }
      case 'RestElement':
        this.#pattern(pattern.argument as Node, scope, declares)
        return
      case 'TSParameterProperty':
        this.#pattern(pattern.parameter as Node, scope, declares)
        return
      default:
        if (TRANSPARENT.has(pattern.type) && 'expression' in pattern)
          this.#pattern(pattern.expression as Node, scope, declares)
        else this.#visit(pattern as Node, scope)
    }
  }

  #class(node: Class, scope: Scope, kind: UnitKind, context: Context): void {
    const unit = this.#newUnit(node, scope, kind, context)
    const inner = new Scope(scope)
    if (node.id) inner.declare(node.id.name, 'own-name', node)
    this.#frames.push({ unit, arrow: false, defers: false })
    for (const decorator of node.decorators) this.#visit(decorator, scope)
    if (node.superClass) this.#visit(node.superClass, scope)
    for (const member of node.body.body) this.#member(member, inner)
    this.#frames.pop()
  }

  #member(member: Class['body']['body'][number], scope: Scope): void {
    if (member.type === 'TSIndexSignature' || member.type.startsWith('TSAbstract')) return
    if (member.type === 'StaticBlock') {
      const block = new Scope(scope)
      this.#frames.push({ unit: undefined, arrow: false, defers: false })
      for (const statement of member.body) hoistVar(statement, block)
      hoistLexical(member.body, block)
      for (const statement of member.body)
        this.#visit(statement, block, { list: { start: member.start, top: false } })
      this.#frames.pop()
      return
    }
    if ('declare' in member && member.declare) return
    if ('decorators' in member)
      for (const decorator of member.decorators) {
        this.hasDecorators = true
        this.#visit(decorator, scope)
      }
    if ('computed' in member && member.computed) this.#visit(member.key as Node, scope)
    if (member.type === 'MethodDefinition') {
      if (!member.value.body) return
      this.#frames.push({ unit: undefined, arrow: false, defers: true })
      this.#parametersAndBody(member.value, new Scope(scope))
      this.#frames.pop()
    } else if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') {
      if (!member.value) return
      const name = !member.computed && member.key.type === 'Identifier' ? member.key.name : undefined
      this.#frames.push({ unit: undefined, arrow: false, defers: !member.static })
      this.#visit(member.value, new Scope(scope), { name })
      this.#frames.pop()
    }
  }

  #object(node: ObjectExpression, scope: Scope): void {
    const methods: SourceUnit[] = []
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        this.#visit(property.argument, scope)
        continue
      }
      if (property.computed) this.#visit(property.key as Node, scope)
      const { key } = property
      const name = property.computed
        ? undefined
        : key.type === 'Identifier'
          ? key.name
          : key.type === 'Literal'
            ? String(key.value)
            : undefined
      if (property.method) {
        const unit = this.#function(property.value as FunctionNode, scope, 'method', { name })
        if (!unit) continue
        unit.start = property.start
        unit.end = property.end
        if (property.computed) unit.computedKey = key as Node
        methods.push(unit)
      } else if (property.kind !== 'init') {
        this.#frames.push({ unit: undefined, arrow: false, defers: true })
        this.#parametersAndBody(property.value as FunctionNode, new Scope(scope))
        this.#frames.pop()
      } else this.#visit(property.value, scope, { name: name === '__proto__' ? undefined : name })
    }
    if (methods.length > 0) this.objectsWithMethods.push({ node, methods })
  }

  /** Long sums lean to the left: they are read in a loop, since their depth is their length. */
  #operands(node: BinaryExpression | PrivateInExpression | LogicalExpression, scope: Scope): void {
    const right: Node[] = []
    let at: Node = node as Node
    while (at.type === 'BinaryExpression' || at.type === 'LogicalExpression') {
      right.push(at.right)
      at = at.left as Node
    }
    if (at.type === 'PrivateIdentifier') this.#usesPrivateName(at.name)
    else this.#visit(at, scope)
    for (const operand of right.reverse()) this.#visit(operand, scope)
  }

  #call(node: CallExpression | NewExpression, scope: Scope): void {
    const { callee } = node
    const calledAtOnce = callee.type === 'FunctionExpression' || callee.type === 'ArrowFunctionExpression'
    this.#visit(callee, scope, { calledAtOnce })
    for (const argument of node.arguments)
      this.#visit(argument.type === 'SpreadElement' ? argument.argument : argument, scope)
    if (node.type !== 'CallExpression' || callee.type !== 'Identifier' || scope.lookup(callee.name)) return
    if (callee.name === 'eval') for (const frame of this.#frames) if (frame.unit) frame.unit.usesEval = true
    const [first] = node.arguments
    if (callee.name === 'require' && first?.type === 'Literal' && typeof first.value === 'string')
      this.requireCalls.push({ node, argument: first, specifier: first.value })
  }

  #variables(node: VariableDeclaration, scope: Scope, context: Context): void {
    if (node.declare) return
    for (const declarator of node.declarations) {
      this.#pattern(declarator.id, scope, true)
      if (!declarator.init) continue
      const name = declarator.id.type === 'Identifier' ? declarator.id.name : undefined
      const binding = name === undefined ? undefined : scope.lookup(name)
      const registered = name !== undefined && context.list !== undefined
      this.#visit(declarator.init, scope, {
        name,
        self: node.kind === 'const' ? binding : undefined,
        ...(registered && { afterStatement: context.outer ?? node, list: context.list, variableName: name }),
      })
    }
  }

  #enum(node: TSEnumDeclaration, scope: Scope): void {
    if (node.declare) return
    const inner = new Scope(scope)
    for (const member of node.body.members) {
      const name =
        member.id.type === 'Identifier'
          ? member.id.name
          : member.id.type === 'Literal'
            ? member.id.value
            : undefined
      if (name !== undefined) inner.declare(name, 'enum-member', member)
      if (member.initializer) this.#visit(member.initializer, inner)
    }
  }

  #namespace(node: Extract<Node, { type: 'TSModuleDeclaration' }>, scope: Scope): void {
    if (node.declare || node.body?.type !== 'TSModuleBlock') return
    const inner = new Scope(scope)
    const { body } = node.body
    for (const statement of body) hoistVar(statement as Node, inner)
    hoistLexical(body, inner)
    this.#frames.push({ unit: undefined, arrow: false, defers: false })
    const list = { start: node.body.start, top: false }
    for (const statement of body) this.#visit(statement as Node, inner, { list })
    this.#frames.pop()
  }

  #export(declaration: Node, scope: Scope): void {
    if (declaration.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations)
        forEachName(id, (name) => {
          scope.lookup(name)!.exportedAs = name
        })
    } else if ('id' in declaration && declaration.id && (declaration.id as Node).type === 'Identifier') {
      const { name } = declaration.id as { name: string }
      const binding = scope.lookup(name)
      if (binding) binding.exportedAs = name
    }
  }

  #visit(node: Node, scope: Scope, context: Context = NO_CONTEXT): void {
    switch (node.type) {
      case 'Identifier':
        if (node.name === 'arguments' && !scope.lookup('arguments'))
          this.#arrowUnits((unit) => {
            unit.usesArguments = true
          })
        else if (node.name !== 'undefined') this.#reference(node.name, node.start, scope, false)
        return
      case 'ThisExpression':
        this.#arrowUnits((unit) => unit.thisNodes.push(node))
        return
      case 'Super': {
        this.#arrowUnits((unit) => {
          unit.usesSuper = true
        })
        const owner = this.#frames.findLast((frame) => !frame.arrow)?.unit
        if (owner?.kind === 'method') owner.usesSuper = true
        return
      }
      case 'MetaProperty':
        if (node.meta.name === 'import') this.importMetas.push(node)
        else
          this.#arrowUnits((unit) => {
            unit.usesNewTarget = true
          })
        return
      case 'ImportExpression':
        this.dynamicImports.push(node)
        this.#visit(node.source, scope)
        if (node.options) this.#visit(node.options, scope)
        return
      case 'FunctionDeclaration':
        this.#function(node, scope, 'declaration', {
          ...context,
          self: node.id ? scope.lookup(node.id.name) : undefined,
        })
        return
      case 'FunctionExpression':
        this.#function(node, scope, 'expression', context)
        return
      case 'ArrowFunctionExpression':
        this.#function(node as ArrowFunctionExpression, scope, 'arrow', context)
        return
      case 'ClassDeclaration':
        if (node.declare) return
        this.#class(node, scope, 'class', {
          ...context,
          self: node.id ? scope.lookup(node.id.name) : undefined,
        })
        return
      case 'ClassExpression':
        this.#class(node, scope, 'classExpression', context)
        return
      case 'ObjectExpression':
        this.#object(node, scope)
        return
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.#operands(node, scope)
        return
      case 'MemberExpression':
        this.#visit(node.object, scope)
        if (node.property.type === 'PrivateIdentifier') this.#usesPrivateName(node.property.name)
        else if (node.computed) this.#visit(node.property, scope)
        return
      case 'CallExpression':
      case 'NewExpression':
        this.#call(node, scope)
        return
      case 'AssignmentExpression': {
        const plainName = node.left.type === 'Identifier' ? node.left.name : undefined
        this.#pattern(node.left, scope, false)
        if (node.operator !== '=' && plainName !== undefined)
          this.#reference(plainName, node.left.start, scope, false)
        this.#visit(node.right, scope, { name: node.operator === '=' ? plainName : undefined })
        return
      }
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier')
          this.#reference(node.argument.name, node.argument.start, scope, true)
        else this.#visit(node.argument, scope)
        return
      case 'VariableDeclaration':
        this.#variables(node, scope, context)
        return
      case 'BlockStatement': {
        const inner = new Scope(scope)
        hoistLexical(node.body, inner)
        for (const statement of node.body)
          this.#visit(statement, inner, { list: { start: node.start, top: false } })
        return
      }
      case 'ForStatement': {
        const inner = new Scope(scope)
        if (node.init?.type === 'VariableDeclaration') hoistLexical([node.init], inner)
        for (const part of [node.init, node.test, node.update, node.body]) if (part) this.#visit(part, inner)
        return
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = new Scope(scope)
        if (node.left.type === 'VariableDeclaration') {
          hoistLexical([node.left], inner)
          this.#visit(node.left, inner)
        } else this.#pattern(node.left, scope, false)
        this.#visit(node.right, scope)
        this.#visit(node.body, inner)
        return
      }
      case 'SwitchStatement': {
        this.#visit(node.discriminant, scope)
        const inner = new Scope(scope)
        hoistLexical(
          node.cases.flatMap((one) => one.consequent),
          inner,
        )
        for (const one of node.cases) {
          if (one.test) this.#visit(one.test, scope)
          for (const statement of one.consequent) this.#visit(statement, inner)
        }
        return
      }
      case 'CatchClause': {
        const inner = new Scope(scope)
        forEachName(node.param, (name, at) => void inner.declare(name, 'caught', at))
        this.#pattern(node.param, inner, true)
        this.#visit(node.body, inner)
        return
      }
      case 'LabeledStatement':
        this.#visit(node.body, scope, context)
        return
      case 'WithStatement':
        this.hasWith = true
        break
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'TSImportEqualsDeclaration':
        return
      case 'ExportNamedDeclaration':
        if (node.exportKind === 'type') return
        if (node.declaration) {
          this.#visit(node.declaration, scope, { ...context, outer: node })
          this.#export(node.declaration, scope)
        } else if (!node.source)
          for (const specifier of node.specifiers) {
            if (specifier.exportKind === 'type' || specifier.local.type !== 'Identifier') continue
            const binding = scope.lookup(specifier.local.name)
            const { exported } = specifier
            if (binding)
              binding.exportedAs ??= exported.type === 'Identifier' ? exported.name : exported.value
          }
        return
      case 'ExportDefaultDeclaration': {
        const { declaration } = node
        const named =
          declaration.type === 'Identifier'
            ? declaration.name
            : 'id' in declaration && declaration.id?.type === 'Identifier'
              ? declaration.id.name
              : undefined
        const binding = named === undefined ? undefined : scope.lookup(named)
        if (binding) binding.exportedAs ??= 'default'
        const inner = { ...context, outer: node, isDefaultExport: true }
        if (declaration.type === 'FunctionDeclaration' && !declaration.id)
          this.#function(declaration, scope, 'expression', { ...inner, name: 'default' })
        else if (declaration.type === 'ClassDeclaration' && !declaration.id)
          this.#class(declaration, scope, 'classExpression', { ...inner, name: 'default' })
        else this.#visit(declaration as Node, scope, inner)
        return
      }
      case 'TSEnumDeclaration':
        this.#enum(node, scope)
        return
      case 'TSModuleDeclaration':
        this.#namespace(node, scope)
        return
      case 'TSExportAssignment':
        this.#visit(node.expression, scope)
        return
    }
    if (TRANSPARENT.has(node.type) && 'expression' in node) {
      this.#visit(node.expression as Node, scope, context)
      return
    }
    if (node.type.startsWith('TS')) return
    forEachChild(node, (child) => {
      if (!child.type.startsWith('TSType')) this.#visit(child, scope)
    })
  }
}
