// Node for this machine, in a folder of its own: npm's package of it, checked by its hash, of which the program and its licence are kept.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { LOCAL_NODE_PACKAGES } from '../protocol/nodePackages.ts'
import { fetchTarball, type NpmOptions } from './npmPackage.ts'
import { progressText } from './npmSupply.ts'
import { tarFiles } from './tarball.ts'

/** There is no package of Node for this machine. */
export class NoNodePackageError extends Error {
  override name = 'NoNodePackageError'
}

const KEPT = /^package\/(bin\/node(\.exe)?|LICENSE)$/

/**
 * @param folder gets `VERSION/bin/node`, `node.exe` for Windows; nothing else of what is fetched stays
 * @param platform as npm names it
 * @returns the program
 * @throws {NoNodePackageError} {@link DownloadError} {@link IntegrityError}
 */
export async function fetchNode(
  folder: string,
  platform: string,
  tell: (text: string) => void,
  options: Pick<NpmOptions, 'environment'> = {},
): Promise<string> {
  const found = Object.entries(LOCAL_NODE_PACKAGES).find(([name]) => name === platform)?.[1]
  if (!found)
    throw new NoNodePackageError(
      `npm has no package of Node 24 for ${platform} that heddle knows: install Node 24`,
    )
  const { name, version } = found
  const cache = join(folder, '.download')
  const file = await fetchTarball(name, version, {
    ...options,
    cache,
    progress: (_, done, total) => tell(progressText(`fetching Node ${version}`, done, total)),
  })
  tell('unpacking')
  const draft = join(folder, `.draft-${process.pid}`)
  try {
    for (const { path, bytes, executable } of tarFiles(gunzipSync(readFileSync(file)))) {
      if (!KEPT.test(path)) continue
      const to = join(draft, path.slice('package/'.length))
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, bytes, { mode: executable ? 0o755 : 0o644 })
    }
    rmSync(join(folder, version), { recursive: true, force: true })
    renameSync(draft, join(folder, version))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  rmSync(cache, { recursive: true, force: true })
  return join(folder, version, 'bin', platform.startsWith('win32-') ? 'node.exe' : 'node')
}
