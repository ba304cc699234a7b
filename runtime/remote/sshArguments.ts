// How the system's `ssh` is called: the person's own configuration rules, but for what would get in the way. Pure.

import { HostError } from './hostErrors.ts'

export interface SshOptions {
  /** The ssh program; the one on PATH by default. */
  ssh?: string
  /** A configuration file in place of ~/.ssh/config. */
  configFile?: string
  /** More arguments for ssh, before the host. */
  sshArguments?: readonly string[]
}

/**
 * @param interactive somebody can answer ssh's questions
 * @throws {HostError} for a name that ssh would take for an option
 */
export function sshArguments(
  host: string,
  command: string,
  { configFile, sshArguments: more = [] }: SshOptions,
  interactive: boolean,
): string[] {
  if (!/^[^\s-][^\s]*$/.test(host))
    throw new HostError(
      host,
      `${JSON.stringify(host)} is no name of a host: write it as for ssh, e.g. me@login.example.org`,
    )
  const options = [
    // Nothing of ours needs forwarding, and what the configuration forwards may be taken by another connection.
    'ClearAllForwardings=yes',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    'ConnectTimeout=30',
    ...(interactive ? [] : ['BatchMode=yes']),
  ]
  return [
    '-T',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...options.flatMap((option) => ['-o', option]),
    ...more,
    '--',
    host,
    command,
  ]
}
