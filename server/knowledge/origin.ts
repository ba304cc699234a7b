// The way to a collection: from where it begins, through chains, variables and functions of the user's.

import { basename } from 'node:path'
import type { CallExpression, Node } from 'oxc-parser'
import { COLLECTIONS, type Kind } from './api.ts'
import { type ArrayOrigin, arrayOrigin, numberOf } from './arrayExtent.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { type Source, sourceOf } from './sources.ts'
import { bare, isFunction, methodOf, type Subject } from './subject.ts'

/** One method or function of the way. */
export interface Step {
  /** E.g. `readText` or `map`. */
  name: string
  /** Where it is called; lines count from 1. */
  file: string
  line: number
  /** Whether it takes nothing but functions and plain values, so that what it is lowered to is known by its name. */
  isPlain: boolean
}

/** How a collection came about. */
export interface Origin {
  kind: Kind
  /** From the beginning on, e.g. `readText`, `filter`, `map`. */
  steps: Step[]
  source?: Source
  /** Where the text says how many. */
  partitions?: number
  /** A later step may give another number of them. */
  isRegrouped?: true
  /** Functions of the user's that it comes out of, from the outermost, with the name of their file where that is another one. */
  through: { name: string; file?: string }[]
  /** Of an array whose steps are all understood. */
  array?: ArrayOrigin
  /** Items of a bag that is counted out, e.g. 100 of `bag.range(100)`. */
  items?: number
}

/** The way to a collection through chains and variables; nothing for anything else. */
export function originOf(subject: Subject, node: Node): Origin | undefined {
  const kind = subject.kinds.of(node)
  if (!kind || !COLLECTIONS.has(kind)) return undefined
  const origin: Origin = { kind, steps: [], through: [] }
  let at: Place | undefined = { subject, node: bare(node) }
  for (let i = 0; at && i < STEPS_MAX; i++) at = stepBack(subject, at, origin)
  if (kind === 'array') origin.array = arrayOrigin({ subject, node: bare(node) })
  return origin
}

/** Notes what the last step of a chain says, and goes to what it was taken of. */
function stepBack(asked: Subject, at: Place, origin: Origin): Place | undefined {
  const { subject, node, frame } = at
  if (node.type !== 'CallExpression') return follow(at)
  const called = resultsOf(at)
  if (called) {
    const name = subject.slice(bare(node.callee as Node))
    const other = called.of !== asked && { file: basename(called.of.module.file) }
    origin.through.push({ name, ...other })
    return follow(at)
  }
  const method = methodOf(node)
  const name = method ?? (node.callee.type === 'Identifier' ? node.callee.name : undefined)
  if (name !== undefined) origin.steps.unshift(stepOf(at, node, name))
  if (method === undefined) return undefined
  origin.source ??= sourceOf(at)
  if (method === 'range') origin.items ??= itemsOfRange(node)
  origin.partitions ??= optionOf(node, 'partitions') ?? repartitioned(node, method)
  if (origin.partitions === undefined && regroups(at, node, method)) origin.isRegrouped = true
  if (method === 'range') origin.partitions ??= partitionsOfRange(node, origin.items)
  if (node.callee.type !== 'MemberExpression') return undefined
  return { subject, node: bare(node.callee.object as Node), frame }
}

const STEPS_MAX = 200
/** Steps of bags and frames that give a partition for each that they get. */
const KEEPS_PARTITIONS =
  /^(map|starmap|filter|remove|flatMap|flatten|pluck|mapPartitions|randomSample|sample|with|persist|select|withColumns|drop|rename|cast|dropNulls|explode|apply|melt)$/

/** Whether a method of a collection may give another number of partitions. */
function regroups({ subject, frame }: Place, { callee }: CallExpression, method: string): boolean {
  if (callee.type !== 'MemberExpression' || KEEPS_PARTITIONS.test(method)) return false
  const { kind } = subject.kinds.meaning(callee.object as Node, frame)
  return kind !== undefined && !kind.endsWith('Module')
}

function stepOf({ subject, frame }: Place, call: CallExpression, name: string): Step {
  const isPlain = call.arguments.every((argument, place) => {
    if (argument.type === 'SpreadElement' || argument.type === 'ObjectExpression') return false
    const { kind } = subject.kinds.meaning(argument as Node, frame)
    if (kind) return !COLLECTIONS.has(kind)
    // The first is the step's function; others of which nothing is known may be collections.
    return place === 0 || isWritten({ subject, node: bare(argument as Node), frame })
  })
  const at = call.callee.type === 'MemberExpression' ? call.callee.property : call.callee
  return { name, file: subject.file, line: subject.lineOf(at.start), isPlain }
}

/** Whether an expression is a function or a value that is written out. */
function isWritten(place: Place): boolean {
  let at: Place | undefined = place
  for (let i = 0; at && i < STEPS_MAX; i++) {
    if (isFunction(at.node) || /(Literal|UnaryExpression|ArrayExpression)$/.test(at.node.type)) return true
    at = follow(at)
  }
  return false
}

/** `repartition(200)`. */
function repartitioned(call: CallExpression, method: string): number | undefined {
  const [first] = call.arguments
  return method === 'repartition' && first && first.type !== 'SpreadElement'
    ? numberOf(bare(first as Node))
    : undefined
}

/** Items of `range(100)`, `range(10, 100)`, `range(100, 0, { step: -1 })`. */
function itemsOfRange(call: CallExpression): number | undefined {
  const [first, second] = call.arguments.map((each) => numberOf(bare(each as Node)))
  if (first === undefined) return undefined
  if (call.arguments.length === 1 || second === undefined)
    return call.arguments.length > 1 && call.arguments[1].type !== 'ObjectExpression' ? undefined : first
  return Math.max(0, Math.ceil((second - first) / (optionOf(call, 'step') ?? 1)))
}

/** Of a bag that is counted out and says nothing else: as `PARTITIONS` of bags. */
const PARTITIONS = 64

function partitionsOfRange(call: CallExpression, items: number | undefined): number | undefined {
  const options = call.arguments.at(-1)
  const names = options?.type === 'ObjectExpression' ? options.properties.map(nameOf) : []
  // What is worked out is not known here.
  if (items === undefined || names.includes('partitions') || names.includes(undefined)) return undefined
  if (!names.includes('partitionSize')) return Math.max(1, Math.min(items, PARTITIONS))
  const size = optionOf(call, 'partitionSize')
  return size && Math.max(1, Math.ceil(items / size))
}

/** The number of `{ partitions: 200 }` among the arguments. */
function optionOf(call: CallExpression, name: string): number | undefined {
  for (const argument of call.arguments) {
    if (argument.type !== 'ObjectExpression') continue
    for (const property of argument.properties)
      if (property.type === 'Property' && nameOf(property) === name)
        return numberOf(bare(property.value as Node))
  }
  return undefined
}

const nameOf = (property: Node): string | undefined =>
  property.type === 'Property' && !property.computed && property.key.type === 'Identifier'
    ? property.key.name
    : undefined
