// `heddle agent`: joins standard input and output to this user's agent on this machine, for a heddle at the other end of ssh.

import { pathToFileURL } from 'node:url'
import { entryPath } from '../host/entries.ts'
import { UsageError } from './usageError.ts'

export async function agentCommand(args: readonly string[]): Promise<number> {
  const [marker = '', ...rest] = args
  if (rest.length > 0 || !/^[\w-]*$/.test(marker))
    throw new UsageError(
      'heddle agent takes one word at most, by which the other end knows where the link begins',
    )
  // The agent is a program of its own, which ends this process when the connection does.
  process.argv.splice(2, process.argv.length, 'attach', marker)
  await import(pathToFileURL(entryPath('agent')).href)
  return new Promise(() => {})
}
