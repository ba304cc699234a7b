// The lifeline: a pipe on file descriptor 3 that a parent holds open and never writes to. Its end means the parent is gone.
// A child may write one sign into it: that it was of use.

import { type ChildProcess, type SpawnOptions, type StdioOptions, spawn } from 'node:child_process'
import { Socket } from 'node:net'

const LIFELINE_FD = 3
/** Tells a child that its descriptor 3 is a lifeline, and not something its shell left open. */
const LIFELINE_ENV = 'HEDDLE_LIFELINE'

/**
 * Starts a program of ours that ends when this process does, however this process ends.
 * @param options.stdio what the child's standard input, output and error are; a fourth part `'ipc'` opens a channel to it
 */
export function spawnWithLifeline(
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'stdio'> & {
    stdio: [StdioPart, StdioPart, StdioPart] | [StdioPart, StdioPart, StdioPart, 'ipc']
  },
): ChildProcess {
  const [input, output, error, ...ipc] = options.stdio
  const child = spawn(command, args, {
    ...options,
    env: { ...(options.env ?? process.env), [LIFELINE_ENV]: '1' },
    stdio: [input, output, error, 'pipe', ...ipc] as StdioOptions,
  })
  // The pipe lives as long as this process; a child that ends first breaks it, which is no error of ours.
  const pipe = child.stdio[LIFELINE_FD] as Socket | null
  pipe?.on('error', () => {})
  pipe?.unref?.()
  return child
}

/** Calls `heard` when a child that was started so gives its {@link signToParent sign}. */
export function onSign(child: ChildProcess, heard: () => void): void {
  const pipe = child.stdio[LIFELINE_FD] as Socket | null
  pipe?.once('data', heard)
  // Listening wakes it up.
  pipe?.unref()
}

type StdioPart = 'ignore' | 'inherit' | 'pipe' | number

/** This process's end of it. */
let lifeline: Socket | undefined

/**
 * Calls `gone` once when the parent is no more. A process that was started by hand has no lifeline and lives on its own.
 * The watch alone does not keep the process alive.
 * @returns whether there is a lifeline
 */
export function watchLifeline(gone: () => void): boolean {
  if (process.env[LIFELINE_ENV] !== '1') return false
  delete process.env[LIFELINE_ENV] // Ours alone: a program that a task starts has no such pipe.
  const pipe = new Socket({ fd: LIFELINE_FD, readable: true, writable: true })
  let told = false
  const tell = (): void => {
    if (told) return
    told = true
    gone()
  }
  pipe.on('end', tell).on('close', tell).on('error', tell)
  pipe.resume()
  pipe.unref()
  lifeline = pipe
  return true
}

/** Gives the parent its sign, where there is one that listens. */
export function signToParent(): void {
  lifeline?.write('.')
}
