// Is there memory for a graph that came? A container's limit kills a process when it touches memory, not when it asks for it.

import { readFileSync } from 'node:fs'
import { DIGEST_BYTES } from '../protocol/ids.ts'
import type { GraphMessage } from '../protocol/messages.ts'

/** What a task takes in the scheduler beside its arguments, edges and options: its row, its key and its places in lists. */
const TASK_BYTES = 100
/** In both directions, and while the order is found. */
const EDGE_BYTES = 24
/** Smaller graphs are taken in without a look. */
const LOOK_FROM_BYTES = 16e6
/** For whatever else the process does meanwhile. */
const SPARE_BYTES = 32e6

/**
 * Why a graph must not be taken in, where memory would not do.
 * @param freeBytes how much more this process may take; asked for large graphs alone
 */
export function refusalForRoom(graph: GraphMessage, freeBytes: () => number): string | undefined {
  const tasks = Math.floor(graph.digests.length / DIGEST_BYTES)
  const bytes = tasks * TASK_BYTES + graph.args.length + graph.dependencies.length * EDGE_BYTES
  if (bytes < LOOK_FROM_BYTES) return undefined
  const free = freeBytes()
  if (bytes + SPARE_BYTES <= free) return undefined
  const megabytes = (n: number): string => `${Math.max(0, Math.round(n / 1e6)).toLocaleString('en-US')} MB`
  return (
    `the scheduler has no memory for ${tasks.toLocaleString('en-US')} more tasks: they take ${megabytes(bytes)}, and ${megabytes(free)} are free. ` +
    'Send fewer tasks at a time, make each of them larger (chunks, partitions), or give the scheduler more memory'
  )
}

/** How many bytes this process may still take: files that are kept in memory give way, so they count as free. */
export function freeBytesHere(): number {
  return process.availableMemory() + containerFileBytes()
}

/** Bytes of files in the memory of this process's container, where it is in one that has a limit. */
function containerFileBytes(): number {
  const limit = process.constrainedMemory()
  if (limit <= 0 || limit > Number.MAX_SAFE_INTEGER) return 0
  try {
    return fileBytesOf(readFileSync('/proc/self/cgroup', 'utf8'), (path) => readFileSync(path, 'utf8'))
  } catch {
    return 0 // Not every system has control groups: then nothing is known of their files.
  }
}

/**
 * Reads control groups of either version (Linux: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst).
 * @param groups the text of `/proc/self/cgroup`
 * @throws what `read` throws
 */
export function fileBytesOf(groups: string, read: (path: string) => string): number {
  const first = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(groups)
  const root = first ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup'
  const group = (first ?? /^0::(.*)$/m.exec(groups))?.[1] ?? ''
  const stat = readStat(root, group, read)
  const bytes = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0)
  return bytes('inactive_file') + bytes('active_file')
}

/** Within a container its own group is mounted as the root, though it may be named by its path on the host. */
function readStat(root: string, group: string, read: (path: string) => string): string {
  if (group === '' || group === '/') return read(`${root}/memory.stat`)
  try {
    return read(`${root}${group}/memory.stat`)
  } catch {
    return read(`${root}/memory.stat`)
  }
}
