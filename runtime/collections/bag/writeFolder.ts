// Writes of many files to one place: looked at before anything is computed, and settled once all partitions are written.

import { randomUUID } from 'node:crypto'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import type { WrittenInMemory } from '../../kernels/bag/write.ts'
import { isInMemory } from '../../kernels/files/fileSystem.ts'
import { memoryFiles } from '../../kernels/files/memoryFile.ts'
import {
  abandonWritten,
  filesAt,
  filesThere,
  settledPart,
  settleWritten,
} from '../../kernels/files/settle.ts'
import { isAt, numbersAfter, type WrittenPlace } from '../../kernels/files/writtenPlace.ts'

type Kernel = (...args: never[]) => unknown

/** Names of partitions' files: how many there are before them, and how many digits their numbers have at least. */
export interface Numbering {
  first: number
  digits: number
}

/** A write of many files. What is at its place is looked at by `look`, before tasks are built. */
export class FolderWrite {
  readonly place: WrittenPlace
  readonly #pattern: string
  #numbering: Numbering = { first: 0, digits: 0 }
  #there: readonly string[] = []
  readonly #tokens: string[] = []

  /** @param pattern has a `*`, where numbers come */
  constructor(place: WrittenPlace, pattern: string) {
    this.place = place
    this.#pattern = pattern
  }

  get numbering(): Numbering {
    return this.#numbering
  }

  /** @throws {FilesThereError} when files of an earlier write are there and nothing said what becomes of them */
  async look(): Promise<void> {
    if (this.place.mode === 'overwrite') return
    const there = await filesAt(this.place)
    if (there.length > 0 && this.place.mode === 'error') throw filesThere(this.place, there)
    this.#there = there
    const { next, digits } = numbersAfter(this.#pattern, there)
    this.#numbering = { first: next, digits }
  }

  /** @throws {FilesThereError} when files would be added under names that others have */
  requireFree(paths: readonly string[]): void {
    if (this.place.mode !== 'append') return
    const own = new Set(paths)
    const taken = this.#there.filter((path) => own.has(path))
    if (taken.length > 0) throw filesThere(this.place, taken)
  }

  /** What makes the names that files have until all are there; none in the program's memory, which settles by itself. */
  token(): string | undefined {
    if (isInMemory(this.place.folder)) return undefined
    const token = randomUUID().slice(0, 8)
    this.#tokens.push(token)
    return token
  }

  /** Adds the tasks that give all files their names once they are there; their results are the paths, a list a partition. */
  settled(
    graph: TaskGraph,
    written: readonly unknown[],
    token: string | undefined,
    groupOf: (fn: Kernel, bound: readonly unknown[], step: string) => number,
  ): readonly unknown[] {
    if (token === undefined) return written
    const settling = groupOf(settleWritten as Kernel, [this.place, token], 'settle')
    const all = graph.addTask(settling, [written])
    const picking = groupOf(settledPart as Kernel, [], 'paths')
    return written.map((_, i) => graph.addTask(picking, [all, i]))
  }

  /** Removes what computations left that failed. */
  async abandon(): Promise<void> {
    for (const token of this.#tokens.splice(0)) await abandonWritten(this.place, token)
  }
}

/** Puts what workers wrote for the program's memory there; gives the paths. */
export function keptInMemory(
  results: readonly (readonly (string | WrittenInMemory)[])[],
  place?: WrittenPlace,
): string[] {
  const files = results.flat()
  const paths = files.map((file) => (typeof file === 'string' ? file : file.path))
  if (place?.mode === 'overwrite' && isInMemory(place.folder))
    for (const path of memoryFiles.list()) if (isAt(place, path)) memoryFiles.delete(path)
  for (const file of files) if (typeof file !== 'string') memoryFiles.write(file.path, file.contents)
  return paths
}
