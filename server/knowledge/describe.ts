// A collection and a task function in words, as far as their text tells.

import { basename } from 'node:path'
import type { Node } from 'oxc-parser'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { COLLECTIONS, KIND_NAMES, type Kind } from './api.ts'
import { type ArrayOrigin, arrayOrigin, extentOf, numberOf } from './arrayExtent.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { arrayTaskBytes, fileTaskBytes, peakBytes, type TaskBytes } from './peakMemory.ts'
import { type Source, sourceOf } from './sources.ts'
import { bare, methodOf, type Subject, type TaskFunction } from './subject.ts'

/** How a collection came about. */
export interface Origin {
  kind: Kind
  /** Names of the methods from its beginning on, e.g. `readText`, `filter`, `map`. */
  steps: string[]
  source?: Source
  /** Where the text says how many. */
  partitions?: number
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
  if (method === undefined) {
    if (node.callee.type === 'Identifier') origin.steps.unshift(node.callee.name)
    return undefined
  }
  origin.steps.unshift(method)
  origin.source ??= sourceOf(at)
  origin.partitions ??= partitionsOf(node, method)
  if (method === 'range' && node.arguments.length > 0)
    origin.items ??= numberOf(bare(node.arguments[0] as Node))
  if (node.callee.type !== 'MemberExpression') return undefined
  return { subject, node: bare(node.callee.object as Node), frame }
}

const STEPS_MAX = 200

/** `{ partitions: 200 }` among the arguments, or `repartition(200)`. */
function partitionsOf(call: Extract<Node, { type: 'CallExpression' }>, method: string): number | undefined {
  const [first] = call.arguments
  if (method === 'repartition' && first?.type === 'Literal' && typeof first.value === 'number')
    return first.value
  for (const argument of call.arguments) {
    if (argument.type !== 'ObjectExpression') continue
    for (const property of argument.properties)
      if (
        property.type === 'Property' &&
        property.key.type === 'Identifier' &&
        /^(partitions|npartitions)$/.test(property.key.name) &&
        property.value.type === 'Literal' &&
        typeof property.value.value === 'number'
      )
        return property.value.value
  }
  return undefined
}

const BLOCK_BYTES = 64e6

/**
 * Lines of Markdown.
 * @param threads of a worker
 */
export function describeCollection(origin: Origin, facts: FileFacts | undefined, threads = 1): string[] {
  const { kind, steps, source, partitions } = origin
  const parts = [`**${KIND_NAMES[kind]}**`]
  if (partitions !== undefined && kind !== 'delayed')
    parts.push(`${grouped(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`)
  const extent = origin.array ? extentOf(origin.array, facts) : facts?.array
  if (extent) {
    const { shape, chunks, dtype, dimensions } = extent
    parts.push(shape.length > 0 ? `${shape.join(' × ')} ${dtype}` : `one ${dtype}`)
    if (chunks?.length) parts.push(`chunks of ${chunks.join(' × ')}`)
    if (dimensions?.length) parts.push(`along ${dimensions.join(', ')}`)
  }
  const lines = [parts.join(' · ')]
  if (source) {
    const where = source.paths.map(code).join(', ')
    const known = facts
      ? `: ${grouped(facts.files)} ${facts.files === 1 ? 'file' : 'files'}, ${bytesText(facts.bytes)}` +
        (facts.rows === undefined ? '' : `, ${grouped(facts.rows)} rows in the first`)
      : ''
    lines.push(`from ${where}${known}`)
    if (facts && source.format === 'text' && partitions === undefined) {
      const blocks = Math.max(1, Math.ceil(facts.bytes / BLOCK_BYTES))
      lines.push(
        `about ${grouped(blocks)} ${blocks === 1 ? 'block' : 'blocks'} of at most 64 MB, where nothing else is asked for`,
      )
    }
    if (facts?.columns?.length)
      lines.push(
        `columns: ${facts.columns.map(({ name, type }) => code(name) + (type ? ` ${type}` : '')).join(', ')}`,
      )
  }
  const task = taskBytes(origin, facts)
  if (task) {
    const ways =
      task.in > 0 ? `${bytesText(task.in)} in, ${bytesText(task.out)} out` : `${bytesText(task.out)} out`
    lines.push(
      `estimated peak on a worker: ${bytesText(peakBytes(task, threads))} (${ways}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
    )
  }
  const through = origin.through.map(
    ({ name, file }) => code(`${name}()`) + (file ? ` of ${code(file)}` : ''),
  )
  const made = [
    ...(steps.length > 0 ? [`made by ${steps.map(code).join(' → ')}`] : []),
    ...(through.length > 0 ? [`through ${through.join(', ')}`] : []),
  ]
  if (made.length > 0) lines.push(made.join(', '))
  return lines
}

/** What the largest of its tasks reads and gives, where that is known. */
function taskBytes(origin: Origin, facts: FileFacts | undefined): TaskBytes | undefined {
  if (origin.array) {
    const { from, changes } = origin.array
    const first = 'shape' in from ? from : facts?.array
    const last = first && changes.reduce<typeof first | undefined>((now, change) => now && change(now), first)
    return last && arrayTaskBytes(first, last, !('shape' in from))
  }
  if (origin.kind === 'delayed') return undefined
  if (facts && origin.source?.format !== 'zarr') return fileTaskBytes(facts, origin.partitions)
  if (origin.items === undefined || origin.partitions === undefined) return undefined
  return { in: 0, out: Math.ceil(origin.items / origin.partitions) * ITEM_BYTES }
}

/** A number among others in a list. */
const ITEM_BYTES = 8

/** What goes to the workers with a task's function, as lines of Markdown. */
export function describeTask(subject: Subject, { unit, method }: TaskFunction): string[] {
  const named = (list: readonly string[]): string => list.map(code).join(', ')
  const values = unit.values.map(({ binding }) => {
    const { kind } = subject.kinds.ofBinding(binding)
    return code(binding.name) + (kind ? ` (${KIND_NAMES[kind]})` : '')
  })
  const again = unit.closedDependencies.map(({ name }) => name)
  const imported = unit.imports.map(
    ({ name, record }) => code(name) + (record ? ` from ${code(record.source)}` : ''),
  )
  const lines = [`**Runs as tasks** of ${code(`${method}()`)}.`]
  lines.push(values.length > 0 ? `Sent along: ${values.join(', ')}.` : 'No value is sent along.')
  if (again.length > 0) lines.push(`Made again on each worker: ${named(again)}.`)
  if (imported.length > 0) lines.push(`Imported on each worker: ${imported.join(', ')}.`)
  return lines
}

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let value = bytes
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}
