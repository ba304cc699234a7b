// A thread that asks servers for files while the program waits: a table's columns and an array's shape are known as soon as they are written down.

import { type MessagePort, workerData } from 'node:worker_threads'
import { FileError, MissingFileError } from '../kernels/files/fileErrors.ts'
import { fileSystemOf, type StorageOptions, versionNow } from '../kernels/files/fileSystem.ts'
import { footerBytes } from '../kernels/files/parquetFooter.ts'
import { openFile, type SourceFile, wholeFile } from '../kernels/files/sourceFile.ts'
import type { FileQuestion, QuestionAnswer, ThereFile } from './askFiles.ts'
import { FileSet } from './bag/files.ts'

const { port, signal, questions } = workerData as {
  port: MessagePort
  signal: Int32Array
  questions: readonly FileQuestion[]
}

port.postMessage(await answered())
Atomics.store(signal, 0, 1)
Atomics.notify(signal, 0)

async function answered(): Promise<QuestionAnswer> {
  try {
    return { answers: await Promise.all(questions.map(answer)) }
  } catch (error) {
    const { name, message } = error as Error
    return { error: { name, message, path: error instanceof FileError ? error.path : '' } }
  }
}

async function answer(question: FileQuestion): Promise<unknown> {
  if (question.ask === 'files') return new FileSet(question.paths, question.storage).ask()
  if (question.ask === 'oneOf') return oneOf(question.paths, question.storage)
  const { file, storage } = question
  const opened = await openFile({ ...file, storage })
  try {
    if (question.ask === 'footer') return await footerBytes(opened, file.size)
    return await beginning(opened, question.bytes)
  } finally {
    await opened.close()
  }
}

/** The first bytes of a file, or all of it. */
async function beginning(file: SourceFile, bytes: number): Promise<Uint8Array> {
  if (file.size !== undefined && file.size >= 0 && bytes < file.size) {
    try {
      return await file.read(0, bytes)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      // A server that gives no parts gives the whole, of which the beginning is taken.
    }
  }
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of file.chunks(0)) {
    pieces.push(piece)
    length += piece.length
    if (length >= bytes) break
  }
  return Buffer.concat(pieces).subarray(0, bytes)
}

/** The first of some files that is there, whole; nothing when none is. One that may not be looked at is passed over for one that is there. */
async function oneOf(
  paths: readonly string[],
  storage: StorageOptions | undefined,
): Promise<ThereFile | undefined> {
  const looked = await Promise.allSettled(paths.map((path) => whole(path, storage)))
  const there = looked.find((one) => one.status === 'fulfilled')
  if (there) return there.value
  const failed = looked.find((one) => one.status === 'rejected' && !(one.reason instanceof MissingFileError))
  if (failed?.status === 'rejected') throw failed.reason
  return undefined
}

async function whole(path: string, storage: StorageOptions | undefined): Promise<ThereFile> {
  const { version } = await (await fileSystemOf(path, storage)).facts(path)
  const bytes = await wholeFile({ path, size: -1, version, storage })
  return { path, bytes, version: version || versionNow() }
}
