// Generated loops: the source of one element-wise expression over two axes, compiled once for each form it has.

import { type Code, castCode, wrap } from './casting.ts'
import { type DType, NAT } from './dtype.ts'
import type { Constant, Draw, Fused, Leaf, Place } from './fused.ts'
import { drawBuffer, drawInto } from './randomBits.ts'
import { H } from './scalarMath.ts'

/**
 * Writes `n1 × n0` values. Operands stand in the order of `Loop.operands`, the result last.
 * @param data the operands' typed arrays
 * @param at where each operand begins
 * @param s0 strides of the inner axis
 * @param s1 strides of the outer one
 */
export type RunLoop = (
  data: readonly unknown[],
  at: readonly number[],
  s0: readonly number[],
  s1: readonly number[],
  n0: number,
  n1: number,
  constants: readonly unknown[],
) => void

export interface Loop {
  readonly source: string
  readonly run: RunLoop
}

/** A fused expression taken apart: what a loop over it reads. */
export interface Parts {
  root: Fused
  /** Leaves, places and draws, each once. */
  operands: (Leaf | Place | Draw)[]
  constants: unknown[]
  /** Draws are made in strips of at most this many. */
  hasDraws: boolean
  /** All nodes, arguments before what uses them. */
  order: Fused[]
  signature: string
}

/** A strip of this many values stays in the fastest cache. */
export const STRIP = 1024

/** Values of constants as loops take them: numbers, BigInts, or two numbers. */
function constantValue({ dtype, value }: Constant): unknown {
  if (dtype.kind === 'c') return typeof value === 'object' ? [value.re, value.im] : [Number(value), 0]
  if (dtype.big) return BigInt(value as bigint)
  if (dtype.kind === 'f') return dtype.bytes === 4 ? Math.fround(Number(value)) : Number(value)
  return Number(value)
}

/** Takes an expression apart. Equal leaves are read once. */
export function partsOf(root: Fused): Parts {
  const order: Fused[] = []
  const numbers = new Map<Fused, number>()
  const operands: (Leaf | Place | Draw)[] = []
  const constants: unknown[] = []
  const texts: string[] = []
  const stack: [Fused, boolean][] = [[root, false]]
  while (stack.length > 0) {
    const [node, ready] = stack.pop()!
    if (numbers.has(node)) continue
    const args = node.kind === 'mapped' ? node.args : node.kind === 'cast' ? [node.arg] : []
    if (!ready && args.length > 0) {
      stack.push([node, true])
      for (let i = args.length - 1; i >= 0; i--) stack.push([args[i], false])
      continue
    }
    let text = node.dtype.name as string
    if (node.kind === 'mapped')
      text += `=${node.ufunc.name}(${node.args.map((arg, i) => `${numbers.get(arg)}:${node.inputs[i].name}`)})`
    else if (node.kind === 'cast') text += `<${numbers.get(node.arg)}`
    else if (node.kind === 'constant') {
      constants.push(constantValue(node))
      text += 'k'
    } else {
      operands.push(node)
      text += node.kind === 'draw' ? `~${node.distribution.name}` : node.kind
    }
    texts.push(text)
    numbers.set(node, order.length)
    order.push(node)
  }
  const hasDraws = operands.some((operand) => operand.kind === 'draw')
  return { root, operands, constants, hasDraws, order, signature: texts.join(';') }
}

const compiled = new Map<string, Loop>()

/**
 * The loop that writes an expression's values as `output`.
 * @param s0 strides of the operands along the inner axis, the result's last: 0 and 1 have loops of their own
 */
export function loopFor(parts: Parts, output: DType, s0: readonly number[]): Loop {
  const forms = s0.map((stride) => (stride === 0 || stride === 1 ? String(stride) : 's'))
  const key = `${parts.signature}>${output.name}|${forms.join('')}`
  let loop = compiled.get(key)
  if (!loop) {
    const source = sourceOf(parts, output, forms)
    // The source holds names and numbers of our own alone: nothing of the user's is compiled here.
    const make = new Function('H', 'NAT', 'drawInto', source) as (...given: unknown[]) => RunLoop
    loop = { source, run: make(H, NAT, drawInto) }
    if (compiled.size > 2000) compiled.clear()
    compiled.set(key, loop)
  }
  return loop
}

