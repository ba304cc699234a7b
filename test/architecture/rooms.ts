// Who may import whom: the table of ARCHITECTURE.md as data, and the pure check that holds files to it.

import { dirname, join, normalize } from 'node:path'

/** A folder of the code base: which other rooms, Node modules and packages its files may import. */
export interface Room {
  folder: string
  rooms: readonly string[]
  /** Packages from outside; `node` stands for every `node:` module. */
  packages: readonly string[]
}

const PURE_RUNTIME = ['runtime/protocol', 'runtime/graph'] as const

export const ROOMS: readonly Room[] = [
  { folder: 'runtime/protocol', rooms: [], packages: ['msgpackr'] },
  { folder: 'runtime/graph', rooms: ['runtime/protocol'], packages: [] },
  { folder: 'runtime/scheduler', rooms: PURE_RUNTIME, packages: [] },
  { folder: 'runtime/worker', rooms: PURE_RUNTIME, packages: [] },
  {
    folder: 'runtime/functions',
    rooms: ['runtime/protocol', 'runtime/graph'],
    packages: [
      'node',
      'msgpackr',
      'oxc-parser',
      'oxc-transform',
      'oxc-resolver',
      'magic-string',
      '@jridgewell/remapping',
      '@jridgewell/trace-mapping',
      'esbuild',
    ],
  },
  {
    folder: 'runtime/kernels',
    rooms: [],
    packages: [
      'node',
      'hyparquet',
      'hyparquet-compressors',
      '@uwdata/flechette',
      'nodejs-polars',
      'avsc',
      '@aws-sdk/client-s3',
      'zarrita',
    ],
  },
  {
    folder: 'runtime/collections',
    rooms: ['runtime/protocol', 'runtime/graph', 'runtime/kernels'],
    packages: ['node', 'hyparquet', 'hyparquet-compressors', '@resvg/resvg-wasm'],
  },
  {
    folder: 'runtime/ml',
    rooms: ['runtime/graph', 'runtime/kernels', 'runtime/collections'],
    packages: [],
  },
  {
    // What an editor asks of collections, beside its language server.
    folder: 'runtime/outline',
    rooms: ['runtime/protocol', 'runtime/graph', 'runtime/kernels', 'runtime/collections'],
    packages: ['node'],
  },
  {
    folder: 'runtime/host',
    rooms: [
      'runtime/protocol',
      'runtime/graph',
      'runtime/scheduler',
      'runtime/worker',
      'runtime/functions',
      'runtime/kernels',
      'runtime/session',
      'runtime/cluster',
      'runtime/slurm',
      'runtime/ml',
    ],
    packages: ['node', 'ws', 'piscina'],
  },
  // Bundled into a file of its own.
  {
    folder: 'runtime/host/clusterCertificate.ts',
    rooms: ['runtime/host'],
    packages: ['node', '@peculiar/x509'],
  },
  { folder: 'runtime/cluster', rooms: ['runtime/protocol', 'runtime/host'], packages: ['node'] },
  {
    // The first of ours on another machine: one file, without packages.
    folder: 'runtime/agent',
    rooms: ['runtime/protocol', 'runtime/host', 'runtime/cluster'],
    packages: ['node'],
  },
  {
    folder: 'runtime/remote',
    rooms: ['runtime/protocol', 'runtime/functions', 'runtime/host', 'runtime/cluster', 'runtime/agent'],
    packages: ['node'],
  },
  {
    folder: 'runtime/slurm',
    rooms: ['runtime/protocol', 'runtime/host', 'runtime/cluster', 'runtime/agent', 'runtime/remote'],
    packages: ['node'],
  },
  {
    folder: 'runtime/session',
    rooms: [
      'runtime/protocol',
      'runtime/graph',
      'runtime/functions',
      'runtime/kernels',
      'runtime/collections',
      'runtime/host',
      'runtime/cluster',
      'runtime/remote',
      'runtime/slurm',
    ],
    packages: ['node', 'ws'],
  },
  {
    folder: 'runtime/cli',
    rooms: [
      'runtime/protocol',
      'runtime/session',
      'runtime/cluster',
      'runtime/host',
      'runtime/agent',
      'runtime/remote',
      'runtime/slurm',
    ],
    packages: ['node'],
  },
  { folder: 'runtime/index.ts', rooms: ['runtime/*'], packages: [] },
  // The session's program loads the whole package before the user's file, so that the first import costs nothing.
  { folder: 'runtime/session/main.ts', rooms: ['runtime/*'], packages: ['node'] },
  {
    folder: 'server',
    rooms: ['runtime/protocol', 'runtime/functions'],
    packages: [
      'node',
      'hyparquet',
      'oxc-parser',
      'oxc-resolver',
      'typescript',
      'vscode-languageserver',
      'vscode-languageserver-textdocument',
    ],
  },
  {
    folder: 'client',
    rooms: ['runtime/protocol'],
    packages: ['node', 'vscode', 'vscode-languageclient', 'ws', 'esbuild'],
  },
  {
    folder: 'media',
    rooms: ['runtime/protocol'],
    packages: ['preact', 'uplot', '@vscode-elements/elements', 'msgpackr'],
  },
]

/** Build scripts stand in a room's folder but are run by the build, not by the room. */
const BUILD_SCRIPTS = ['media/build.ts', 'client/build.ts']

/** One import that the table does not allow. */
export interface Violation {
  file: string
  specifier: string
  rule: string
}

/** The room that a file belongs to: the longest folder that it stands in. */
export function roomOf(file: string): Room | undefined {
  const inside = ROOMS.filter(({ folder }) => file === folder || file.startsWith(`${folder}/`))
  return inside.sort((a, b) => b.folder.length - a.folder.length)[0]
}

/**
 * Holds one file's imports to the table.
 * @param file path below the checkout, with forward slashes
 * @param specifiers what the file imports, as written
 */
export function violationsOf(file: string, specifiers: readonly string[]): Violation[] {
  const room = roomOf(file)
  if (!room || BUILD_SCRIPTS.includes(file)) return []
  const found: Violation[] = []
  for (const specifier of specifiers) {
    const rule = specifier.startsWith('.')
      ? refusalOfFile(room, file, specifier)
      : refusalOfPackage(room, specifier)
    if (rule) found.push({ file, specifier, rule })
  }
  return found
}

function refusalOfFile(room: Room, file: string, specifier: string): string | undefined {
  const target = normalize(join(dirname(file), specifier))
  const targetRoom = roomOf(target)
  if (!targetRoom) return `${room.folder} imports ${target}, which is in no room of the table`
  if (targetRoom.folder === room.folder) return undefined
  const allowed = room.rooms.includes('runtime/*')
    ? targetRoom.folder.startsWith('runtime/')
    : room.rooms.includes(targetRoom.folder)
  return allowed ? undefined : `${room.folder} may not import ${targetRoom.folder}`
}

function refusalOfPackage(room: Room, specifier: string): string | undefined {
  const name = specifier.startsWith('node:') ? 'node' : packageName(specifier)
  return room.packages.includes(name) ? undefined : `${room.folder} may not import the package ${name}`
}

function packageName(specifier: string): string {
  const [first, second] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}
