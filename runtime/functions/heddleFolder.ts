// Where this package is, in its bundles and in its sources.

import path from 'node:path'
import { pathToFileURL } from 'node:url'

const fromSources = import.meta.filename.endsWith('.ts')

/** `runtime/dist` when bundled, `runtime` when running from sources; both without what the user wrote. */
export const heddleFolder: string = (() => {
  const here = import.meta.dirname
  if (fromSources) return `${path.dirname(here)}${path.sep}`
  return `${path.basename(here) === 'chunks' ? path.dirname(here) : here}${path.sep}`
})()

/** What `import 'heddle'` means here: this very copy, never another one that may be installed beside it. */
export function heddleUrl(specifier: string): string {
  const entry = specifier === 'heddle' ? 'index' : specifier.slice('heddle/'.length)
  const file = !fromSources ? `${entry}.js` : entry === 'register' ? 'functions/register.ts' : `${entry}.ts`
  return pathToFileURL(path.join(heddleFolder, file)).href
}