/** The source of a loop, e.g. for people who ask what runs. */
export function sourceOf(parts: Parts, output: DType, forms: readonly string[]): string {
  const { operands, order } = parts
  const head: string[] = []
  const rowStart: string[] = []
  const hoisted: string[] = []
  const body: string[] = []
  const rowEnd: string[] = []
  const elementEnd: string[] = []
  const codes = new Map<Fused, Code>()
  const result = operands.length
  const pointer = (i: number): string => {
    head.push(`let q${i} = at[${i}]`)
    if (forms[i] === 's') {
      head.push(`const a${i} = s0[${i}]`)
      rowStart.push(`let p${i} = q${i}`)
      elementEnd.push(`p${i} += a${i}`)
    }
    rowEnd.push(`q${i} += s1[${i}]`)
    return forms[i] === 's' ? `p${i}` : forms[i] === '1' ? `q${i} + i` : `q${i}`
  }
  operands.forEach((operand, i) => {
    if (operand.kind === 'draw') {
      head.push(`let q${i} = at[${i}]`, `const t${i} = data[${i}]`)
      rowStart.push(`drawInto(t${i}, q${i}, s0[${i}], n0)`)
      rowEnd.push(`q${i} += s1[${i}]`)
      body.push(`const v${i} = t${i}.values[i]`)
      codes.set(operand, { re: `v${i}` })
      return
    }
    const place = pointer(i)
    const to = forms[i] === '0' ? hoisted : body
    if (operand.kind === 'place') {
      to.push(`const v${i} = ${operand.dtype.big ? `BigInt(${place})` : wrap(operand.dtype, place)}`)
      codes.set(operand, { re: `v${i}` })
    } else {
      head.push(`const d${i} = data[${i}]`)
      codes.set(operand, load(operand.dtype, `d${i}`, place, `v${i}`, to))
    }
  })
  let constants = 0
  let temporaries = 0
  const named = (code: Code): Code => {
    const name = `w${temporaries++}`
    body.push(`const ${name} = ${code.re}`)
    if (code.im === undefined) return { re: name }
    body.push(`const ${name}i = ${code.im}`)
    return { re: name, im: `${name}i` }
  }
  const castTo = (from: Fused, dtype: DType): Code => {
    const code = codes.get(from)!
    return from.dtype === dtype ? code : named(castCode(from.dtype, dtype, code))
  }
  for (const node of order) {
    if (node.kind === 'constant') {
      const name = `k${constants}`
      const complex = node.dtype.kind === 'c'
      head.push(`const ${name} = constants[${constants++}]${complex ? '[0]' : ''}`)
      if (complex) head.push(`const ${name}i = constants[${constants - 1}][1]`)
      codes.set(node, complex ? { re: name, im: `${name}i` } : { re: name })
    } else if (node.kind === 'cast') codes.set(node, castTo(node.arg, node.dtype))
    else if (node.kind === 'mapped') {
      const args = node.args.map((arg, i) => castTo(arg, node.inputs[i]))
      codes.set(node, named(node.ufunc.emit(node.inputs, args, node.dtype)))
    }
  }
  const value = castTo(parts.root, output)
  const place = pointer(result)
  head.push(`const o = data[${result}]`)
  if (output.kind === 'c') body.push(`o[2 * (${place})] = ${value.re}`, `o[2 * (${place}) + 1] = ${value.im}`)
  else body.push(`o[${place}] = ${value.re}`)
  const indent = (lines: string[], by: string): string[] => lines.map((line) => by + line)
  return [
    'return function run(data, at, s0, s1, n0, n1, constants) {',
    ...indent(head, '  '),
    '  for (let j = 0; j < n1; j++) {',
    ...indent([...rowStart, ...hoisted], '    '),
    '    for (let i = 0; i < n0; i++) {',
    ...indent([...body, ...elementEnd], '      '),
    '    }',
    ...indent(rowEnd, '    '),
    '  }',
    '}',
  ].join('\n')
}

function load(dtype: DType, data: string, place: string, name: string, to: string[]): Code {
  if (dtype.kind !== 'c') {
    to.push(`const ${name} = ${data}[${place}]`)
    return { re: name }
  }
  to.push(`const ${name} = ${data}[2 * (${place})]`, `const ${name}i = ${data}[2 * (${place}) + 1]`)
  return { re: name, im: `${name}i` }
}

/** What a loop takes as the data of each operand: the draws' buffers are made here. */
export function operandData(parts: Parts): unknown[] {
  let slots = 0
  return parts.operands.map((operand): unknown => {
    if (operand.kind === 'leaf') return operand.array.data
    return operand.kind === 'draw' ? drawBuffer(operand.distribution, slots++) : undefined
  })
}
