// Where this package is, in its bundles and in its sources.

import path from 'node:path'
import { pathToFileURL } from 'node:url'

const fromSources = import.meta.filename.endsWith('.ts')

/** The package's own folder, with a separator at its end: nothing in it is the user's. */
export const heddleFolder: string = (() => {
  const here = import.meta.dirname
  const dist = path.basename(here) === 'chunks' ? path.dirname(here) : here
  return path.dirname(dist) + path.sep
})()

/** What `import 'heddle'` means here: this very copy, never another one that may be installed beside it. */
export function heddleUrl(specifier: string): string {
  const entry = specifier === 'heddle' ? 'index' : specifier.slice('heddle/'.length)
  const source = entry === 'register' ? 'host/registerMain.ts' : `${entry}.ts`
  return pathToFileURL(path.join(heddleFolder, fromSources ? source : `dist/${entry}.js`)).href
}
