// `heddle bundle`: a folder with the runtime, its packages and Node for one platform, for machines without a network.

import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageFolder } from '../host/entries.ts'
import { type HostPlatform, NODE_PACKAGES } from '../protocol/nodePackages.ts'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import { type OfflineBundle, OfflineBundleError } from './npmSupply.ts'
import { makeBundle, runtimeParts } from './runtimeBundle.ts'
import type { Supply } from './sshCluster.ts'

/** Starts `heddle` with the Node beside it, unpacked at the first time. */
const LAUNCHER = `#!/bin/sh
# The heddle command of this folder, with the Node of this folder.
here=$(cd "$(dirname "$0")" && pwd)
node=$here/node/package/bin/node
if [ ! -x "$node" ]; then
  mkdir -p "$here/node.$$" && tar -xzf "$here/node.tgz" -C "$here/node.$$" && mv "$here/node.$$" "$here/node" || exit 1
fi
HEDDLE_NODE=$node exec "$node" "$here/bin/heddle.cjs" "$@"
`

/**
 * @param out a new or empty folder
 * @returns how many bytes it holds
 * @throws {OfflineBundleError} when `out` holds something already
 */
export async function writeOfflineBundle(
  platform: HostPlatform,
  out: string,
  supply: Supply,
): Promise<number> {
  mkdirSync(out, { recursive: true })
  if (readdirSync(out).length > 0)
    throw new OfflineBundleError(`${out} is not empty: name a new folder with --out`)
  const parts = await runtimeParts(packageFolder(), platform, (name, version) =>
    supply.package(name, version),
  )
  const { manifest, fileOf } = makeBundle(parts)
  let bytes = 0
  for (const { path, sha256, sizeBytes } of manifest.files) {
    const to = join(out, path)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(fileOf(sha256), to)
    bytes += sizeBytes
  }
  const node = await supply.node(platform)
  cpSync(node.file, join(out, 'node.tgz'))
  const described: OfflineBundle = { heddle: HEDDLE_VERSION, platform, nodeVersion: node.version }
  writeFileSync(join(out, 'bundle.json'), `${JSON.stringify(described, null, 2)}\n`)
  writeFileSync(join(out, 'heddle'), LAUNCHER, { mode: 0o755 })
  return bytes
}

/** @throws {OfflineBundleError} for a platform that there is no Node for */
export function platformNamed(given: string): HostPlatform {
  if (Object.hasOwn(NODE_PACKAGES, given)) return given as HostPlatform
  throw new OfflineBundleError(
    `there is no bundle for ${JSON.stringify(given)}: ${Object.keys(NODE_PACKAGES).join(', ')} are the platforms`,
  )
}
