// Adds registrations to a module's text: every function and class says what it captures when it comes into being.

import MagicString from 'magic-string'
import type { Class, Node, PropertyDefinition } from 'oxc-parser'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { writeCallPlaces } from './callPlaces.ts'
import {
  inwardFields,
  isChangedLater,
  privateMembers,
  registrationOf,
  staticsCode,
  THIS_NAME,
  thunkOf,
} from './helperCode.ts'
import { innerCode } from './innerFactories.ts'

export interface InstrumentRequest {
  module: AnalysedModule
  text: MagicString
  /** Which part of the module is wanted. */
  includes: (node: { start: number; end: number }) => boolean
  /** Statements that are taken out of the text. */
  cut?: ReadonlySet<Node>
  /** Nodes where `this` is written under another name. */
  renamedThis?: ReadonlySet<unknown>
}

/** Edits the text; returns the registrations that belong at the top of the module. */
export function instrument({ module, text, includes, cut, renamedThis }: InstrumentRequest): string {
  let top = ''
  // Innermost first: two functions may end at the same character, as in `k => x => x + k`.
  for (const { node, methods } of module.objectsWithMethods.toReversed()) {
    if (!includes(node)) continue
    const pairs = methods.map((unit) => `[${methodKey(unit)},${thunkOf(unit, renamedThis)}]`)
    text.prependRight(node.start, '__heddle_o(')
    text.appendLeft(node.end, `,[${pairs.join(',')}])`)
  }
  for (let i = module.units.length - 1; i >= 0; i--) {
    const unit = module.units[i]
    if (unit.calledAtOnce || !includes(unit)) continue
    const thunk = thunkOf(unit, renamedThis)
    switch (unit.kind) {
      case 'class':
      case 'classExpression':
        instrumentClass(text, module, unit, thunk, unit.isDefaultExport || (unit.top && !unit.selfBinding))
        break
      case 'declaration': {
        const name = 'id' in unit.node ? unit.node.id?.name : undefined
        const registration = registrationOf(name!, unit, renamedThis)
        if (unit.list?.top) top += registration
        else if (unit.list) text.appendRight(module.source.indexOf('{', unit.list.start) + 1, registration)
        else text.appendLeft(unit.end, `;${registration}`)
        break
      }
      case 'method':
        if (unit.computedKey && unit.node.body)
          // A mark that survives in the function's source: its key is known only when the object is made.
          text.appendRight(unit.node.body.start + 1, `"heddle:${unit.number}";`)
        break
      case 'arrow':
      case 'expression':
        if (unit.afterStatement && unit.list) {
          if (!cut?.has(unit.afterStatement))
            text.appendLeft(
              unit.afterStatement.end,
              `;${registrationOf(unit.variableName!, unit, renamedThis)}`,
            )
        } else wrapExpression(text, unit, thunk)
    }
  }
  // Last, since functions in them may begin or end where such an argument or statement does.
  writeCallPlaces(module, text, includes)
  noteStates(module, text, includes)
  return top
}

/** Namespaces are noted behind their declaration, and what statements behind it add that belong to it. */
function noteStates(
  module: AnalysedModule,
  text: MagicString,
  includes: InstrumentRequest['includes'],
): void {
  for (const { name, declarations, kind } of [...module.classes.keys(), ...module.kept.keys()]) {
    const last = declarations.findLast(({ type }) => type === 'TSModuleDeclaration')
    for (const node of declarations) {
      if (!includes(node)) continue
      if (node.type === 'ExpressionStatement')
        text.appendLeft(node.end, `;globalThis.__heddle?.statics?.more(${name});`)
      else if (node === last && kind === 'namespace')
        text.appendLeft(node.end, `;globalThis.__heddle?.statics?.begin(${name});`)
    }
  }
}

function methodKey(unit: SourceUnit): string {
  return unit.computedKey ? String(unit.number) : JSON.stringify(unit.name)
}

/** A nameless function keeps the name that it would have got from where it stands. */
function wrapExpression(text: MagicString, unit: SourceUnit, thunk: string): void {
  const named = unit.inferred !== undefined && !('id' in unit.node && unit.node.id)
  const name = JSON.stringify(unit.inferred ?? '')
  const [before, after] = unit.isDefaultExport ? [`__heddle_l(${unit.number},`, ')'] : ['', '']
  text.prependRight(unit.start, named ? `${before}__heddle_f({${name}:` : `${before}__heddle_f(`)
  text.appendLeft(unit.end, named ? `}[${name}],${thunk})${after}` : `,${thunk})${after}`)
}

