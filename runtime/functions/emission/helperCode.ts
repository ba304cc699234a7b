// The few lines that every instrumented module begins with, and the capture lists it hands to them.

import type { Class, Node } from 'oxc-parser'
import type { Binding } from '../analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { PLACE_HELPERS } from './callPlaces.ts'

/** Stands for the `this` of the code around an arrow function that was taken out of it. */
export const THIS_NAME = '__heddle_this'

/** Function declarations, since those are there before anything of the module runs, import cycles included. */
export function helperCode({ id, needsLowering, placedCalls }: AnalysedModule): string {
  return (
    `function __heddle_m(){return ${JSON.stringify(id)}}` +
    'function __heddle_f(f,c){return globalThis.__heddle?.f(f,c)??f}' +
    'function __heddle_o(o,p){return globalThis.__heddle?.o(o,p)??o}' +
    'function __heddle_l(n,v){globalThis.__heddle?.l(__heddle_m(),n,v);return v}' +
    (placedCalls.length > 0 ? PLACE_HELPERS : '') +
    (needsLowering ? 'const babelHelpers=globalThis.__heddle?.decorators;' : '')
  )
}

/** `() => [module, number, captures…]`. */
export function thunkOf(unit: SourceUnit, renamedThis?: ReadonlySet<unknown>): string {
  const captured = unit.captureNames.map((name) => `,${name}`).join('')
  const [first] = unit.thisNodes
  const self = !first ? '' : renamedThis?.has(first) ? `,${THIS_NAME}` : ',this'
  return `()=>[__heddle_m(),${unit.number}${captured}${self}]`
}

/** Says what a function captures, and what it was before the program changed it. */
export function registrationOf(name: string, unit: SourceUnit, renamedThis?: ReadonlySet<unknown>): string {
  const shape = isChangedLater(unit) ? `globalThis.__heddle?.k?.(${name});` : ''
  const properties = unit.statics ? `globalThis.__heddle?.statics?.begin(${name});` : ''
  return `__heddle_f(${name},${thunkOf(unit, renamedThis)});${shape}${properties}`
}

/** Whether the program changes what it holds after its declaration: then what came of it is looked at when it is sent. */
export function isChangedLater({ selfBinding }: SourceUnit): boolean {
  return (
    selfBinding?.changed === true ||
    (selfBinding?.declarations.some(({ type }) => type === 'ExpressionStatement') ?? false)
  )
}

/** Notes what a class holds in static fields when its declaration is done. */
export function staticsCode({ statics }: SourceUnit): string {
  if (!statics) return ''
  const parts: string[] = []
  const { privates, counted } = statics
  if (counted.length > 0) parts.push(`counted:${JSON.stringify(counted)}`)
  if (privates.length > 0) {
    const fields = privates.map((name) => `this.${name}`).join(',')
    parts.push(`privates:${JSON.stringify(privates)},read:()=>[${fields}],write:v=>{[${fields}]=v}`)
  }
  return `;static{globalThis.__heddle?.statics?.begin(this,{${parts.join(',')}})}`
}

/** At a module's end: what changes of its classes, functions and namespaces from here on is the program's doing, not the module's. */
export function evaluatedCode({ classes, kept }: AnalysedModule): string {
  const names = new Set([...classes.keys()].map(({ name }) => name))
  for (const [{ name }, state] of kept) if (state === 'namespace') names.add(name)
  return names.size > 0 ? `\n;globalThis.__heddle?.statics?.evaluated?.([${[...names].join(',')}]);` : ''
}

/** Gives encoders and decoders this module's weak collections and namespaces. */
export function keptCode(
  { kept }: AnalysedModule,
  isHere: (binding: Binding) => boolean = () => true,
): string {
  const names = [...kept.keys()].filter(isHere).map(({ name }) => name)
  const reads = names.map((name) => `case ${JSON.stringify(name)}:return ${name};`).join('')
  return reads && `globalThis.__heddle?.statics?.v(__heddle_m(),n=>{switch(n){${reads}}});`
}

/** Gives decoders this module's own copy of each module-level function and class. */
export function liveCode(module: AnalysedModule, skip: (unit: SourceUnit) => boolean = () => false): string {
  const cases = module.units
    .filter((unit) => unit.top && unit.selfBinding && unit.selfBinding.writes.length === 0 && !skip(unit))
    .map((unit) => `case ${unit.number}:return ${unit.selfBinding!.name};`)
  return cases.length > 0 ? `globalThis.__heddle?.m(__heddle_m(),n=>{switch(n){${cases.join('')}}});` : ''
}

/** Gives encoders what this module imports from packages. */
export function importNotes(entries: readonly { source: string; imported: string; local: string }[]): string {
  if (entries.length === 0) return ''
  const list = entries.map(
    ({ source, imported, local }) => `[${JSON.stringify(source)},${JSON.stringify(imported)},${local}]`,
  )
  return `globalThis.__heddle?.i(__heddle_m(),()=>[${list.join(',')}]);`
}

const RESERVED = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if import in instanceof new null return super switch this throw true try typeof var void while with ' +
    'yield let static await implements interface package private protected public eval arguments'
  ).split(' '),
)

export function isIdentifier(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) && !RESERVED.has(text)
}

/**
 * Private instance members of a class: how its fields are reached, and whether it has private methods or accessors. An
 * `accessor` keeps its value in private, and is reached by its own name.
 */
export function privateMembers(node: Class): { fields: string[]; any: boolean } {
  const fields: string[] = []
  let any = false
  for (const member of node.body.body) {
    if (!('key' in member) || ('static' in member && member.static)) continue
    const { key } = member
    const isPrivate = key?.type === 'PrivateIdentifier'
    if (!isPrivate && (member.type !== 'AccessorProperty' || member.computed || key?.type !== 'Identifier'))
      continue
    any = true
    if (member.type !== 'MethodDefinition') fields.push(isPrivate ? `#${key.name}` : key.name)
  }
  return { fields, any }
}

/**
 * Fields of instances whose value is a function that uses private names: only the class itself can make it, and making it runs
 * none of the user's code.
 */
export function inwardFields(node: Class, units: readonly SourceUnit[]): ReadonlyMap<Node, SourceUnit> {
  const found = new Map<Node, SourceUnit>()
  for (const member of node.body.body) {
    if (member.type !== 'PropertyDefinition' || member.static || member.computed || !member.value) continue
    let value: Node = member.value
    while ('expression' in value && /^(TS|Parenthesized)/.test(value.type)) value = value.expression as Node
    const unit = units.find((each) => each.node === value && each.usesPrivate !== undefined)
    if (unit?.kind === 'arrow' || unit?.kind === 'expression') found.set(member, unit)
  }
  return found
}

/** Behind the hashbang line and directives such as `'use strict'`. */
export function headOffset({ source, program }: AnalysedModule): number {
  let offset = 0
  if (source.startsWith('#!')) {
    const end = source.indexOf('\n')
    offset = end < 0 ? source.length : end + 1
  }
  for (const statement of program.body) {
    if (statement.type !== 'ExpressionStatement' || !statement.directive) break
    offset = statement.end
  }
  return offset
}
