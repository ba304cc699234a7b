// What to do with a host that was probed: where files go, which Node runs, or why nothing can. Pure.

import type { HostPlatform } from '../protocol/nodePackages.ts'
import { HostError } from './hostErrors.ts'
import type { FolderFacts, HostFacts, NodeFacts } from './hostFacts.ts'

export const NODE_MAJOR_MIN = 24
/** What Node's own binaries are built for. */
const GLIBC_MIN = '2.28'
/** Runtime, its packages and a Node. */
const FREE_BYTES_MIN = 400e6
const SKEW_MS_MAX = 5 * 60_000

export interface HostPlan {
  platform: HostPlatform
  /** Where everything of ours goes. */
  folder: string
  /** Nothing when one has to be brought. */
  node?: NodeFacts
  /** What a person should know. */
  notices: string[]
}

const ARCHITECTURES: Readonly<Record<string, 'x64' | 'arm64'>> = {
  x86_64: 'x64',
  amd64: 'x64',
  aarch64: 'arm64',
  arm64: 'arm64',
}

/** @throws {HostError} for a machine that heddle's native parts are not built for */
export function platformOfHost(name: string, { os, arch }: HostFacts): HostPlatform {
  const cpu = ARCHITECTURES[arch]
  const system = { Linux: 'linux', Darwin: 'darwin' }[os]
  if (cpu && system) return `${system}-${cpu}` as HostPlatform
  throw new HostError(
    name,
    `${name} is a ${os || 'unknown system'} machine of the kind ${arch || 'unknown'}: heddle runs on Linux and macOS, x86_64 and arm64. ` +
      'Choose a host of that kind.',
  )
}

/**
 * @param name the host as the user named it
 * @throws {HostError} naming what is missing and the way out
 */
export function planHost(name: string, facts: HostFacts): HostPlan {
  const platform = platformOfHost(name, facts)
  const notices: string[] = []
  const skewMs = facts.clockSkewMs ?? 0
  if (Math.abs(skewMs) > SKEW_MS_MAX)
    notices.push(
      `the clock of ${name} is ${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's: times in logs and panels will not fit`,
    )
  const folder = chooseFolder(name, facts)
  if (folder.kind === 'temporary')
    notices.push(
      `files of heddle go to ${folder.path} on ${name}, which may not last: ${reasonsOf(facts.folders)}`,
    )
  else if (folder !== facts.folders[0])
    notices.push(`files of heddle go to ${folder.path} on ${name}: ${reasonsOf(facts.folders.slice(0, 1))}`)
  const node = chooseNode(name, facts)
  if (!node) requireNodeCanRun(name, facts)
  return { platform, folder: folder.path, ...(node && { node }), notices }
}

function chooseFolder(name: string, { folders }: HostFacts): FolderFacts {
  const usable = folders.find((folder) => refusalOfFolder(folder) === undefined)
  if (usable) return usable
  throw new HostError(
    name,
    `heddle finds no room on ${name}: ${reasonsOf(folders)}. Make room there, or name a folder with --folder.`,
  )
}

const reasonsOf = (folders: readonly FolderFacts[]): string =>
  folders.map((folder) => `${folder.path} ${refusalOfFolder(folder) ?? 'is usable'}`).join('; ')

function refusalOfFolder({ writable, executable, freeBytes, error }: FolderFacts): string | undefined {
  if (!writable) {
    if (/read-only/i.test(error)) return 'is on a read-only file system'
    if (/no space/i.test(error)) return 'is full'
    if (/quota/i.test(error)) return 'is over its quota'
    if (/denied|not permitted/i.test(error)) return 'may not be written to by this user'
    return `cannot be written to${error ? ` (${error.replace(/^\w+: /, '')})` : ''}`
  }
  if (!executable) return 'is mounted so that no program can run from it (noexec)'
  if (freeBytes !== undefined && freeBytes < FREE_BYTES_MIN)
    return `has ${Math.round(freeBytes / 1e6)} MB left of the ${FREE_BYTES_MIN / 1e6} MB that heddle may need`
  return undefined
}

export const isNewEnough = ({ version }: NodeFacts): boolean =>
  version !== undefined && Number(version.split('.')[0]) >= NODE_MAJOR_MIN

function chooseNode(name: string, { nodes }: HostFacts): NodeFacts | undefined {
  const asked = nodes.find(({ kind }) => kind === 'asked')
  if (asked && !isNewEnough(asked)) {
    const what = asked.version
      ? `is version ${asked.version}`
      : asked.said
        ? `does not start: ${asked.said}`
        : 'is not there'
    throw new HostError(
      name,
      `the Node that was asked for on ${name}, ${asked.path}, ${what}: heddle needs ${NODE_MAJOR_MIN} or newer.`,
    )
  }
  return asked ?? nodes.find(isNewEnough)
}

/** Node's own binaries, which heddle would bring, do not run everywhere. */
function requireNodeCanRun(name: string, { libc, nodes }: HostFacts): void {
  const here = nodes
    .map(({ path, version, said }) => `${path} ${version ? `is ${version}` : said}`)
    .join('; ')
  const wayOut = `Name a Node ${NODE_MAJOR_MIN} that runs there with --node, or load a module that brings one`
  const found = here ? ` (there is ${here})` : ''
  if (libc.kind === 'musl')
    throw new HostError(
      name,
      `${name} has no Node ${NODE_MAJOR_MIN}${found}, and the one that heddle brings needs glibc, where this is musl. ${wayOut} (on Alpine: apk add nodejs).`,
    )
  if (libc.kind === 'glibc' && isOlder(libc.version, GLIBC_MIN))
    throw new HostError(
      name,
      `${name} has glibc ${libc.version}, and the Node that heddle brings needs ${GLIBC_MIN}${found}. ${wayOut} ` +
        `(https://unofficial-builds.nodejs.org has builds for glibc 2.17).`,
    )
}

/** @example isOlder('2.9', '2.28') // true */
export function isOlder(version: string, than: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = than.split('.').map(Number)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}
