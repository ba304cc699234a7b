// Which version of a package a file belongs to.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const versions = new Map<string, string>()

/** The version in the package.json above a file of a package. */
export function packageVersion(file: string): string {
  const folder = path.dirname(file)
  const known = versions.get(folder)
  if (known !== undefined) return known
  const config = path.join(folder, 'package.json')
  let version = ''
  if (existsSync(config)) {
    try {
      version = (JSON.parse(readFileSync(config, 'utf8')) as { version?: string }).version ?? ''
    } catch {
      version = '' // A package.json without a readable version: the one above it counts.
    }
  }
  const parent = path.dirname(folder)
  if (version === '' && path.basename(folder) !== 'node_modules' && parent !== folder)
    version = packageVersion(path.join(parent, 'x'))
  versions.set(folder, version)
  return version
}
