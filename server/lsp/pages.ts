// The page of each diagnostic: a heading of docs/diagnostics.md, which is packed beside the server.

import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Pages } from './diagnostics.ts'

/** Addresses into a file of pages; VS Code takes the line to go to from the end of an address. */
export function pagesIn(file: string): Pages {
  const lines = new Map<string, number>()
  try {
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, i) => {
        const heading = /^## ([a-z-]+)/.exec(line)
        if (heading) lines.set(heading[1], i + 1)
      })
  } catch {
    // Without the file a diagnostic has no link.
  }
  return (code) => {
    const line = lines.get(code)
    return line === undefined ? undefined : `${pathToFileURL(file).href}#L${line}`
  }
}
