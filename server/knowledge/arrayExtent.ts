// The shape, chunks and names of dimensions of an array, as far as text and files tell: from where it is made, through its steps.

import type { CallExpression, Node } from 'oxc-parser'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { type Source, sourceOf } from './sources.ts'
import { bare, methodOf } from './subject.ts'

/** What is known of an array. */
export interface Extent {
  /** Elements along each axis. */
  shape: number[]
  /** Of one block, along each axis. */
  chunks?: number[]
  dtype: string
  /** Names of the axes, where the files name them. */
  dimensions?: string[]
}

/** Where an array is made, and what its steps do to its extent; a step that gives nothing is one that is not understood. */
export interface ArrayOrigin {
  from: Source | Extent
  changes: ((extent: Extent) => Extent | undefined)[]
}

/** Steps of each element by itself, when their arguments are numbers or none: they become part of the loop before them. */
export const ELEMENTWISE =
  /^(add|sub|mul|div|floorDivide|mod|pow|gt|lt|ge|le|eq|ne|abs|neg|exp|log|log1p|log2|log10|sqrt|square|sin|cos|tan|floor|ceil|round|clip|isnan|isNaN|invert|astype)$/
/** Other steps that leave shape, chunks and dimensions as they are. */
const IN_PLACE = /^(persist|cumsum|cumprod|nancumsum|nancumprod|sort|argsort|fillna)$/
/** Steps that take an axis away, by which of their arguments names it. */
const REDUCES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['sum', 'prod', 'mean', 'std', 'var', 'min', 'max', 'any', 'all', 'argmin', 'argmax', 'median']
      .flatMap((name) => [name, `nan${name}`])
      .map((name) => [name, 0]),
  ),
  quantile: 1,
  percentile: 1,
}
/** Other steps whose argument is an axis, by which. */
const NAMES_AXIS: Readonly<Record<string, number>> = {
  ...REDUCES,
  cumsum: 0,
  cumprod: 0,
  sort: 0,
  argsort: 0,
  flip: 0,
  topk: 1,
  argtopk: 1,
  take: 1,
  roll: 1,
  repeat: 1,
  diff: 1,
  gradient: 0,
}

/** The argument of a call that names an axis. */
export function axisArgument(call: CallExpression): Node | undefined {
  const method = methodOf(call) ?? ''
  const given = Object.hasOwn(NAMES_AXIS, method) ? call.arguments[NAMES_AXIS[method]] : undefined
  return given && given.type !== 'SpreadElement' ? bare(given as Node) : undefined
}

/** The way to an array from where it is made; nothing where a step is not understood. */
export function arrayOrigin(given: Place): ArrayOrigin | undefined {
  const changes: ArrayOrigin['changes'] = []
  let at: Place | undefined = given
  for (let i = 0; at && i < STEPS_MAX; i++) {
    const { subject, node, frame }: Place = at
    if (node.type === 'MemberExpression' && !node.computed && memberName(node) === 'T') {
      changes.unshift(transposed)
      at = { subject, node: bare(node.object as Node), frame }
    } else if (node.type === 'CallExpression' && !resultsOf(at)) {
      const source = sourceOf(at)
      if (source) return source.format === 'zarr' ? { from: source, changes } : undefined
      const made = filled(at)
      if (made) return { from: made, changes }
      const change = changeOf(node)
      if (!change || node.callee.type !== 'MemberExpression') return undefined
      changes.unshift(change)
      at = { subject, node: bare(node.callee.object as Node), frame }
    } else at = follow(at)
  }
  return undefined
}

const STEPS_MAX = 200

/** What an array is in the end; nothing where its files do not say. */
export function extentOf({ from, changes }: ArrayOrigin, facts: FileFacts | undefined): Extent | undefined {
  const first = 'shape' in from ? from : facts?.array
  return changes.reduce<Extent | undefined>((extent, change) => extent && change(extent), first)
}

