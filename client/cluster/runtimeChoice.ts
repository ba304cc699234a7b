// Which `heddle` runs a file: the one that its folder has installed, else the one inside the extension. No `vscode`.

import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'

export interface RuntimeChoice {
  /** The package's folder. */
  folder: string
  version: string
  /** Whether it is the workspace's own. */
  own: boolean
}

/**
 * Walks up from the file, as an import would.
 * @param bundled the folder of the runtime inside the extension
 */
export async function chooseRuntime(file: string, bundled: string): Promise<RuntimeChoice> {
  const inside = await realpath(bundled).catch(() => bundled)
  for (const folder of foldersAbove(file)) {
    const found = await realpath(path.join(folder, 'node_modules', 'heddle')).catch(() => undefined)
    if (found === undefined || found === inside) continue
    const version = await versionOf(found)
    // A package that was linked but never built cannot run anything; the one inside can.
    if (version !== undefined && (await isBuilt(found))) return { folder: found, version, own: true }
  }
  return { folder: bundled, version: (await versionOf(bundled)) ?? 'unknown', own: false }
}

function* foldersAbove(file: string): Generator<string> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    yield folder
    if (folder === path.dirname(folder)) return
  }
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      version?: unknown
    }
    return typeof manifest.version === 'string' ? manifest.version : undefined
  } catch {
    return undefined
  }
}

const isBuilt = (folder: string): Promise<boolean> =>
  readFile(path.join(folder, 'dist', 'scheduler.js')).then(
    () => true,
    () => false,
  )
