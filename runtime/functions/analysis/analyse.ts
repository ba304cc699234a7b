// Analyses one module of the user's: what its functions are, and what each needs to run somewhere else.

import type { Class, Node, ParseResult, Program } from 'oxc-parser'
import { parseSync } from 'oxc-parser'
import { textHash } from '../textHash.ts'
import { closedDeclarations, closedGroups, declarationDependencies } from './closed.ts'
import { declareRequires } from './commonJs.ts'
import { declareLateParts } from './lateParts.ts'
import { Purity } from './purity.ts'
import { readNode } from './readNode.ts'
import type { Binding } from './scope.ts'
import { SourceSyntaxError } from './sourceSyntaxError.ts'
import { languageOf, withoutMark } from './sourceText.ts'
import type { AnalysedModule, SourceUnit } from './sourceUnit.ts'
import { holdsProperties, type KeptState, keptStateOf, staticFieldsOf } from './statics.ts'
import { Walk } from './walk.ts'

export interface AnalyseOptions {
  /** How the file is run; by default by what its text says. */
  format?: 'module' | 'commonjs'
  /** Whether decorators are told the types of what they decorate, as `emitDecoratorMetadata` of tsconfig.json says. */
  decoratorMetadata?: boolean
  /** Keeps what each name in the text means. */
  keepsNames?: boolean
}

/**
 * Parses and analyses a module.
 * @throws {SourceSyntaxError} when it does not parse: the text has file:line:column and the lines around it
 */
export function analyse(file: string, text: string, options: AnalyseOptions = {}): AnalysedModule {
  const source = withoutMark(text)
  const { program, format } = parse(file, source, options.format)
  const hash = textHash(source)
  const { decoratorMetadata = false, keepsNames = false } = options
  const walk = new Walk(readNode, { decoratorMetadata, keepsNames })
  walk.walk(program.body as Node[])
  const { scope, units, imports, references } = walk
  if (format === 'commonjs') declareRequires(program, scope, imports, walk.requireCalls)
  const purity = new Purity(source, scope)
  declareLateParts(program, walk, purity)
  const dependencies = declarationDependencies(scope, references)
  const closed = closedDeclarations(scope, dependencies, purity)
  const { groups, groupOf } = closedGroups(closed, dependencies)
  const kept = new Map<Binding, KeptState>()
  for (const binding of closed) {
    const state = keptStateOf(binding)
    if (state) kept.set(binding, state)
  }
  const classes = new Map<Binding, SourceUnit>()
  for (const unit of units) {
    const { selfBinding } = unit
    if (unit.kind === 'class' || unit.kind === 'classExpression')
      unit.statics = staticFieldsOf(unit.node as Class, source, selfBinding)
    else if (unit.top && selfBinding && !kept.has(selfBinding) && holdsProperties(selfBinding))
      unit.statics = { privates: [], counted: [] }
    if (unit.statics && unit.top && selfBinding) classes.set(selfBinding, unit)
  }
  const module: AnalysedModule = {
    file,
    source,
    hash,
    id: `${file}@${hash}`,
    language: languageOf(file),
    format,
    program,
    scope,
    units,
    imports,
    reexports: reexportsOf(program),
    closed,
    kept,
    classes,
    groups,
    groupOf,
    dependencies,
    objectsWithMethods: walk.objectsWithMethods,
    dynamicImports: walk.dynamicImports,
    requireCalls: walk.requireCalls,
    importMetas: walk.importMetas,
    fileUrls: walk.fileUrls,
    placedCalls: walk.placedCalls,
    references,
    ...(walk.named && { named: walk.named }),
    needsLowering: walk.needsLowering,
    hasWith: walk.hasWith,
  }
  for (const unit of units) sortCaptures(module, unit)
  return module
}

function parse(
  file: string,
  source: string,
  wanted: 'module' | 'commonjs' | undefined,
): { program: Program; format: 'module' | 'commonjs' } {
  const lang = languageOf(file)
  const options = { lang, preserveParens: false } as const
  let parsed: ParseResult
  let format: 'module' | 'commonjs'
  if (wanted === 'commonjs') {
    // A file of that kind may still be written with `import`, as TypeScript lets it.
    parsed = parseSync(file, source, { ...options, sourceType: 'commonjs' })
    format = parsed.module.hasModuleSyntax && !isWrittenForCommonJs(parsed.program) ? 'module' : 'commonjs'
    if (format === 'module') parsed = parseSync(file, source, { ...options, sourceType: 'module' })
  } else {
    parsed = parseSync(file, source, { ...options, sourceType: 'module' })
    format = 'module'
  }
  const error = parsed.errors.find((one) => one.severity === 'Error')
  if (error)
    throw new SourceSyntaxError(file, source, error.labels[0]?.start ?? 0, error.message.replace(/\.$/, ''))
  return { program: parsed.program, format }
}

/** `import x = require('y')` and `export = x` are TypeScript's words for CommonJS. */
function isWrittenForCommonJs({ body }: Program): boolean {
  return (
    body.some(({ type }) => type === 'TSImportEqualsDeclaration' || type === 'TSExportAssignment') &&
    !body.some(({ type }) => /^(Import|ExportNamed|ExportDefault|ExportAll)Declaration$/.test(type))
  )
}

function reexportsOf(program: Program): AnalysedModule['reexports'] {
  const found: AnalysedModule['reexports'] = []
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportAllDeclaration') continue
    if (node.source && node.exportKind !== 'type') found.push({ source: node.source.value, node })
  }
  return found
}

/** Sorts what a unit names from outside: itself, imports, closed declarations, and values that must travel. */
function sortCaptures(module: AnalysedModule, unit: SourceUnit): void {
  for (const capture of unit.captures.values()) {
    const { binding } = capture
    const itself =
      binding === unit.selfBinding && (binding.writes.length === 0 || unit.kind === 'declaration')
    if (itself) continue
    if (binding.kind === 'import') unit.imports.push(binding)
    else if (module.closed.has(binding)) unit.closedDependencies.push(binding)
    else unit.values.push(capture)
  }
  unit.values.sort((a, b) => Number(b.eager) - Number(a.eager))
  unit.eagerCount = unit.values.filter((capture) => capture.eager).length
  unit.captureNames = unit.values.map((capture) => capture.binding.name)
  if (unit.selfBinding && unit.top && module.closed.has(unit.selfBinding)) unit.singleton = unit.selfBinding
}
