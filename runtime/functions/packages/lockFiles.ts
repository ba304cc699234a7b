// What the lock files of pnpm, yarn and bun say of packages. They are written by machines, always in the same way, so that
// their lines are read without a whole parser of their formats.

import type { LockedPackage } from './packageLock.ts'

/** The `packages` of a `pnpm-lock.yaml`: `'@scope/name@1.0.0':` with `resolution: {integrity: …}` below, older ones `/name/1.0.0:`. */
export function pnpmPackages(text: string): LockedPackage[] {
  const section = /^packages:\n([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(text.replaceAll('\r\n', '\n'))?.[1] ?? ''
  return section.split(/^ {2}(?=\S)/m).flatMap((entry) => {
    const key = /^(['"]?)(.+?)\1:\s*$/m.exec(entry)?.[2]
    const named = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d[^/(_]*)/.exec(key ?? '')
    if (!named) return []
    const tarball = /\btarball: ([^\s,}]+)/.exec(entry)?.[1]
    return [
      {
        name: named[1],
        version: named[2],
        integrity: /\bintegrity: ([^\s,}]+)/.exec(entry)?.[1],
        resolved: tarball,
        os: listOf(entry, 'os'),
        cpu: listOf(entry, 'cpu'),
        libc: listOf(entry, 'libc'),
      },
    ]
  })
}

/** `os: [darwin, '!win32']`, or one a line with a dash. */
function listOf(entry: string, key: string): string[] | undefined {
  const found = new RegExp(`^ {4}${key}:(?: \\[(.*)\\]|((?:\\n {4,6}- .*)+))`, 'm').exec(entry)
  const items = found?.[1]?.split(',') ?? found?.[2]?.split(/\n\s*- /).slice(1)
  return items?.map((item) => item.trim().replace(/^(['"])(.*)\1$/, '$2'))
}

/** Whether a `yarn.lock` is of yarn 2 or later: its checksums are of yarn's own archives, not of what a registry gives. */
export const isYarnBerry = (text: string): boolean => /^__metadata:/m.test(text)

/** The entries of a `yarn.lock` of yarn 1: `name@^1.0.0, name@^1.1.0:` with `version`, `resolved` and `integrity` below. */
export function yarnPackages(text: string): LockedPackage[] {
  if (isYarnBerry(text)) return []
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n(?=[^\s#])/)
    .flatMap((entry) => {
      // `alias@npm:name@^1.0.0` is the package `name`.
      const name = /^"?(?:(?:@[^/@]+\/)?[^/@"]+@npm:)?((?:@[^/@"]+\/)?[^@"\s]+)/.exec(entry)?.[1]
      const version = /^ {2}version "?([^"\s]+)/m.exec(entry)?.[1]
      if (name === undefined || version === undefined) return []
      const resolved = /^ {2}resolved "?([^"\s]+)/m.exec(entry)?.[1]
      const [url, sha1] = resolved?.split('#') ?? []
      const integrity =
        /^ {2}integrity "?([^"\n]+)/m.exec(entry)?.[1].trim() ??
        (/^[0-9a-f]{40}$/.test(sha1 ?? '')
          ? `sha1-${Buffer.from(sha1, 'hex').toString('base64')}`
          : undefined)
      return [{ name, version, integrity, resolved: url, ...machineOf(name) }]
    })
}

/** This file tells of no machines: packages for one kind of them have it in their names, `@scope/core-linux-x64-gnu`. */
function machineOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const parts = name.split(/[/-]/)
  const os = parts.find((part) => OS.has(part))
  const cpu = parts.find((part) => CPU.has(part))
  if (os === undefined || cpu === undefined) return {}
  const libc = parts.includes('musl') ? 'musl' : parts.includes('gnu') ? 'glibc' : undefined
  return { os: [os], cpu: [cpu], ...(libc !== undefined && { libc: [libc] }) }
}

const OS: ReadonlySet<string> = new Set([
  'linux',
  'darwin',
  'win32',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'android',
])
const CPU: ReadonlySet<string> = new Set([
  'x64',
  'arm64',
  'arm',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
])

type BunEntry = [named: string, registry?: unknown, about?: unknown, integrity?: unknown]

/** The `packages` of a `bun.lock`, JSON with commas behind the last items: `["name@1.0.0", "", { os, cpu }, "sha512-…"]`. */
export function bunPackages(text: string): LockedPackage[] {
  const json = text.replace(
    /("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])|\/\/[^\n]*/g,
    (_, string?: string) => string ?? '',
  )
  const { packages = {} } = JSON.parse(json) as { packages?: Record<string, BunEntry> }
  return Object.values(packages).flatMap(([named, registry, about, integrity]) => {
    const at = named.lastIndexOf('@')
    // A tarball or a folder has its hash, if any, elsewhere.
    if (at <= 0 || typeof integrity !== 'string') return []
    const { os, cpu, libc } = (about ?? {}) as Record<string, string | string[] | undefined>
    return [
      {
        name: named.slice(0, at),
        version: named.slice(at + 1),
        integrity,
        resolved: typeof registry === 'string' && registry.endsWith('.tgz') ? registry : undefined,
        os: asList(os),
        cpu: asList(cpu),
        libc: asList(libc),
      },
    ]
  })
}

/** `none` stands where a package is for no machine that bun knows. */
const asList = (given: string | string[] | undefined): string[] | undefined =>
  given === undefined ? undefined : [given].flat()
