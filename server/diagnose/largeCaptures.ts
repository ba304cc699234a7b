// Large values that travel with a task's function: `scatter` sends them once.

import type { Node } from 'oxc-parser'
import type { Capture } from '../../runtime/functions/analysis/sourceUnit.ts'
import type { Source } from '../knowledge/sources.ts'
import { bare, type Subject, type TaskFunction } from '../knowledge/subject.ts'
import { pushedBytes, type ValueSize, valueSize } from '../knowledge/valueBytes.ts'
import { declared, initOf } from './captures.ts'
import type { Finding, Fix } from './finding.ts'

/** Larger values are better scattered: sent once, and kept where they are needed. */
const LARGE_BYTES = 1_000_000

/** A value that a task takes along, and that comes from a file. */
export interface ReadCapture {
  source: Pick<Source, 'paths' | 'format'>
  finding(bytes: number): Finding
}

/** Of values whose size the text tells. */
export function largeFindings(subject: Subject): Finding[] {
  return sized(subject).flatMap(({ size, task, capture }) =>
    'bytes' in size && size.bytes >= LARGE_BYTES ? [told(subject, task, capture, size.bytes)] : [],
  )
}

/** Values that are read from files: how large they are is to be asked for. */
export function readCaptures(subject: Subject): ReadCapture[] {
  return sized(subject).flatMap(({ size, task, capture }) =>
    'paths' in size
      ? [
          {
            source: { paths: size.paths, format: 'text' as const },
            finding: (bytes: number) => told(subject, task, capture, bytes),
          },
        ]
      : [],
  )
}

/** Of values that are read from files. */
export function readFindings(
  captures: readonly ReadCapture[],
  bytesOf: (source: ReadCapture['source']) => number | undefined,
): Finding[] {
  return captures.flatMap(({ source, finding }) => {
    const bytes = bytesOf(source) ?? 0
    return bytes >= LARGE_BYTES ? [finding(bytes)] : []
  })
}

function sized(subject: Subject): { size: ValueSize; task: TaskFunction; capture: Capture }[] {
  return subject.tasks.flatMap((task) =>
    // What a worker can make again by itself is not sent.
    task.unit.values.flatMap((capture) => {
      const { binding } = capture
      const node = binding === task.unit.selfBinding ? undefined : initOf(binding)
      const bytes = node?.type === 'ArrayExpression' ? pushedBytes(subject, binding) : 0
      const size = bytes > 0 ? { bytes } : node && valueSize({ subject, node })
      return size ? [{ size, task, capture }] : []
    }),
  )
}

function told(subject: Subject, task: TaskFunction, { binding, first }: Capture, bytes: number): Finding {
  const { name } = binding
  const fix = scatterFix(subject, task, name)
  return {
    code: 'large-capture',
    severity: 'warning',
    start: first,
    end: first + name.length,
    message: `'${name}' is about ${Math.round(bytes / 1e6)} MB and is sent along with this function. Send it once with client.scatter(${name}), and pass what that gives as an argument.`,
    related: [{ ...declared(binding), message: `'${name}' is made here` }],
    ...(fix && { fix }),
  }
}

/** For `client.submit((x) => …)`: the value becomes an argument of the function, and its scattered copy one of the call. */
function scatterFix(subject: Subject, { unit, call, method }: TaskFunction, name: string): Fix | undefined {
  const { node } = unit
  if (
    method !== 'submit' ||
    node.type !== 'ArrowFunctionExpression' ||
    call.callee.type !== 'MemberExpression'
  )
    return undefined
  if (bare(call.arguments[0] as Node) !== (node as Node)) return undefined
  const client = subject.slice(call.callee.object)
  const last = node.params.at(-1)
  // `x => …` has no brackets to put a second one into.
  const open = subject.text.indexOf('(', node.start)
  if (open < 0 || open > (node.params[0]?.start ?? node.body.start)) return undefined
  const inParameters = last ? { at: last.end, text: `, ${name}` } : { at: open + 1, text: name }
  const end = call.arguments.at(-1)!.end
  return {
    title: `Scatter '${name}' once and pass it as an argument`,
    edits: [
      { start: inParameters.at, end: inParameters.at, text: inParameters.text },
      { start: end, end, text: `, await ${client}.scatter(${name})` },
    ],
  }
}
