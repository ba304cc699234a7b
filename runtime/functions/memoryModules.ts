// Worker modules that are loaded from memory: by the sender, for functions that come back, and by lanes that lift.
//
// They bear paths in a folder that does not exist, so that `import` and `require` both reach them and nothing is written.

import { createRequire, type ResolveFnOutput, type ResolveHookContext, registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isHeddle, isPackageSpecifier } from './emission/specifiers.ts'
import { heddleUrl } from './heddleFolder.ts'
import { liftHook } from './liftHook.ts'
import type { Carried } from './packages/carried.ts'

const FOLDER = path.resolve('/heddle-modules-in-memory')
const FOLDER_URL = `${pathToFileURL(FOLDER).href}/`

/** Gives the text of a module by name, or the path of a file that holds it. */
export type ModuleSource = (name: string) => { text: string } | { file: string } | undefined

const sources = new Set<ModuleSource>()
let installed = false
let carried: Carried | undefined

/** Looks for packages and files of the sender's among those that came, from now on, in this thread. */
export function useCarried(found: Carried): void {
  carried = found
  liftHook.movedFile = (file) => found.movedFile(file)
}

/** Serves modules from `source` from now on, in this thread. */
export function serveModules(source: ModuleSource): void {
  sources.add(source)
  if (installed) return
  installed = true
  registerHooks({
    resolve(specifier, context, next) {
      if (isHeddle(specifier)) return { url: heddleUrl(specifier), shortCircuit: true }
      const name = nameIn(specifier, context.parentURL)
      const url = name === undefined ? undefined : urlOf(name)
      if (url) return { url, shortCircuit: true, importAttributes: context.importAttributes }
      if (!carried) return next(specifier, context)
      return resolveCarried(carried, specifier, context, next)
    },
    load(url, context, next) {
      if (!url.startsWith(FOLDER_URL)) return next(url, context)
      const found = find(url.slice(FOLDER_URL.length))
      if (!found || 'file' in found) return next(url, context)
      const format = url.endsWith('.json') ? 'json' : url.endsWith('.cjs') ? 'commonjs' : 'module'
      return { format, source: found.text, shortCircuit: true }
    },
  })
}

function resolveCarried(
  from: Carried,
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
): ResolveFnOutput {
  const moved = from.moved(specifier)
  if (moved !== undefined) return next(moved, context)
  try {
    return next(specifier, context)
  } catch (error) {
    // Not found, or not to be looked for: the user's folder may be closed to this worker.
    if (!isPackageSpecifier(specifier)) throw error
    const importer = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : ''
    const parent = from.homeOfUnnamed(specifier, importer) ?? from.homeOf(specifier)
    if (parent === undefined) throw error
    if (context.conditions.includes('import'))
      return next(specifier, { ...context, parentURL: pathToFileURL(parent).href })
    return { url: pathToFileURL(createRequire(parent).resolve(specifier)).href, shortCircuit: true }
  }
}

/** Loads a served module at once; its top level must not wait. */
export function requireModule(name: string): Record<string, unknown> {
  const found = find(name)
  if (!found) throw new Error(`the worker module ${name} is not here`)
  return createRequire(import.meta.url)('file' in found ? found.file : path.join(FOLDER, name))
}

/** Loads a served module; its top level may wait. */
export function importModule(name: string): Promise<Record<string, unknown>> {
  const url = urlOf(name)
  if (!url) throw new Error(`the worker module ${name} is not here`)
  return import(url)
}

function nameIn(specifier: string, parent: string | undefined): string | undefined {
  if (specifier.startsWith(FOLDER) || specifier.startsWith(FOLDER_URL)) return path.basename(specifier)
  return parent?.startsWith(FOLDER_URL) && specifier.startsWith('./') ? specifier.slice(2) : undefined
}

function urlOf(name: string): string | undefined {
  const found = find(name)
  if (!found) return undefined
  return 'file' in found ? pathToFileURL(found.file).href : `${FOLDER_URL}${name}`
}

function find(name: string): { text: string } | { file: string } | undefined {
  for (const source of sources) {
    const found = source(name)
    if (found) return found
  }
  return undefined
}
