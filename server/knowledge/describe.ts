// A collection and a task function in words, as far as their text tells.

import type { Outline } from '../../runtime/protocol/recipe.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { KIND_NAMES } from './api.ts'
import { type Extent, extentOf } from './arrayExtent.ts'
import type { Origin } from './origin.ts'
import { arrayTaskBytes, fileTaskBytes, peakBytes, type TaskBytes } from './peakMemory.ts'
import { KEEPS_ROWS } from './sources.ts'
import type { Subject, TaskFunction } from './subject.ts'
import { taskCount } from './taskCount.ts'

const BLOCK_BYTES = 64e6

/**
 * Lines of Markdown.
 * @param threads of a worker
 * @param outline what the package itself says, where the text tells all that it has to know
 */
export function describeCollection(
  origin: Origin,
  facts: FileFacts | undefined,
  threads = 1,
  outline?: Outline,
): string[] {
  const { kind, steps, source } = origin
  const partitions = outline?.partitions ?? (origin.isRegrouped ? undefined : origin.partitions)
  const parts = [`**${KIND_NAMES[kind]}**`]
  if (partitions !== undefined && kind !== 'delayed')
    parts.push(`${grouped(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`)
  const extent = extentAfter(origin, facts, outline)
  if (extent) {
    const { shape, chunks, dtype, dimensions } = extent
    parts.push(shape.length > 0 ? `${shape.join(' × ')} ${dtype}` : `one ${dtype}`)
    if (chunks?.length) parts.push(`chunks of ${chunks.join(' × ')}`)
    if (dimensions?.length) parts.push(`along ${dimensions.join(', ')}`)
  }
  const tasks = outline ? outline.tasks : taskCount(origin, extent)
  if (tasks !== undefined) parts.push(`${grouped(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`)
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
  }
  const columns = outline?.columns ?? columnsOfFiles(origin, facts)
  if (columns?.length)
    lines.push(
      `columns: ${columns.map(({ name, type }) => code(name) + (type ? ` ${type}` : '')).join(', ')}`,
    )
  if (outline?.index !== undefined) lines.push(`sorted by ${code(outline.index)}`)
  const task = largerTask(taskBytes(origin, facts), outline?.gathers)
  if (task) {
    const ways =
      task.in > 0 ? `${bytesText(task.in)} in, ${bytesText(task.out)} out` : `${bytesText(task.out)} out`
    lines.push(
      `estimated peak on a worker: ${bytesText(peakBytes(task, threads))} (${ways}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
    )
  }
  if (outline?.gathers && outline.gathers.bytes >= GATHERED_BYTES_TOLD) {
    const { step, bytes } = outline.gathers
    lines.push(
      `${code(step)} holds all of its rows at once: about ${bytesText(bytes)} on all workers together`,
    )
  }
  const through = origin.through.map(
    ({ name, file }) => code(`${name}()`) + (file ? ` of ${code(file)}` : ''),
  )
  const made = [
    ...(steps.length > 0 ? [`made by ${steps.map(({ name }) => code(name)).join(' → ')}`] : []),
    ...(through.length > 0 ? [`through ${through.join(', ')}`] : []),
  ]
  if (made.length > 0) lines.push(made.join(', '))
  return lines
}

/** An array's extent: as the package says, with the names that its files give to axes. */
function extentAfter(
  origin: Origin,
  facts: FileFacts | undefined,
  outline: Outline | undefined,
): Extent | undefined {
  const read = origin.array
    ? extentOf(origin.array, facts)
    : origin.kind === 'array'
      ? undefined
      : facts?.array
  if (!outline?.array) return read
  const { shape, chunks, dtype } = outline.array
  return {
    shape: [...shape],
    chunks: [...chunks],
    dtype,
    ...(read?.dimensions && { dimensions: read.dimensions }),
  }
}

/** The columns of its files, where no step has changed them; their types only where there is none. */
function columnsOfFiles({ steps }: Origin, facts: FileFacts | undefined): FileFacts['columns'] {
  const [, ...others] = steps
  if (!others.every(({ name }) => KEEPS_ROWS.test(name))) return undefined
  return others.length === 0 ? facts?.columns : facts?.columns?.map(({ name }) => ({ name }))
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

/** A step that gathers may have the largest task of all. */
function largerTask(task: TaskBytes | undefined, gathers: Outline['gathers']): TaskBytes | undefined {
  if (!gathers || (task && task.in + task.out >= gathers.taskIn + gathers.taskOut)) return task
  return { in: gathers.taskIn, out: gathers.taskOut }
}

/** Fewer are not worth a line. */
const GATHERED_BYTES_TOLD = 1e6
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
