// What a task that failed was given, kept in a file beside its worker's modules, so that it can be run again alone.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { EncodedValue } from '../functions/encodedValue.ts'

/** A function and what it was given, as they came to the thread. */
export interface FailedTask {
  worker: string
  /** Where the function's modules are; gone with the worker. */
  moduleFolder: string
  sharedFiles: boolean
  /** Whether arguments were frozen. */
  freeze: boolean
  callable: Uint8Array
  modules: readonly string[]
  args: Uint8Array
  dependencies: readonly EncodedValue[]
}

/** The file with a task's inputs is not there any more, or holds something else. */
export class InputsGoneError extends Error {
  override name = 'InputsGoneError'
}

/** Larger inputs are not kept: whoever looks into a failure makes them smaller first. */
const BYTES_MAX = 64 * 1024 * 1024
const FILES_MAX = 64
/** Of tasks that fail in a row, the first are those that are told. */
const IN_A_ROW_MAX = 16

/** The failures of one thread, the latest few of them. */
export class FailedTasks {
  readonly #folder: string
  readonly #prefix: string
  /** Files and their bytes, the oldest first. */
  readonly #kept: { file: string; bytes: number }[] = []
  #number = 0
  #inARow = 0

  constructor(moduleFolder: string, lane: number) {
    this.#folder = join(moduleFolder, 'failed')
    this.#prefix = `${process.pid}-${lane}`
  }

  /** Nothing runs now: what fails from here on is news. */
  rest(): void {
    this.#inARow = 0
  }

  /** The path of the file that holds it; nothing when it is not kept. */
  keep(task: FailedTask): string | undefined {
    if (this.#inARow >= IN_A_ROW_MAX || bytesOf(task) > BYTES_MAX) return undefined
    this.#inARow++
    try {
      const content = serialize({ ...task, dependencies: task.dependencies.map(copied) })
      const file = join(this.#folder, `${this.#prefix}-${this.#number++}.task`)
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(file, content, { mode: 0o600 })
      this.#kept.push({ file, bytes: content.length })
      this.#makeRoom()
      return file
    } catch {
      return undefined // A full disk is no reason to tell of another failure than the task's own.
    }
  }

  #makeRoom(): void {
    let bytes = this.#kept.reduce((sum, each) => sum + each.bytes, 0)
    while (this.#kept.length > 1 && (this.#kept.length > FILES_MAX || bytes > BYTES_MAX)) {
      const oldest = this.#kept.shift()!
      bytes -= oldest.bytes
      rmSync(oldest.file, { force: true })
    }
  }
}

/** @throws {InputsGoneError} */
export function readFailedTask(file: string): FailedTask {
  try {
    const task = deserialize(readFileSync(file)) as FailedTask & {
      dependencies: { bytes: Uint8Array; buffers: Uint8Array[] }[]
    }
    return { ...task, dependencies: task.dependencies.map(shared) }
  } catch (cause) {
    throw new InputsGoneError(
      `the inputs of this task are gone: they are kept with the worker that ran it, until that ends or other failures take their place. Run it again and debug the new failure. (${file})`,
      { cause },
    )
  }
}

function bytesOf({ callable, args, dependencies }: FailedTask): number {
  let bytes = callable.length + args.length
  for (const each of dependencies)
    bytes += each.bytes.length + each.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return bytes
}

/** Shared memory cannot be written as it is. */
function copied({ bytes, buffers }: EncodedValue): { bytes: Uint8Array; buffers: Uint8Array[] } {
  return { bytes: new Uint8Array(bytes), buffers: buffers.map((buffer) => new Uint8Array(buffer).slice()) }
}

function shared({ bytes, buffers }: { bytes: Uint8Array; buffers: Uint8Array[] }): EncodedValue {
  return {
    bytes,
    buffers: buffers.map((each) => {
      const buffer = new SharedArrayBuffer(each.byteLength)
      new Uint8Array(buffer).set(each)
      return buffer
    }),
  }
}
