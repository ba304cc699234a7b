// Downloads a package's tarball from its registry.

import { type LockedPackage, tarballUrl } from '../functions/packages/packageLock.ts'

const DEFAULT_REGISTRY = 'https://registry.npmjs.org/'
const PATIENCE_MS = 60_000

/**
 * The tarball of a package, from the registry that npm is set to use (`npm_config_registry`).
 * @throws {Error} naming the address and why nothing came from it
 */
export async function download(locked: LockedPackage): Promise<Uint8Array> {
  const registry = process.env.npm_config_registry ?? process.env.NPM_CONFIG_REGISTRY ?? DEFAULT_REGISTRY
  const url = tarballUrl(locked, registry)
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    throw new Error(`${url} cannot be reached (${cause?.code ?? message})`, { cause: error })
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`)
  return new Uint8Array(await response.arrayBuffer())
}
