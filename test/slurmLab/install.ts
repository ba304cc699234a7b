// Installs the Debian packages that the lab needs, where they are missing and this user may.

import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program and the package that has it. */
const SSH = [
  ['sshd', 'openssh-server'],
  ['ssh', 'openssh-client'],
  ['ip', 'iproute2'],
  ['unshare', 'util-linux'],
] as const

const SHELLS = [
  ['zsh', 'zsh'],
  ['csh', 'csh'],
  ['fish', 'fish'],
] as const

const SLURM = [
  ['munged', 'munge'],
  ['slurmctld', 'slurmctld'],
  ['slurmd', 'slurmd'],
  ['sbatch', 'slurm-client'],
] as const

const ACCOUNTING = [
  ['slurmdbd', 'slurmdbd'],
  ['mariadbd', 'mariadb-server-core'],
] as const

const PARTS = { ssh: SSH, shells: SHELLS, slurm: SLURM, accounting: ACCOUNTING } as const

/**
 * Returns when everything is there.
 * @throws {Error} naming what is missing, when it cannot be installed
 */
export function installLab(...parts: (keyof typeof PARTS)[]): void {
  const missing = parts.flatMap((part) => PARTS[part].filter(([program]) => !programPath(program)))
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name)
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`these tests need ${packages.join(', ')}: apt-get install ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // The lab starts its own daemons, with its own ports and keys: those of the packages stay off.
  const policy = '/usr/sbin/policy-rc.d'
  const ownPolicy = !existsSync(policy)
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    execFileSync('apt-get', ['-o', 'Acquire::Retries=4', 'update'], { env, stdio: 'pipe' })
    execFileSync(
      'apt-get',
      ['-o', 'Acquire::Retries=4', 'install', '-y', '--no-install-recommends', ...packages],
      { env, stdio: 'pipe' },
    )
  } finally {
    if (ownPolicy) rmSync(policy)
  }
}

/** Where a program is, daemons' folders included. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}
