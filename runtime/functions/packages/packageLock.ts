// What a package-lock.json says of packages: where they come from, the hash of what comes, and for which machines they are.

import { readFileSync } from 'node:fs'
import path from 'node:path'

export interface LockedPackage {
  name: string
  version: string
  integrity?: string
  /** The tarball's address, where the lock file names one. */
  resolved?: string
  os?: string[]
  cpu?: string[]
  libc?: string[]
}

type Entry = Omit<LockedPackage, 'name'> & { name?: string }

/** The packages of a lock file of npm's; none for others. */
export function lockedPackages(file: string | undefined): LockedPackage[] {
  if (file === undefined || path.basename(file) !== 'package-lock.json') return []
  const { packages = {} } = JSON.parse(readFileSync(file, 'utf8')) as { packages?: Record<string, Entry> }
  return Object.entries(packages).flatMap(([place, entry]) => {
    const at = place.lastIndexOf('node_modules/')
    if (at < 0) return []
    const { version, integrity, resolved, os, cpu, libc } = entry
    return [{ name: entry.name ?? place.slice(at + 13), version, integrity, resolved, os, cpu, libc }]
  })
}

/** The kind of this machine, as packages name it. */
export interface Machine {
  os: string
  cpu: string
  libc: string | undefined
}

/** Whether a package is for this kind of machine. */
export function fits({ os, cpu, libc }: LockedPackage, machine: Machine): boolean {
  return allows(os, machine.os) && allows(cpu, machine.cpu) && allows(libc, machine.libc)
}

function allows(list: readonly string[] | undefined, value: string | undefined): boolean {
  if (!list || value === undefined) return true
  if (list.includes(`!${value}`)) return false
  return list.includes(value) || list.every((one) => one.startsWith('!'))
}

/** Where a package's tarball is, in a registry. */
export function tarballUrl({ name, version, resolved }: LockedPackage, registry: string): string {
  if (resolved?.startsWith('http')) return resolved
  const base = name.slice(name.lastIndexOf('/') + 1)
  return `${registry.replace(/\/*$/, '/')}${name}/-/${base}-${version}.tgz`
}
