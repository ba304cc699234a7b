// What the editor knows of the public API without types, held to the types of the package.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import ts from 'typescript'
import { CALLS, type Kind, TYPES } from '../../server/knowledge/api.ts'
import { methodGives } from '../../server/knowledge/kinds.ts'

const ENTRY = join(import.meta.dirname, '../../runtime/index.ts')

/** What is public for the runtime's own sake: nobody writes it. */
const INTERNAL =
  /^([$#_].*|announce|buildTasks|buildValue|assemble|abandon|standingOn|call|collectionKind|node|plan|options)$/

const CLASSES: [name: string, kind: Kind][] = [
  ['Bag', 'bag'],
  ['ChunkedArray', 'array'],
  ['DataFrame', 'dataframe'],
  ['Expr', 'series'],
]
const MODULES: [name: string, kind: Kind][] = [
  ['bag', 'bagModule'],
  ['array', 'arrayModule'],
  ['dataframe', 'dataframeModule'],
]

describe('the table of the API', () => {
  let checker: ts.TypeChecker
  let exported: Map<string, ts.Symbol>

  before(() => {
    const program = ts.createProgram([ENTRY], {
      strict: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    })
    checker = program.getTypeChecker()
    const file = program.getSourceFile(ENTRY)
    const module = file && checker.getSymbolAtLocation(file)
    assert.ok(module)
    const own = (symbol: ts.Symbol): ts.Symbol =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, own(symbol)]))
  })

  /** What a value of a type may be. */
  const meanings = (type: ts.Type): string[] => (type.isUnion() ? type.types.map(meant) : [meant(type)])

  /** `promise of` what is promised. */
  function meant(type: ts.Type): string {
    const name = type.aliasSymbol?.name ?? type.symbol?.name
    if (name === 'Promise') {
      const [inner] = checker.getTypeArguments(type as ts.TypeReference)
      const kind = meant(inner)
      return kind === 'none' ? 'none' : `promise of ${kind}`
    }
    if (name !== undefined && Object.hasOwn(KINDS, name)) return KINDS[name]
    // How many arrays `applyGufunc` gives stands in its signature's text: that it gives arrays is taken for granted.
    if (name === 'Results') return 'array'
    if (type.isIntersection()) return type.types.map(meant).find((kind) => kind !== 'none') ?? 'none'
    const base = checker.getBaseConstraintOfType(type)
    return base && base !== type ? meant(base) : 'none'
  }

  /** What calls of each function among some members give, by name; overloads may differ. */
  function callsOf(members: readonly ts.Symbol[]): [name: string, gives: string[]][] {
    return members.flatMap((member) => {
      const calls = checker.getTypeOfSymbol(member).getCallSignatures()
      if (INTERNAL.test(member.name) || calls.length === 0) return []
      return [[member.name, [...new Set(calls.flatMap((call) => meanings(call.getReturnType())))]]]
    })
  }

  const told = (kind: Kind, name: string): string => {
    const { kind: given, promised } = methodGives(kind, name)
    return given === undefined ? 'none' : promised ? `promise of ${given}` : given
  }

  /** Where types have several answers, one of them is told. */
  const wrong = (kind: Kind, calls: [name: string, gives: string[]][]): string[] =>
    calls
      .filter(([name, gives]) => !gives.includes(told(kind, name)))
      .map(([name, gives]) => `${kind}.${name} gives ${gives.join(' or ')}, told is ${told(kind, name)}`)

  for (const [name, kind] of CLASSES)
    test(`methods of ${name}`, () => {
      const symbol = exported.get(name)
      assert.ok(symbol)
      const calls = callsOf(checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)))
      assert.ok(calls.length > 30)
      assert.deepEqual(wrong(kind, calls), [])
    })

  test('methods of groups', () => {
    const frame = exported.get('DataFrame')
    assert.ok(frame)
    const groupBy = checker.getPropertyOfType(checker.getDeclaredTypeOfSymbol(frame), 'groupBy')
    assert.ok(groupBy)
    const [call] = checker.getTypeOfSymbol(groupBy).getCallSignatures()
    const calls = callsOf(checker.getPropertiesOfType(call.getReturnType()))
    assert.ok(calls.length > 3)
    assert.deepEqual(wrong('grouped', calls), [])
  })

  for (const [name, kind] of MODULES)
    test(`functions of ${name}`, () => {
      const symbol = exported.get(name)
      assert.ok(symbol)
      const calls = callsOf(checker.getExportsOfModule(symbol))
      assert.ok(calls.length > 8)
      assert.deepEqual(wrong(kind, calls), [])
    })

  test('functions of the package that make expressions', () => {
    const calls = callsOf([...exported.values()]).filter(([, gives]) => gives.includes('series'))
    assert.ok(calls.length > 3)
    assert.deepEqual(
      calls.map(([name]) => [name, CALLS[name]]),
      calls.map(([name]) => [name, 'series']),
    )
  })
})

const KINDS: Readonly<Record<string, string>> = { ...TYPES, Resampled: 'grouped', Rolling: 'grouped' }
