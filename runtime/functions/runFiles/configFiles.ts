// The package.json and tsconfig.json files that say how modules are read and resolved, with those that they extend.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { PackageFolders } from './packageFolders.ts'

const NAMES = ['package.json', 'tsconfig.json']

/** Those of every folder above the modules. @param packages hears of packages that a configuration extends */
export function configFiles(modules: Iterable<string>, packages: PackageFolders): Set<string> {
  const found = new Set<string>()
  const folders = new Set<string>()
  for (const file of modules)
    for (let folder = path.dirname(file); !folders.has(folder); folder = path.dirname(folder)) {
      folders.add(folder)
      for (const name of NAMES) if (existsSync(path.join(folder, name))) found.add(path.join(folder, name))
    }
  // What is found joins those that are looked at.
  for (const file of found)
    if (!file.endsWith('package.json'))
      for (const extended of extendsOf(file))
        if (/^\.{0,2}\//.test(extended)) found.add(extendedFile(path.resolve(path.dirname(file), extended)))
        else packages.addFolder(file, extended)
  return found
}

const extendedFile = (file: string): string => (file.endsWith('.json') ? file : `${file}.json`)

/** Read without a parser: such a file may have comments. */
function extendsOf(file: string): string[] {
  try {
    const [, one, several] =
      /"extends"\s*:\s*(?:"([^"]+)"|\[([^\]]*)\])/.exec(readFileSync(file, 'utf8')) ?? []
    if (one !== undefined) return [one]
    return [...(several ?? '').matchAll(/"([^"]+)"/g)].map(([, each]) => each)
  } catch {
    return []
  }
}
