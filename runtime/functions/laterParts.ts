// What a program adds to a function or class after its declaration, found by comparing: `C.count = 3`, `mixin(C)`.
//
// Code that changes such a thing cannot be told from its text alone, so that what came of it travels: properties, those of the
// prototype, and what either inherits from. Instrumented code notes what there is when the declaration is done.

import type { AnyFunction } from './liftHook.ts'

type Properties = ReadonlyMap<PropertyKey, PropertyDescriptor>

/** What a function or class was when it was declared. */
export interface Shape {
  own: Properties
  ofPrototype: Properties
  parent: object | null
  parentOfPrototype: object | null
}

export type ChangedProperty = readonly [key: PropertyKey, descriptor: PropertyDescriptor]

/** What was added since. */
export type LaterParts = readonly [
  own: readonly ChangedProperty[],
  ofPrototype: readonly ChangedProperty[],
  /** Nothing where it is what the declaration says. */
  parent: readonly [object | null] | undefined,
  /** The same of the prototype: the class that it belongs to, where there is one. */
  parentOfPrototype: readonly [made: 'class' | 'object', parent: object | null] | undefined,
]

/** Properties of the language's own, which code does not give. */
const GIVEN: ReadonlySet<PropertyKey> = new Set(['prototype', 'length', 'name', 'arguments', 'caller'])

export function shapeOf(made: AnyFunction): Shape {
  const prototype = prototypeOf(made)
  return {
    own: propertiesOf(made),
    ofPrototype: prototype ? propertiesOf(prototype) : new Map(),
    parent: Object.getPrototypeOf(made),
    parentOfPrototype: prototype && Object.getPrototypeOf(prototype),
  }
}

/** What differs from a shape; nothing where nothing does. */
export function laterPartsOf(made: AnyFunction, before: Shape): LaterParts | undefined {
  const now = shapeOf(made)
  const own = changedSince(before.own, now.own)
  const ofPrototype = changedSince(before.ofPrototype, now.ofPrototype)
  const parent = now.parent === before.parent ? undefined : ([now.parent] as const)
  const parentOfPrototype =
    now.parentOfPrototype === before.parentOfPrototype ? undefined : inherited(now.parentOfPrototype)
  if (own.length === 0 && ofPrototype.length === 0 && !parent && !parentOfPrototype) return undefined
  return [own, ofPrototype, parent, parentOfPrototype]
}

/** Adds to a function or class what another process found. */
export function addLaterParts(
  made: AnyFunction,
  [own, ofPrototype, parent, parentOfPrototype]: LaterParts,
): void {
  for (const [key, descriptor] of own) Object.defineProperty(made, key, descriptor)
  if (parent) Object.setPrototypeOf(made, parent[0])
  const prototype = prototypeOf(made)
  if (!prototype) return
  for (const [key, descriptor] of ofPrototype) Object.defineProperty(prototype, key, descriptor)
  if (!parentOfPrototype) return
  const [kind, from] = parentOfPrototype
  Object.setPrototypeOf(prototype, kind === 'class' ? prototypeOf(from as AnyFunction) : from)
}

function propertiesOf(object: object): Properties {
  const found = new Map<PropertyKey, PropertyDescriptor>()
  for (const key of Reflect.ownKeys(object))
    if (!GIVEN.has(key)) found.set(key, Object.getOwnPropertyDescriptor(object, key)!)
  return found
}

function prototypeOf(made: AnyFunction): object | null {
  const { prototype } = made as { prototype?: unknown }
  return typeof prototype === 'object' ? prototype : null
}

function changedSince(before: Properties, now: Properties): ChangedProperty[] {
  const changed: ChangedProperty[] = []
  for (const [key, descriptor] of now) {
    const known = before.get(key)
    const isSame = known && PARTS_OF_PROPERTY.every((part) => Object.is(known[part], descriptor[part]))
    if (!isSame) changed.push([key, descriptor])
  }
  return changed
}

const PARTS_OF_PROPERTY = ['value', 'get', 'set', 'enumerable', 'writable', 'configurable'] as const

/** A prototype is named by its class: it is that of a class on the other side too. */
function inherited(parent: object | null): readonly ['class' | 'object', object | null] {
  const made = parent && (Object.getOwnPropertyDescriptor(parent, 'constructor')?.value as unknown)
  return typeof made === 'function' && made.prototype === parent ? ['class', made] : ['object', parent]
}
