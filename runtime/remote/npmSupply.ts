// What hosts lack and this machine does not have: fetched from npm's registry, or out of a folder that `heddle bundle` made.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HostPlatform, NODE_PACKAGES } from '../protocol/nodePackages.ts'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import { fetchPackage, fetchTarball, type NpmOptions } from './npmPackage.ts'
import type { Supply } from './sshCluster.ts'

/** @example progressText('fetching Node 24.21.0', 13e6, 52.5e6) // 'fetching Node 24.21.0: 13 of 53 MB' */
export function progressText(what: string, doneBytes: number, totalBytes: number): string {
  return `${what}: ${Math.round(doneBytes / 1e6)} of ${Math.round(totalBytes / 1e6)} MB`
}

export function supplyFromNpm(notice: (text: string) => void, options: NpmOptions = {}): Supply {
  return {
    async node(platform) {
      const { name, version } = NODE_PACKAGES[platform]
      notice(`fetching Node ${version} for ${platform} from npm's registry`)
      return { file: await fetchTarball(name, version, options), version }
    },
    package(name, version) {
      notice(`fetching ${name} ${version} from npm's registry`)
      return fetchPackage(name, version, options)
    },
  }
}

/** What stands in `bundle.json` of such a folder. */
export interface OfflineBundle {
  heddle: string
  platform: HostPlatform
  nodeVersion: string
}

/** A folder that was to be a bundle is none, or is one for something else. */
export class OfflineBundleError extends Error {
  override name = 'OfflineBundleError'
}

/** @throws {OfflineBundleError} when `folder` is no bundle, or of another version */
export function supplyFromFolder(folder: string): Supply {
  const described = join(folder, 'bundle.json')
  if (!existsSync(described))
    throw new OfflineBundleError(
      `${folder} is no bundle of heddle: make one with \`heddle bundle --platform linux-x64 --out DIR\``,
    )
  const { heddle, platform, nodeVersion } = JSON.parse(readFileSync(described, 'utf8')) as OfflineBundle
  if (heddle !== HEDDLE_VERSION)
    throw new OfflineBundleError(
      `${folder} is a bundle of heddle ${heddle}, and this is ${HEDDLE_VERSION}: make it again`,
    )
  const requirePlatform = (wanted: string): void => {
    if (wanted !== platform)
      throw new OfflineBundleError(
        `${folder} is a bundle for ${platform}, and ${wanted} is needed: make one with --platform ${wanted}`,
      )
  }
  return {
    async node(wanted) {
      requirePlatform(wanted)
      return { file: join(folder, 'node.tgz'), version: nodeVersion }
    },
    async package(name) {
      const found = join(folder, 'node_modules', name)
      if (!existsSync(found)) throw new OfflineBundleError(`${folder} holds no ${name}: make it again`)
      return found
    },
  }
}
