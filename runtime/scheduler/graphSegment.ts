// The segment of a new graph: what its tasks share, and their arguments in the order in which they should run.

import { DIGEST_BYTES } from '../protocol/ids.ts'
import type { GraphMessage } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import { NO_OFFSETS, NO_ROWS, type Segment } from './segment.ts'
import type { State } from './state.ts'

/** Makes the segment of a graph; nothing of the message is kept, since its columns are views on received bytes. */
export function createSegment(
  state: State,
  client: Client,
  message: GraphMessage,
  newTasks: Int32Array | Uint32Array | undefined,
  count: number,
): Segment {
  const { callables, callableBytes, callableOffsets, callableModules } = message
  const labels = new Array<string>(callableModules.length).fill('')
  for (let i = 0; i < message.callable.length; i++)
    if (labels[message.callable[i]] === '')
      labels[message.callable[i]] = message.groups[message.group[i]].name
  const segment: Segment = {
    serial: state.nextSerial++,
    client: client.id,
    graph: message.graph,
    rankBase: state.nextRank,
    alive: 0,
    places: count,
    dependencyOffsets: NO_OFFSETS,
    dependencies: NO_ROWS,
    dependencyParts: NO_ROWS,
    dependentOffsets: NO_OFFSETS,
    dependents: NO_ROWS,
    callable: new Uint16Array(callableModules.length > 1 ? count : 0),
    callables: callableModules.map((modules, i) =>
      state.callables.use(
        callables,
        i * DIGEST_BYTES,
        callableBytes.subarray(callableOffsets[i], callableOffsets[i + 1]),
        modules,
        labels[i],
      ),
    ),
    args: new Uint8Array(0),
    argOffsets: new Uint32Array(count + 1),
    scattered: false,
    timeouts: false,
    createdMs: state.nowMs,
    progress: createProgress(count),
  }
  copyArguments(segment, message, newTasks)
  return segment
}

export function createProgress(total: number): Segment['progress'] {
  return { total, pending: 0, running: 0, erred: 0, toldFinished: 0, toldMs: 0, moving: false }
}

/** Arguments lie in the order of the places, so that tasks handed out together are one stretch of bytes. */
function copyArguments(
  segment: Segment,
  message: GraphMessage,
  newTasks: Int32Array | Uint32Array | undefined,
): void {
  const { args, argOffsets } = message
  if (!newTasks) {
    segment.args = args.slice()
    segment.argOffsets.set(argOffsets)
    return
  }
  const offsets = segment.argOffsets
  for (let k = 0; k < newTasks.length; k++) {
    const task = newTasks[k]
    offsets[k + 1] = offsets[k] + argOffsets[task + 1] - argOffsets[task]
  }
  const copied = new Uint8Array(offsets[newTasks.length])
  for (let k = 0; k < newTasks.length; k++) {
    const from = argOffsets[newTasks[k]]
    const length = offsets[k + 1] - offsets[k]
    const to = offsets[k]
    if (length > 64) copied.set(args.subarray(from, from + length), to)
    else for (let i = 0; i < length; i++) copied[to + i] = args[from + i]
  }
  segment.args = copied
}
