// What can be wrong with a graph: found before anything of it is taken in, so that a refused graph leaves no trace.

import { DIGEST_BYTES, hexOf } from '../protocol/ids.ts'
import type { GraphMessage } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import { OptionSets } from './options.ts'
import { keyOf, type State } from './state.ts'

export interface Refusal {
  reason: string
  keys: string[]
}

/** Keys named in a refusal; more would not help anybody. */
const KEYS_NAMED_MAX = 20

/** What is wrong with a graph whose columns fit each other. `rows`: per task of the graph the row of the known task with its key, or −1. `externals`: rows, −1 where unknown. */
export function refusalOfGraph(
  state: State,
  client: Client,
  message: GraphMessage,
  rows: Int32Array,
  externals: Int32Array,
): Refusal | undefined {
  return (
    refusalOfEdges(message) ??
    refusalOfExternals(message, externals) ??
    refusalOfParts(state, message, externals) ??
    refusalOfCallables(state, message) ??
    refusalOfOptions(message) ??
    refusalOfWants(client, message) ??
    refusalOfCustomKeys(state, message, rows)
  )
}

const refusal = (reason: string, keys: string[] = []): Refusal => ({ reason, keys })

/** Columns must be as long as they say, and offsets must not fall. Checked first: everything after relies on it. */
export function refusalOfShape(message: GraphMessage): Refusal | undefined {
  const count = message.digests.length / DIGEST_BYTES
  const callables = message.callables.length / DIGEST_BYTES
  const bad = (name: string): Refusal =>
    refusal(`the graph is broken: its column ${name} does not fit the others`)
  if (!Number.isInteger(count)) return bad('digests')
  if (!Number.isInteger(callables)) return bad('callables')
  if (message.group.length !== count) return bad('group')
  if (message.callable.length !== count) return bad('callable')
  if (message.externals.length % DIGEST_BYTES !== 0) return bad('externals')
  if (message.wanted.length !== message.handles.length) return bad('handles')
  if (message.callableModules.length !== callables) return bad('callableModules')
  if (message.customKeyTasks.length !== message.customKeyNames.length) return bad('customKeyNames')
  if (message.option.length !== 0 && message.option.length !== count) return bad('option')
  if (!areOffsets(message.callableOffsets, callables, message.callableBytes.length))
    return bad('callableOffsets')
  if (!areOffsets(message.argOffsets, count, message.args.length)) return bad('argOffsets')
  if (!areOffsets(message.dependencyOffsets, count, message.dependencies.length))
    return bad('dependencyOffsets')
  const { dependencyParts } = message
  if (dependencyParts && dependencyParts.length !== message.dependencies.length) return bad('dependencyParts')
  const groups = message.groups.length
  for (let i = 0; i < count; i++) {
    if (message.group[i] >= groups) return bad('group')
    if (message.callable[i] >= callables) return bad('callable')
  }
  for (const index of message.wanted) if (index >= count) return bad('wanted')
  for (const index of message.customKeyTasks) if (index >= count) return bad('customKeyTasks')
  return undefined
}

function areOffsets(offsets: Uint32Array, count: number, end: number): boolean {
  if (offsets.length !== count + 1 || offsets[0] !== 0 || offsets[count] !== end) return false
  for (let i = 0; i < count; i++) if (offsets[i] > offsets[i + 1]) return false
  return true
}

/** Dependencies come before dependents: that is what rules out cycles. */
function refusalOfEdges(message: GraphMessage): Refusal | undefined {
  const { dependencyOffsets, dependencies } = message
  const externals = message.externals.length / DIGEST_BYTES
  for (let task = 0; task + 1 < dependencyOffsets.length; task++) {
    for (let e = dependencyOffsets[task]; e < dependencyOffsets[task + 1]; e++) {
      const dependency = dependencies[e]
      if (dependency >= message.group.length)
        return refusal(
          `${nameOf(message, task)} depends on task ${dependency} of a graph of ${message.group.length}`,
          [nameOf(message, task)],
        )
      if (dependency >= task)
        return refusal(
          `${nameOf(message, task)} depends on ${nameOf(message, dependency)}, which does not come before it: ` +
            'the graph has a cycle, or its tasks are not in the order of their dependencies',
          [nameOf(message, task)],
        )
      if (dependency < -externals)
        return refusal(`${nameOf(message, task)} depends on a key that the graph does not name`, [
          nameOf(message, task),
        ])
    }
  }
  return undefined
}

