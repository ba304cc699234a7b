// What a lock file says of packages: where they come from, the hash of what comes, and for which machines they are.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { bunPackages, isYarnBerry, pnpmPackages, yarnPackages } from './lockFiles.ts'

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

/** The packages of a lock file of npm, pnpm, yarn 1 or bun; none where there is no such file. */
export function lockedPackages(file: string | undefined): LockedPackage[] {
  if (file === undefined) return []
  return READERS[path.basename(file)]?.(readFileSync(file, 'utf8')) ?? []
}

/** Why a lock file gives no hash of a package that a download could be held against, as part of a sentence. */
export function whyNotLocked(file: string | undefined): string {
  if (file === undefined) return 'the program has no lock file that names it'
  const name = path.basename(file)
  return name === 'yarn.lock' && isYarnBerry(readFileSync(file, 'utf8'))
    ? "the program's yarn.lock is of yarn 2 or later, whose checksums are not of what a registry gives"
    : `the program's ${name} does not name it`
}

const READERS: Readonly<Record<string, (text: string) => LockedPackage[]>> = {
  'package-lock.json': npmPackages,
  'pnpm-lock.yaml': pnpmPackages,
  'yarn.lock': yarnPackages,
  'bun.lock': bunPackages,
}

function npmPackages(text: string): LockedPackage[] {
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, Entry> }
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
