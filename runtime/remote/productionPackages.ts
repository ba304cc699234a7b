// The packages that a package needs when it runs, with the native ones of a single platform.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface FoundPackage {
  name: string
  version: string
  folder: string
}

interface Manifest {
  version: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  os?: string[]
  cpu?: string[]
  libc?: string[]
}

/** A platform as VS Code names it: `linux-x64`, `darwin-arm64`, `win32-x64`, `alpine-x64`. */
export interface Platform {
  os: string
  cpu: string
  libc: 'glibc' | 'musl'
}

export function platformOf(target: string): Platform {
  const [system, cpu] = target.split('-')
  return { os: system === 'alpine' ? 'linux' : system, cpu, libc: system === 'alpine' ? 'musl' : 'glibc' }
}

/** Too large to be carried: tables do without it, and a folder's own heddle brings it. */
const TABLE_ENGINE = 'nodejs-polars'

/** Told of a native half that is not installed here, as it is another platform's. */
export type MissingNative = (name: string, version: string) => void

/**
 * Everything that the package in `folder` needs, each once.
 * @param missing hears of native halves for `platform` that are not installed here, where they can be had otherwise
 * @throws {Error} when a package, or without `missing` the native half of one for `platform`, is not installed here
 */
export function productionPackages(
  folder: string,
  platform: Platform,
  missing?: MissingNative,
): FoundPackage[] {
  const found = new Map<string, FoundPackage>()
  const visit = (from: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = manifestIn(from)
    for (const name of Object.keys(dependencies)) {
      if (name in optionalDependencies || found.has(name)) continue
      const at = folderOf(name, from)
      if (!at) throw new Error(`${name}, which ${from} needs, is not installed: run npm ci`)
      add(name, at)
    }
    const natives = Object.keys(optionalDependencies)
      .filter((name) => name !== TABLE_ENGINE)
      .map((name) => ({ name, at: folderOf(name, from) }))
    for (const { name, at } of natives)
      if (at && !found.has(name) && suits(manifestIn(at), platform)) add(name, at)
    requireNative(from, natives, platform, (name) => missing?.(name, optionalDependencies[name]))
  }
  const add = (name: string, at: string): void => {
    found.set(name, { name, version: manifestIn(at).version, folder: at })
    visit(at)
  }
  visit(folder)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A package whose halves are one a platform is of no use without the one that suits. */
function requireNative(
  from: string,
  natives: { name: string; at?: string }[],
  platform: Platform,
  missing?: (name: string) => void,
): void {
  const isHalf = ({ name }: { name: string }): boolean => /(linux|darwin|win32)-(x64|arm64)/.test(name)
  if (!natives.some(isHalf)) return
  if (natives.some(({ at }) => at && suits(manifestIn(at), platform))) return
  // msgpackr's extraction is faster with it and right without.
  if (from.endsWith('msgpackr-extract')) return
  const name = nativeHalf(
    natives.map((native) => native.name),
    platform,
  )
  if (missing && name !== undefined) {
    missing(name)
    return
  }
  const wanted = `${platform.os}-${platform.cpu}`
  throw new Error(
    `${from} has no native half for ${wanted} installed here: run npm ci with --os=${platform.os} --cpu=${platform.cpu}, ` +
      'or package on such a machine',
  )
}

/**
 * The one of a package's native halves that suits a platform, told by its name.
 * @example nativeHalf(['@x/linux-x64-gnu', '@x/linux-x64-musl'], platformOf('linux-x64')) // '@x/linux-x64-gnu'
 */
export function nativeHalf(names: readonly string[], { os, cpu, libc }: Platform): string | undefined {
  const suiting = names.filter((name) => new RegExp(`${os}-${cpu}(-|$)`).test(name))
  const isMusl = (name: string): boolean => name.endsWith('musl')
  return suiting.find((name) => isMusl(name) === (os === 'linux' && libc === 'musl')) ?? suiting[0]
}

function suits({ os, cpu, libc }: Manifest, platform: Platform): boolean {
  if (os && !os.includes(platform.os)) return false
  if (cpu && !cpu.includes(platform.cpu)) return false
  return !libc || platform.os !== 'linux' || libc.includes(platform.libc)
}

function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (folder === dirname(folder)) return undefined
  }
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
