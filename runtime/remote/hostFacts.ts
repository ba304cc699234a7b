// What a host said of itself, read from the lines of its probe. Pure.

export interface FolderFacts {
  /** Why it was looked at: `asked`, `cache`, `scratch`, `temporary`. */
  kind: string
  path: string
  writable: boolean
  /** Programs can be run from there. */
  executable: boolean
  freeBytes?: number
  /** What writing there said. */
  error: string
}

export interface NodeFacts {
  /** How it was found: `asked`, `path`, `cache`, `usual`, `module`. */
  kind: string
  path: string
  /** As it told itself: `24.1.0`; nothing when it did not start. */
  version?: string
  /** What it said instead of a version. */
  said: string
  module?: string
}

export interface HostFacts {
  os: string
  arch: string
  host: string
  user: string
  shell: string
  home: string
  /** Its clock less this machine's, in ms; nothing when it told no time. */
  clockSkewMs?: number
  libc: { kind: 'glibc'; version: string } | { kind: 'musl' } | { kind: 'unknown' }
  folders: FolderFacts[]
  nodes: NodeFacts[]
  modules: string[]
  hasSlurm: boolean
}

/** Lines of one script: what was said under each name, in order. */
export type Said = ReadonlyMap<string, readonly string[]>

/**
 * The lines of `text` that bear the marker; everything else is noise.
 * @example markedLines('Welcome!\nM os Linux\n', 'M') // Map { 'os' → ['Linux'] }
 */
export function markedLines(text: string, marker: string): Said {
  const said = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const at = line.indexOf(`${marker} `)
    // What the login shell printed last may have had no line end.
    if (at < 0) continue
    const [, name, value] = /^(\S+) ?(.*)$/s.exec(line.slice(at + marker.length + 1)) ?? []
    if (name) said.set(name, [...(said.get(name) ?? []), (value ?? '').trim()])
  }
  return said
}

/** @param nowMs this machine's clock when the answer came */
export function hostFacts(said: Said, nowMs: number): HostFacts {
  const one = (name: string): string => said.get(name)?.[0] ?? ''
  const seconds = Number(one('clock'))
  const quota = quotaFreeBytes(one('quota'))
  return {
    os: one('os'),
    arch: one('arch'),
    host: one('host'),
    user: one('user'),
    shell: one('shell').split('/').at(-1) ?? '',
    home: one('home'),
    ...(seconds > 0 && { clockSkewMs: seconds * 1000 - nowMs }),
    libc: libcOf(one('libc')),
    folders: (said.get('folder') ?? []).map((line) => folderOf(line, one('home'), quota)),
    nodes: (said.get('node') ?? []).map(nodeOf),
    modules: [...(said.get('module') ?? [])],
    hasSlurm: one('sbatch') !== '',
  }
}

function folderOf(line: string, home: string, quota: number | undefined): FolderFacts {
  const [kind, failed, executes, kilobytes, path, ...error] = line.split('|')
  const free = /^\d+$/.test(kilobytes) ? Number(kilobytes) * 1024 : undefined
  const limited = quota !== undefined && home !== '' && path.startsWith(home)
  return {
    kind,
    path,
    writable: failed === '0',
    executable: executes === 'yes',
    freeBytes: limited ? Math.min(quota, free ?? quota) : free,
    error: error.join('|'),
  }
}

export function nodeOf(line: string): NodeFacts {
  const [kind, said, ...path] = line.split('|')
  const version = /^v(\d+\.\d+\.\d+)/.exec(said)?.[1]
  return { kind, path: path.join('|'), said, ...(version && { version }) }
}

/** @example libcOf('glibc 2.36') // { kind: 'glibc', version: '2.36' } */
export function libcOf(line: string): HostFacts['libc'] {
  if (/musl/i.test(line)) return { kind: 'musl' }
  const version = /(?:glibc|GNU libc|GLIBC)\D*(\d+\.\d+)/i.exec(line)?.[1]
  return version ? { kind: 'glibc', version } : { kind: 'unknown' }
}

/**
 * What a user may still write, of the tightest of the quotas that `quota -w -p` shows; nothing where there is none.
 * @example quotaFreeBytes('/dev/sda1 900 1000 1200 0 1 0 0 0;') // (1000 - 900) kB
 */
export function quotaFreeBytes(lines: string): number | undefined {
  let free: number | undefined
  for (const line of lines.split(';')) {
    const [used, soft, hard] = (/^\s*\S+\s+(\d+)\*?\s+(\d+)\s+(\d+)\s/.exec(line) ?? []).slice(1).map(Number)
    const limit = soft || hard
    if (!limit) continue
    const left = Math.max(0, limit - used) * 1024
    free = free === undefined ? left : Math.min(free, left)
  }
  return free
}