/**
 * Registers a class from inside its body, and lets its private members be given and taken.
 * @param isLive the module makes it once: what comes back of it is of this very class
 */
export function instrumentClass(
  text: MagicString,
  module: AnalysedModule,
  unit: SourceUnit,
  thunk: string,
  isLive: boolean,
): void {
  const node = unit.node as Class
  const live = isLive ? `__heddle_l(${unit.number},this);` : ''
  const { fields, any } = privateMembers(node)
  const inward = inwardFields(node, module.units)
  let access = ''
  if (any) {
    const kept = new Set(fields)
    const made: string[] = []
    for (const [member, { number }] of inward) {
      const { key } = member as PropertyDefinition
      if (key.type !== 'PrivateIdentifier') made.push(`[${JSON.stringify(keyText(key))},${number}]`)
      else if (!isAssigned(`#${key.name}`, module.source.slice(node.start, node.end)))
        kept.delete(`#${key.name}`)
    }
    const read = [...kept].map((name) => `o.${name}`).join(',')
    const own = made.length > 0 ? `,inward:[${made.join(',')}]` : ''
    access = `globalThis.__heddle?.p(this,{read:o=>[${read}],write:(o,v)=>{[${read}]=v}${own}});`
  }
  text.appendRight(
    node.body.start + 1,
    `static{__heddle_f(this,${thunk});${live}${access}${staticsOf(node)}}`,
  )
  const noted = isChangedLater(unit) ? ';static{globalThis.__heddle?.k?.(this)}' : ''
  const inner = innerCode(module, unit, (of, renamedThis) => copyOf(module, of, renamedThis))
  text.appendLeft(node.body.end - 1, noted + staticsCode(unit) + inner)
  if (any || node.superClass) skipConstruction(text, node, inward)
}

/** The text of one function, instrumented, with another name for its `this`. */
function copyOf(module: AnalysedModule, unit: SourceUnit, renamedThis: ReadonlySet<unknown>): string {
  const text = new MagicString(module.source)
  for (const node of unit.thisNodes) text.overwrite(node.start, node.end, THIS_NAME)
  const includes = (node: { start: number; end: number }): boolean =>
    node.start >= unit.start && node.end <= unit.end && node !== unit
  instrument({ module, text, includes, renamedThis })
  if (unit.start > 0) text.remove(0, unit.start)
  if (unit.end < module.source.length) text.remove(unit.end, module.source.length)
  return text.toString()
}

/** Tells of static methods which class they stand in. */
function staticsOf({ body }: Class): string {
  const keys: string[] = []
  for (const member of body.body)
    if (member.type === 'MethodDefinition' && member.static && member.kind === 'method' && !member.computed)
      if (member.key.type !== 'PrivateIdentifier' && member.value.body) keys.push(keyText(member.key))
  return keys.length === 0 ? '' : `globalThis.__heddle?.s?.(this,${JSON.stringify(keys)});`
}

const keyText = (key: PropertyDefinition['key']): string =>
  key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : ''

/** Whether a class gives a private field another value than its first one. */
const isAssigned = (name: string, source: string): boolean =>
  [
    ...source.matchAll(
      new RegExp(`${name.replaceAll('$', '\\$')}\\s*(=(?![=>])|[-+*/%&|^?<>]+=|\\+\\+|--)`, 'gu'),
    ),
  ].length > 1

/**
 * Lets an instance be made whose fields come from elsewhere: while the hook says so, initialisers and constructors do
 * nothing, so that private members are put on the object and none of the user's code runs. Functions that use private
 * names are made all the same.
 */
function skipConstruction(text: MagicString, node: Class, inward: ReadonlyMap<Node, SourceUnit>): void {
  for (const member of node.body.body) {
    if (inward.has(member)) continue
    const isField = member.type === 'PropertyDefinition' || member.type === 'AccessorProperty'
    if (isField && !member.static && member.value && !member.declare) {
      text.prependLeft(member.value.start, 'globalThis.__heddle?.making?void 0:(')
      text.appendRight(member.value.end, ')')
    } else if (member.type === 'MethodDefinition' && member.kind === 'constructor' && member.value.body) {
      const leave = node.superClass ? 'super();return' : 'return'
      text.appendRight(member.value.body.start + 1, `if(globalThis.__heddle?.making){${leave}}`)
    }
  }
}
