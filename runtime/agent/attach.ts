// `heddle agent`: joins this process's standard input and output to the agent of this user, which it starts when there is none.

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type AgentPlace, agentBuild, agentPlace, readKey } from './agentPlace.ts'

/** No agent can be started here. */
export class AgentStartError extends Error {
  override name = 'AgentStartError'
}

/** The line after which the link begins: what came before it was said by somebody else. */
export const readyLine = (marker: string): string => `heddle agent ${marker}\n`

const TRIES_MAX = 3

/**
 * Carries bytes both ways until either end hangs up.
 * @param program what starts an agent: its file, run with `daemon`
 * @throws {AgentStartError}
 */
export async function attach(marker: string, program: string): Promise<void> {
  const place = agentPlace(agentBuild())
  const socket = await reach(place, program)
  process.stdout.write(readyLine(marker))
  await new Promise<void>((resolve) => {
    process.stdin.pipe(socket).pipe(process.stdout)
    for (const stream of [process.stdin, process.stdout, socket]) {
      stream.on('error', () => resolve())
      stream.on('close', () => resolve())
    }
  })
}

async function reach(place: AgentPlace, program: string): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    const socket = await open(place)
    if (socket) return socket
    if (tries > TRIES_MAX)
      throw new AgentStartError(
        `the agent started and does not answer at ${place.socket}: see ${place.logFile}`,
      )
    await startDaemon(place, program)
  }
}

/** A connection that has shown the key, or nothing when no agent listens. */
function open(place: AgentPlace): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(place.socket)
    socket.once('error', () => resolve(undefined))
    socket.once('connect', () => {
      try {
        socket.write(`${readKey(place)}\n`)
        resolve(socket)
      } catch {
        socket.destroy()
        resolve(undefined)
      }
    })
  })
}

/** Resolves when it listens, or when another one does. */
function startDaemon({ logFile }: AgentPlace, program: string): Promise<void> {
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'daemon'], {
    // A session of its own, so that the end of ssh does not end it.
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', log],
  })
  closeSync(log)
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('error', (cause) =>
      reject(new AgentStartError(`${process.execPath} cannot be started: ${cause.message}`, { cause })),
    )
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (!said.includes('\n')) return
      child.stdout!.destroy()
      child.unref()
      if (said.startsWith('ready')) resolve()
      else reject(new AgentStartError(said.trim()))
    })
    child.once('exit', () => {
      if (!said.includes('\n')) reject(new AgentStartError(`the agent ended as it started: see ${logFile}`))
    })
  })
}
