// V8's compile cache of our own programs, in the user's cache folder: a warm start then parses nothing.

import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Switches the cache on for what is imported from now on, and for every Node program started from here. While coverage is
 * measured it stays off: that of functions from a cache is less exact.
 */
export function useCompileCache(): void {
  if (process.env.NODE_V8_COVERAGE) return
  const given = process.env.NODE_COMPILE_CACHE
  const folder = given ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heddle', 'compile')
  try {
    if (given === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
    enableCompileCache(folder)
    process.env.NODE_COMPILE_CACHE = folder
  } catch {
    // A home that cannot be written to costs some milliseconds, nothing else.
  }
}
