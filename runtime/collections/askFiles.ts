// Asks servers for files and waits for the answers, as local files are waited for when a table or an array is built.

import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { FileChangedError, FileError, FileFormatError } from '../kernels/files/fileErrors.ts'
import type { StorageOptions } from '../kernels/files/fileSystem.ts'
import { type FoundFile, NoFilesError } from './bag/files.ts'

/** What is asked of servers: which files there are, the end of a parquet file, the beginning of any, which of some is there. */
export type FileQuestion = { storage: StorageOptions | undefined } & (
  | { ask: 'files'; paths: readonly string[] }
  | { ask: 'footer'; file: FoundFile }
  | { ask: 'beginning'; file: FoundFile; bytes: number }
  | { ask: 'oneOf'; paths: readonly string[] }
)

/** The first of some files that is there. */
export interface ThereFile {
  path: string
  bytes: Uint8Array
  version: string
}

export type QuestionAnswer =
  | { answers: readonly unknown[]; error?: undefined }
  | { error: { name: string; message: string; path: string }; answers?: undefined }

/** Longer than any server that answers at all. */
const WAIT_MS = 60_000

/**
 * The answers to all questions, asked at the same time.
 * @throws {FileError} what one of them failed with, or when nobody answers
 */
export function askFiles(questions: readonly FileQuestion[]): readonly unknown[] {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const thread = new Worker(entry(), {
    workerData: { port: port2, signal, questions },
    transferList: [port2],
    execArgv: [],
  })
  thread.unref()
  const waited = Atomics.wait(signal, 0, 0, WAIT_MS)
  const answer = receiveMessageOnPort(port1)?.message as QuestionAnswer | undefined
  port1.close()
  void thread.terminate()
  if (waited === 'timed-out' || !answer) {
    const [first] = questions
    const path = 'paths' in first ? first.paths[0] : first.file.path
    throw new FileError(
      path,
      `${path} was not answered for within ${WAIT_MS / 1000} s. Check the address and the network; a server in this very program cannot answer while a table or an array is built.`,
    )
  }
  if (answer.error) throw errorOf(answer.error)
  return answer.answers
}

function errorOf({ name, message, path }: NonNullable<QuestionAnswer['error']>): Error {
  switch (name) {
    case 'NoFilesError':
      return new NoFilesError(path, message)
    case 'FileFormatError':
      return new FileFormatError(path, message)
    case 'FileChangedError':
      return new FileChangedError(path, message)
    default:
      return new FileError(path, message)
  }
}

/** The thread's program: beside this file among the sources, one folder up from the chunks of the bundle. */
function entry(): string {
  const here = import.meta.dirname
  if (import.meta.filename.endsWith('.ts')) return join(here, 'askFilesMain.ts')
  return join(here.endsWith('chunks') ? join(here, '..') : here, 'askFiles.js')
}
