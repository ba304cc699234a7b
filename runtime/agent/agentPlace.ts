// Where an agent listens: a socket and a key in the folder of this user's clusters, named by the build that it is.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivate, runFolderParent } from '../host/runFolder.ts'

export interface AgentPlace {
  socket: string
  /** Holds what a connection shows first: only this user can read it. */
  keyFile: string
  /** The number of the agent's process. */
  lockFile: string
  /** What the agent prints. */
  logFile: string
}

/** A key is so many characters, and a line end. */
export const KEY_LENGTH = 64

/** Agents of other builds have other places: a newer client brings its own beside an older one. */
export const agentBuild = (): string =>
  createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 12)

/**
 * The place of an agent of this build, in a folder that this user alone may enter.
 * @throws {RunFolderError} when the folder belongs to somebody else
 */
export function agentPlace(build: string): AgentPlace {
  const folder = runFolderParent()
  makePrivate(folder)
  const name = join(folder, `agent-${build}`)
  return { socket: `${name}.sock`, keyFile: `${name}.key`, lockFile: `${name}.pid`, logFile: `${name}.log` }
}

export function writeKey({ keyFile }: AgentPlace): string {
  const key = randomBytes(KEY_LENGTH / 2).toString('hex')
  const draft = `${keyFile}.${process.pid}`
  writeFileSync(draft, key, { mode: 0o600 })
  renameSync(draft, keyFile)
  return key
}

export const readKey = ({ keyFile }: AgentPlace): string => readFileSync(keyFile, 'utf8')

export function removePlace({ socket, keyFile, lockFile, logFile }: AgentPlace): void {
  for (const file of [socket, keyFile, lockFile, logFile]) rmSync(file, { force: true })
}
