// Which Node runs clusters: the setting, PATH, the extension's own cache; asked one after the other. No `vscode`.

import { execFile } from 'node:child_process'
import { access, constants, readdir } from 'node:fs/promises'
import path from 'node:path'

export const NODE_MAJOR_MIN = 24

/** A Node that was tried, and why it cannot be used. */
export interface NodeRefusal {
  path: string
  reason: string
}

/** No Node can run a cluster: names what was tried and the way out. */
export class NoNodeError extends Error {
  override name = 'NoNodeError'
  readonly refusals: readonly NodeRefusal[]
  constructor(refusals: readonly NodeRefusal[]) {
    const tried = refusals.map(({ path: file, reason }) => `${file} ${reason}`).join('; ')
    super(
      `Heddle needs Node ${NODE_MAJOR_MIN} or newer to run a cluster${tried ? ` (${tried})` : ', and there is none on PATH'}. ` +
        `Install Node ${NODE_MAJOR_MIN}, or set "heddle.nodePath" to one.`,
    )
    this.refusals = refusals
  }
}

export interface NodePlaces {
  /** The setting; when it is given, nothing else is tried. */
  setting?: string
  /** The `PATH` of the environment. */
  pathVariable: string
  /** The folder of the Node that the extension carries, where it was packed with one. */
  carried?: string
  /** The folder in which the extension keeps Nodes it was allowed to fetch, one a version. */
  cache: string
  platform: NodeJS.Platform
}

/**
 * The first Node that is new enough.
 * @throws {NoNodeError} when there is none
 */
export async function chooseNode(places: NodePlaces): Promise<string> {
  const refusals: NodeRefusal[] = []
  for (const candidate of await candidatesOf(places)) {
    const version = await versionOf(candidate)
    if (typeof version !== 'string') refusals.push({ path: candidate, reason: version.reason })
    else if (Number(version.split('.')[0]) >= NODE_MAJOR_MIN) return candidate
    else refusals.push({ path: candidate, reason: `is version ${version}` })
  }
  throw new NoNodeError(refusals)
}

async function candidatesOf({
  setting,
  pathVariable,
  carried,
  cache,
  platform,
}: NodePlaces): Promise<string[]> {
  if (setting) return [setting]
  const program = platform === 'win32' ? 'node.exe' : 'node'
  const found: string[] = []
  for (const folder of pathVariable.split(platform === 'win32' ? ';' : ':')) {
    const file = path.join(folder, program)
    if (folder && !found.includes(file) && (await isProgram(file))) found.push(file)
  }
  if (carried !== undefined && (await isProgram(path.join(carried, 'bin', program))))
    found.push(path.join(carried, 'bin', program))
  const versions = await readdir(cache).catch(() => [])
  for (const version of versions.sort().reverse()) {
    const file = path.join(cache, version, 'bin', program)
    if (await isProgram(file)) found.push(file)
  }
  return found
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

function versionOf(node: string): Promise<string | { reason: string }> {
  return new Promise((resolve) => {
    // NODE_OPTIONS of an editor or of the user must not decide whether a Node is taken.
    const env = { ...process.env, NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1' }
    const timeout = 10_000
    execFile(
      node,
      ['-p', 'process.versions.electron ? "electron" : process.versions.node'],
      { env, timeout },
      (error, stdout) => {
        const said = stdout.trim()
        if (error)
          resolve({
            reason: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'does not start',
          })
        else if (said === 'electron') resolve({ reason: 'is Electron, which cannot run workers' })
        else if (/^\d+\.\d+\.\d+/.test(said)) resolve(said)
        else resolve({ reason: 'is no Node' })
      },
    )
  })
}
