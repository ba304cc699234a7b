// What the analysis of one module finds: its functions and classes ("units"), and what each needs of its surroundings.

import type {
  ArrowFunctionExpression,
  CallExpression,
  Class,
  Function as FunctionNode,
  ImportExpression,
  MetaProperty,
  Node,
  ObjectExpression,
  Program,
} from 'oxc-parser'
import type { Binding, ImportRecord, Scope } from './scope.ts'
import type { KeptState, StaticFields } from './statics.ts'

export type FunctionLike = FunctionNode | ArrowFunctionExpression
export type UnitKind = 'declaration' | 'expression' | 'arrow' | 'method' | 'class' | 'classExpression'

/** A variable from outside a unit that the unit names. */
export interface Capture {
  binding: Binding
  /** Where the unit assigns it first. */
  writtenAt?: number
  /** Where the unit names it first. */
  first: number
  /** True when it is needed while a class is being defined, e.g. by `extends` or a static field. */
  eager: boolean
}

/** Where a list of statements is that a registration can be put into. */
export interface StatementList {
  start: number
  top: boolean
}

export interface SourceUnit {
  node: FunctionLike | Class
  kind: UnitKind
  number: number
  start: number
  end: number
  outerScope: Scope
  /** The unit around this one. */
  parent: SourceUnit | undefined
  name: string | undefined
  /** The name that JavaScript infers for a nameless function from where it stands. */
  inferred: string | undefined
  /** The variable that holds the unit itself. */
  selfBinding: Binding | undefined
  captures: Map<Binding, Capture>
  globals: Set<string>
  thisNodes: Node[]
  usesArguments: boolean
  usesSuper: boolean
  usesNewTarget: boolean
  usesEval: boolean
  /** A private name of a class around it, e.g. `secret`. */
  usesPrivate: string | undefined
  isDefaultExport: boolean
  /** True for `(() => …)()`: it is run, never sent. */
  calledAtOnce: boolean
  /** True for methods under a computed key. */
  computedKey: Node | undefined
  /** The declaration statement behind which `const f = () => …` is registered, and its variable. */
  afterStatement: Node | undefined
  variableName: string | undefined
  list: StatementList | undefined
  /** `'use task'` at its beginning. */
  marked: boolean
  /** Static fields of a class that may change, properties of a function that others than its text give; nothing for other units. */
  statics: StaticFields | undefined

  // Filled in once the whole module was read:
  /** Stands at the module's top level. */
  top: boolean
  imports: Binding[]
  closedDependencies: Binding[]
  /** Captures whose values travel, those needed at once first. */
  values: Capture[]
  captureNames: string[]
  eagerCount: number
  /** A module-level declaration that can be made again on a worker without any value from here. */
  singleton: Binding | undefined
}

/** Closed declarations that refer to each other in a cycle, or one alone. */
export interface ClosedGroup {
  members: Binding[]
}

export interface AnalysedModule {
  file: string
  source: string
  hash: string
  /** `file@hash`: what instrumented code calls itself. */
  id: string
  language: 'ts' | 'tsx' | 'js' | 'jsx' | 'dts'
  format: 'module' | 'commonjs'
  program: Program
  scope: Scope
  units: SourceUnit[]
  imports: ImportRecord[]
  /** Specifiers of `export … from`. */
  reexports: { source: string; node: Node }[]
  closed: Set<Binding>
  /** Closed declarations that hold what may change: weak collections, and what namespaces export. */
  kept: ReadonlyMap<Binding, KeptState>
  /** Classes and functions of the top level whose static fields or properties may change. */
  classes: ReadonlyMap<Binding, SourceUnit>
  groups: ClosedGroup[]
  groupOf: Map<Binding, ClosedGroup>
  /** What each module-level declaration names of the others. */
  dependencies: Map<Binding, Set<Binding>>
  objectsWithMethods: { node: ObjectExpression; methods: SourceUnit[] }[]
  dynamicImports: ImportExpression[]
  requireCalls: { node: Node; argument: Node; specifier: string }[]
  importMetas: MetaProperty[]
  /** `new URL('./x', import.meta.url)`, where the path is written out. */
  fileUrls: { node: Node; specifier: string }[]
  /** Calls that say where they stand, and the offset of the method's name, which is what stacks call their place. */
  placedCalls: { node: CallExpression; at: number }[]
  references: { binding: Binding; start: number }[]
  needsLowering: boolean
  /** What each name in the text means, by its offset, when it was asked for. */
  named?: ReadonlyMap<number, Binding>
  hasWith: boolean
}