/** Bytes of an element, of the names that Zarr's second and third version and ours have; nothing for others. */
export function itemBytes(dtype: string): number | undefined {
  const second = /^[<>|=][biufcMm](\d+)/.exec(dtype)
  if (second) return Number(second[1])
  if (dtype === 'bool') return 1
  const bits = /^(?:u?int|float|complex)(\d+)$/.exec(dtype)
  return bits ? Number(bits[1]) / 8 : undefined
}

function changeOf(call: CallExpression): ((extent: Extent) => Extent | undefined) | undefined {
  const method = methodOf(call) ?? ''
  if (method === 'transpose' && call.arguments.length === 0) return transposed
  if (Object.hasOwn(REDUCES, method)) {
    // With options an axis may be kept.
    if (call.arguments.length > REDUCES[method] + 1) return undefined
    const argument = axisArgument(call)
    const axis = argument && numberOf(argument)
    if (argument && axis === undefined) return undefined
    return (extent) =>
      axis === undefined ? { shape: [], chunks: [], dtype: extent.dtype } : without(extent, axis)
  }
  const plain = call.arguments.every(
    (each) =>
      (each.type !== 'SpreadElement' && /Literal$/.test(bare(each as Node).type)) ||
      numberOf(each as Node) !== undefined,
  )
  const keeps = ELEMENTWISE.test(method) || IN_PLACE.test(method)
  return keeps && plain ? (extent) => extent : undefined
}

const transposed = ({ shape, chunks, dtype, dimensions }: Extent): Extent => ({
  shape: shape.toReversed(),
  dtype,
  ...(chunks && { chunks: chunks.toReversed() }),
  ...(dimensions && { dimensions: dimensions.toReversed() }),
})

function without({ shape, chunks, dtype, dimensions }: Extent, given: number): Extent | undefined {
  const axis = given < 0 ? given + shape.length : given
  if (axis < 0 || axis >= shape.length) return undefined
  return {
    shape: shape.toSpliced(axis, 1),
    dtype,
    ...(chunks && { chunks: chunks.toSpliced(axis, 1) }),
    ...(dimensions && { dimensions: dimensions.toSpliced(axis, 1) }),
  }
}

/** `array.zeros([2, 3], { chunks: [1, 3], dtype: 'float32' })`, and what is random of a shape. */
function filled({ subject, node, frame }: Place): Extent | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined
  if (subject.kinds.meaning(node.callee.object as Node, frame).kind !== 'arrayModule') return undefined
  const options = node.arguments
    .map((each) => bare(each as Node))
    .find((each) => each.type === 'ObjectExpression')
  const option = (name: string): Node | undefined => {
    if (options?.type !== 'ObjectExpression') return undefined
    const found = options.properties.find(
      (each) => each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === name,
    )
    return found?.type === 'Property' ? bare(found.value as Node) : undefined
  }
  const written = /^(zeros|ones|full|empty)$/.test(methodOf(node) ?? '')
    ? bare(node.arguments[0] as Node)
    : option('shape')
  const shape = written && numbersOf(written)
  if (!shape) return undefined
  const given = option('chunks')
  const length = given && numberOf(given)
  const chunks =
    length !== undefined
      ? shape.map((each) => (length < 0 ? each : Math.min(each, length)))
      : given && numbersOf(given)
  const dtype = option('dtype')
  return {
    shape,
    dtype: dtype?.type === 'Literal' ? String(dtype.value) : 'float64',
    ...(chunks?.length === shape.length && { chunks: chunks.map((each, i) => (each < 0 ? shape[i] : each)) }),
  }
}

/** A number that is written out, with its sign. */
export function numberOf(node: Node): number | undefined {
  if (node.type === 'Literal' && typeof node.value === 'number') return node.value
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const positive = numberOf(node.argument as Node)
    return positive === undefined ? undefined : -positive
  }
  return undefined
}

function numbersOf(node: Node): number[] | undefined {
  if (node.type !== 'ArrayExpression') return undefined
  const numbers = node.elements.map((each) => (each ? numberOf(each as Node) : undefined))
  return numbers.every((each) => each !== undefined) ? numbers : undefined
}

const memberName = (node: Extract<Node, { type: 'MemberExpression' }>): string =>
  node.property.type === 'Identifier' ? node.property.name : ''