function refusalOfExternals(message: GraphMessage, externals: Int32Array): Refusal | undefined {
  const unknown: string[] = []
  for (let i = 0; i < externals.length; i++)
    if (externals[i] < 0) unknown.push(hexOf(message.externals, i * DIGEST_BYTES))
  if (unknown.length === 0) return undefined
  return refusal(
    `the graph depends on ${unknown.length === 1 ? 'a key' : `${unknown.length} keys`} that the scheduler does not have ` +
      '(released or cancelled meanwhile, or of another cluster): keep their futures until their dependents are submitted',
    unknown.slice(0, KEYS_NAMED_MAX),
  )
}

/** What comes in parts can only be taken in parts, of which there are so many; what is whole only as a whole. */
function refusalOfParts(state: State, message: GraphMessage, externals: Int32Array): Refusal | undefined {
  const { dependencyOffsets, dependencies, dependencyParts, groups, group, wanted } = message
  if (!dependencyParts && groups.every(({ parts = 0 }) => parts === 0)) return undefined
  for (const task of wanted)
    if (groups[group[task]].parts)
      return refusal(`${nameOf(message, task)} comes in parts: no client can have it as one result`, [
        nameOf(message, task),
      ])
  for (let task = 0; task + 1 < dependencyOffsets.length; task++)
    for (let e = dependencyOffsets[task]; e < dependencyOffsets[task + 1]; e++) {
      const dependency = dependencies[e]
      const own = dependency >= 0 ? groups[group[dependency]].parts : undefined
      const parts = own ?? (dependency < 0 ? partsOfRow(state, externals[-1 - dependency]) : 0)
      const part = dependencyParts?.[e] ?? -1
      if (parts === 0 ? part === -1 : part >= 0 && part < parts) continue
      return refusal(
        `${nameOf(message, task)} takes ${part < 0 ? 'all' : `part ${part}`} of a result that comes ` +
          `${parts === 0 ? 'whole' : `in ${parts} parts`}`,
        [nameOf(message, task)],
      )
    }
  return undefined
}

const partsOfRow = ({ groups, tasks }: State, row: number): number => groups.parts[tasks.group[row]]

function refusalOfCallables(state: State, message: GraphMessage): Refusal | undefined {
  const missing = new Set<string>()
  for (const names of message.callableModules)
    for (const name of state.callables.missingModules(names)) missing.add(name)
  if (missing.size === 0) return undefined
  return refusal(`the graph's functions need modules that were not sent: ${[...missing].join(', ')}`)
}

function refusalOfOptions(message: GraphMessage): Refusal | undefined {
  const { options, option } = message
  for (const set of options) {
    const reason = OptionSets.refusal(set)
    if (reason) return refusal(`an option of the graph cannot be used: ${reason}`)
  }
  for (const index of option)
    if (index >= options.length)
      return refusal('the graph is broken: a task has an option set that is not there')
  return undefined
}

function refusalOfWants(client: Client, message: GraphMessage): Refusal | undefined {
  const { handles } = message
  let ascending = true
  for (let i = 0; i < handles.length; i++) {
    if (i > 0 && handles[i] <= handles[i - 1]) ascending = false
    if (client.handles.get(handles[i]) >= 0)
      return refusal(`handle ${handles[i]} is in use: a client must not use one twice`)
  }
  if (!ascending && new Set(handles).size < handles.length)
    return refusal('a handle stands twice in the graph: a client must not use one twice')
  return undefined
}

