// Graphs as one line of text, and as the message that a client would send for them.

import { createHash } from 'node:crypto'
import type { GraphMessage } from '../../runtime/protocol/messages.ts'
import type { TaskOptions } from '../../runtime/protocol/taskOptions.ts'

/** `a; b <- a; c <- a b/0`: tasks in order; `b/0` is part 0 of b. A dependency that the line does not define is one of an earlier graph. */
export interface TextGraph {
  keys: string[]
  dependencies: string[][]
  /** Beside each dependency the part that is taken, −1 for all of it; absent where all are whole. */
  parts?: number[][]
  /** Tasks that nothing depends on. */
  sinks: string[]
}

export function readGraph(text: string): TextGraph {
  const keys: string[] = []
  const dependencies: string[][] = []
  const parts: number[][] = []
  for (const task of text.split(';')) {
    const [key, list = ''] = task.split('<-').map((side) => side.trim())
    const taken = list === '' ? [] : list.split(/\s+/).map((one) => one.split('/'))
    keys.push(key)
    dependencies.push(taken.map(([name]) => name))
    parts.push(taken.map(([, part]) => Number(part ?? -1)))
  }
  const used = new Set(dependencies.flat())
  return {
    keys,
    dependencies,
    sinks: keys.filter((key) => !used.has(key)),
    ...(text.includes('/') && { parts }),
  }
}

export function digestOf(key: string): Uint8Array {
  return new Uint8Array(createHash('md5').update(key).digest())
}

export interface MessageOptions {
  graph: number
  wanted: string[]
  handles: number[]
  options?: Record<string, TaskOptions>
  /** Keys that shall count as chosen by the user. */
  customKeys?: string[]
  /** By group: into how many parts its tasks' results come. */
  parts?: Record<string, number>
  /** Encoded arguments of a task: its key by default. */
  args?: Record<string, string>
}

/** Tasks whose keys begin with the same letters are one group; a task's arguments are its key. */
export function graphMessage(graph: TextGraph, message: MessageOptions): GraphMessage {
  const { keys, dependencies } = graph
  const place = new Map(keys.map((key, i) => [key, i]))
  const groupNames = [...new Set(keys.map(groupOf))]
  const externals = [...new Set(dependencies.flat().filter((key) => !place.has(key)))]
  const encoder = new TextEncoder()
  const args = keys.map((key) => encoder.encode(message.args?.[key] ?? key))
  const callables = groupNames.map((name) => encoder.encode(`function ${name}`))
  const sets: TaskOptions[] = [{}, ...Object.values(message.options ?? {})]
  const setOf = new Map(Object.keys(message.options ?? {}).map((key, i) => [key, i + 1]))
  const custom = message.customKeys ?? []
  return {
    type: 'graph',
    graph: message.graph,
    groups: groupNames.map((name) => ({
      name,
      ...(message.parts?.[name] && { parts: message.parts[name] }),
    })),
    callables: joined(groupNames.map((name) => digestOf(`function ${name}`))),
    callableBytes: joined(callables),
    callableOffsets: offsetsOf(callables),
    callableModules: groupNames.map(() => []),
    digests: joined(keys.map(digestOf)),
    group: Uint32Array.from(keys, (key) => groupNames.indexOf(groupOf(key))),
    callable: Uint32Array.from(keys, (key) => groupNames.indexOf(groupOf(key))),
    args: joined(args),
    argOffsets: offsetsOf(args),
    dependencyOffsets: offsetsOf(dependencies),
    dependencies: Int32Array.from(
      dependencies.flat().map((key) => place.get(key) ?? -1 - externals.indexOf(key)),
    ),
    ...(graph.parts && { dependencyParts: Int32Array.from(graph.parts.flat()) }),
    externals: joined(externals.map(digestOf)),
    wanted: Uint32Array.from(message.wanted, (key) => place.get(key)!),
    handles: Uint32Array.from(message.handles),
    options: sets,
    option: message.options ? Uint16Array.from(keys, (key) => setOf.get(key) ?? 0) : new Uint16Array(0),
    customKeyTasks: Uint32Array.from(custom, (key) => place.get(key)!),
    customKeyNames: custom,
  }
}

const groupOf = (key: string): string => /^[a-z]+/.exec(key)?.[0] ?? key

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function offsetsOf(parts: readonly ArrayLike<unknown>[]): Uint32Array {
  const offsets = new Uint32Array(parts.length + 1)
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i] + parts[i].length
  return offsets
}
