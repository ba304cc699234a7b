// Which files are the user's own code.

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { heddleFolder } from './heddleFolder.ts'

/** The path of a user's own module: JavaScript or TypeScript, not a package's, not ours. */
export function userFileOf(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined
  const bare = url.replace(/[?#].*$/, '')
  if (!/\.([cm]?[jt]s|[jt]sx)$/.test(bare) || bare.endsWith('.d.ts') || bare.includes('/node_modules/'))
    return undefined
  const file = fileURLToPath(bare)
  return file.startsWith(heddleFolder) || isInMemory(file) ? undefined : file
}

function isInMemory(file: string): boolean {
  return path.basename(path.dirname(file)) === 'heddle-modules-in-memory'
}
