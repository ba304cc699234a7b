// Fields and methods of the user's classes: what `this.frame`, `model.frame` and `Model.frame` are made of.

import type { Class, Node } from 'oxc-parser'
import { follow, type Place } from './follow.ts'
import { bare, type Subject } from './subject.ts'

type Member = Extract<Node, { type: 'MemberExpression' }>

/** A class, seen from a text; `isStatic` where it is meant itself, not one of its objects. */
interface Owner {
  subject: Subject
  of: Class
  isStatic: boolean
}

/** Variables lead to each other no further than this. */
const STEPS_MAX = 8

/** What gives a field its value, or a method; nothing where several places do, or none that is to be seen. */
export function fieldOf({ subject, node, frame }: Place): Place | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const name = nameOf(node)
  const owner = name === undefined ? undefined : ownerOf({ subject, node: bare(node.object as Node), frame })
  if (name === undefined || !owner) return undefined
  const value = valueIn(owner, name)
  return value && { subject: owner.subject, node: bare(value) }
}

/** What the text says that a field is: `frame: DataFrame`. */
export function fieldType({ subject, node, frame }: Place): { subject: Subject; type: Node } | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const owner = ownerOf({ subject, node: bare(node.object as Node), frame })
  if (!owner) return undefined
  for (const each of owner.of.body.body as Node[]) {
    if (each.type === 'PropertyDefinition' && keyOf(each.key as Node) === nameOf(node) && each.typeAnnotation)
      return { subject: owner.subject, type: each.typeAnnotation.typeAnnotation as Node }
    if (each.type !== 'MethodDefinition' || each.kind !== 'constructor') continue
    // `constructor(readonly frame: DataFrame)`
    for (const parameter of each.value.params as Node[]) {
      if (parameter.type !== 'TSParameterProperty') continue
      const own = parameter.parameter as Node
      const named = own.type === 'AssignmentPattern' ? (own.left as Node) : own
      if (named.type === 'Identifier' && named.name === nameOf(node) && named.typeAnnotation)
        return { subject: owner.subject, type: named.typeAnnotation.typeAnnotation as Node }
    }
  }
  return undefined
}

function ownerOf(place: Place): Owner | undefined {
  if (place.node.type === 'ThisExpression') return classAround(place.subject, place.node)
  let at: Place | undefined = place
  for (let i = 0; at && i < STEPS_MAX; i++) {
    const { subject, node }: Place = at
    if (node.type === 'NewExpression') {
      const of = classOf({ ...at, node: bare(node.callee as Node) })
      return of && { ...of, isStatic: false }
    }
    const of = classOf(at)
    if (of) return { ...of, isStatic: true }
    // Calls are not looked into: chains of calls would be, at each of their steps.
    if (node.type !== 'Identifier' || !subject.binding(node)) return undefined
    at = follow(at)
  }
  return undefined
}

function classOf(place: Place): { subject: Subject; of: Class } | undefined {
  const { subject, node } = place
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return { subject, of: node }
  if (node.type !== 'Identifier') return undefined
  const binding = subject.binding(node)
  const [declaration] = binding?.declarations ?? []
  if (declaration?.type === 'ClassDeclaration' || declaration?.type === 'ClassExpression')
    return { subject, of: declaration }
  const made = binding?.kind === 'import' ? follow(place) : undefined
  return made && made.node !== node && made.node.type.startsWith('Class')
    ? { subject: made.subject, of: made.node as Class }
    : undefined
}

/** The class whose object `this` is. */
function classAround(subject: Subject, node: Node): Owner | undefined {
  let below = node
  for (const at of subject.around(node)) {
    if (at.type === 'FunctionDeclaration') return undefined
    // A function has a `this` of its own, but for a method's.
    if (at.type === 'FunctionExpression' && subject.parent(at)?.type !== 'MethodDefinition') return undefined
    if (at.type === 'ClassBody') {
      const of = subject.parent(at) as Class
      return { subject, of, isStatic: below.type === 'StaticBlock' || isStatic(below) }
    }
    below = at
  }
  return undefined
}

/** Of each class that was asked about, what its fields are given: a long one is gone through once. */
const assigned = new WeakMap<Class, Map<string, Node[]>>()

function assignedIn(subject: Subject, of: Class): Map<string, Node[]> {
  const known = assigned.get(of)
  if (known) return known
  const found = new Map<string, Node[]>()
  for (const { left, right, operator } of subject.inside(of, 'AssignmentExpression')) {
    const target = bare(left as Node)
    if (target.type !== 'MemberExpression' || target.object.type !== 'ThisExpression') continue
    const name = nameOf(target)
    if (name === undefined) continue
    const value = operator === '=' ? (right as Node) : target
    found.set(name, [...(found.get(name) ?? []), value])
  }
  assigned.set(of, found)
  return found
}

function valueIn({ subject, of, isStatic: wanted }: Owner, name: string): Node | undefined {
  const values: Node[] = []
  for (const each of of.body.body as Node[]) {
    if (each.type !== 'PropertyDefinition' && each.type !== 'MethodDefinition') continue
    if (each.computed || isStatic(each) !== wanted || keyOf(each.key as Node) !== name) continue
    if (each.type === 'MethodDefinition') return each.kind === 'method' ? (each.value as Node) : undefined
    if (each.value) values.push(each.value as Node)
  }
  values.push(...(assignedIn(subject, of).get(name) ?? []))
  return values.length === 1 ? values[0] : undefined
}

/** Of each text that was asked about, the names of fields that it sets on other objects than its own `this`. */
const setOnOthers = new WeakMap<Subject, Set<string>>()

/** Whether a text sets a field of that name from outside: `model.frame = …`. */
export function isSetFromOutside(subject: Subject, name: string): boolean {
  let known = setOnOthers.get(subject)
  if (!known) {
    known = new Set()
    for (const { left } of subject.all('AssignmentExpression')) {
      const target = bare(left as Node)
      if (target.type !== 'MemberExpression' || target.object.type === 'ThisExpression') continue
      const set = nameOf(target)
      if (set !== undefined) known.add(set)
    }
    setOnOthers.set(subject, known)
  }
  return known.has(name)
}

const isStatic = (node: Node): boolean => 'static' in node && node.static === true

const keyOf = (key: Node): string | undefined =>
  key.type === 'PrivateIdentifier' ? `#${key.name}` : key.type === 'Identifier' ? key.name : undefined

const nameOf = ({ computed, property }: Member): string | undefined =>
  computed ? undefined : keyOf(property as Node)