/** A key that the user chose must always mean the same computation. Others are digests of what they mean. */
function refusalOfCustomKeys(state: State, message: GraphMessage, rows: Int32Array): Refusal | undefined {
  const different: string[] = []
  const earlier = new Map<string, number>()
  for (let i = 0; i < message.customKeyTasks.length; i++) {
    const task = message.customKeyTasks[i]
    const digest = hexOf(message.digests, task * DIGEST_BYTES)
    const twin = earlier.get(digest)
    if (twin !== undefined && !isSameWithin(message, twin, task)) different.push(message.customKeyNames[i])
    earlier.set(digest, task)
    if (rows[task] >= 0 && !isSameAs(state, message, task, rows[task], rows))
      different.push(keyOf(state, rows[task]))
  }
  if (different.length === 0) return undefined
  return refusal(
    `${different[0]} is the key of another computation already: one key cannot have two contents. ` +
      'Choose another key, or leave it out and it follows from the function and its arguments',
    different.slice(0, KEYS_NAMED_MAX),
  )
}

function isSameAs(state: State, message: GraphMessage, task: number, row: number, rows: Int32Array): boolean {
  const { tasks, cross } = state
  const segment = state.segments[tasks.segment[row]]!
  if (segment.scattered) return false
  const place = tasks.place[row]
  const number = segment.callables[segment.callable.length === 0 ? 0 : segment.callable[place]]
  if (
    state.callables.byNumber.get(number)!.digest !==
    hexOf(message.callables, message.callable[task] * DIGEST_BYTES)
  )
    return false
  if (!sameBytes(message, task, segment.args, segment.argOffsets[place], segment.argOffsets[place + 1]))
    return false
  const first = message.dependencyOffsets[task]
  const count = message.dependencyOffsets[task + 1] - first
  const offsets = segment.dependencyOffsets
  const theirs = offsets.length === 0 ? 0 : offsets[place]
  if (count !== (offsets.length === 0 ? 0 : offsets[place + 1] - theirs)) return false
  for (let e = 0; e < count; e++) {
    const entry = segment.dependencies[theirs + e]
    const other = entry >= 0 ? entry : cross.dependency[-1 - entry]
    const own = message.dependencies[first + e]
    const parts = segment.dependencyParts
    if ((message.dependencyParts?.[first + e] ?? -1) !== (parts.length === 0 ? -1 : parts[theirs + e]))
      return false
    // A dependency that is new cannot be one that a known task has.
    if (own >= 0 && rows[own] !== other) return false
    if (own < 0 && !sameDigest(message.externals, (-1 - own) * DIGEST_BYTES, tasks.digests, other))
      return false
  }
  return true
}

function isSameWithin(message: GraphMessage, one: number, other: number): boolean {
  const { dependencyOffsets, dependencies, dependencyParts } = message
  const count = dependencyOffsets[one + 1] - dependencyOffsets[one]
  if (message.callable[one] !== message.callable[other]) return false
  if (count !== dependencyOffsets[other + 1] - dependencyOffsets[other]) return false
  for (let e = 0; e < count; e++)
    if (dependencies[dependencyOffsets[one] + e] !== dependencies[dependencyOffsets[other] + e]) return false
  for (let e = 0; e < count; e++)
    if (dependencyParts?.[dependencyOffsets[one] + e] !== dependencyParts?.[dependencyOffsets[other] + e])
      return false
  return sameBytes(message, one, message.args, message.argOffsets[other], message.argOffsets[other + 1])
}

function sameBytes(
  message: GraphMessage,
  task: number,
  other: Uint8Array,
  from: number,
  to: number,
): boolean {
  const first = message.argOffsets[task]
  if (message.argOffsets[task + 1] - first !== to - from) return false
  for (let i = from; i < to; i++) if (message.args[first + i - from] !== other[i]) return false
  return true
}

function sameDigest(bytes: Uint8Array, at: number, digests: Int32Array, row: number): boolean {
  const theirs = new Uint8Array(digests.buffer, row * DIGEST_BYTES, DIGEST_BYTES)
  for (let i = 0; i < DIGEST_BYTES; i++) if (bytes[at + i] !== theirs[i]) return false
  return true
}

function nameOf(message: GraphMessage, task: number): string {
  const custom = message.customKeyTasks.indexOf(task)
  if (custom >= 0) return message.customKeyNames[custom]
  return `${message.groups[message.group[task]].name}-${hexOf(message.digests, task * DIGEST_BYTES)}`
}
