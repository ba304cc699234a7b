// The loader: instruments the user's modules, and resolves imports as people write them.

import { readFileSync } from 'node:fs'
import type {
  LoadFnOutput,
  LoadHookContext,
  ModuleFormat,
  ResolveFnOutput,
  ResolveHookContext,
} from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { withoutMark } from './analysis/sourceText.ts'
import { formatOf } from './emission/fileFormat.ts'
import { type InstrumentedModule, instrumentModule } from './emission/instrumentModule.ts'
import { resolveAsNode, resolveFrom } from './emission/resolver.ts'
import { isBuiltin, isHeddle } from './emission/specifiers.ts'
import { heddleUrl } from './heddleFolder.ts'
import { liftHook } from './liftHook.ts'
import { MissingImportError } from './missingImport.ts'
import { userFileOf } from './userFile.ts'

const LEADS_NOWHERE = new Set<string | undefined>([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
])

/** Texts that stand for files, e.g. an unsaved document or a part of one: by absolute path. */
export const textOverrides = new Map<string, string>()

export function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
): ResolveFnOutput {
  if (isHeddle(specifier)) return { url: heddleUrl(specifier), shortCircuit: true }
  const parent = userFileOf(context.parentURL)
  if (parent === undefined || isBuiltin(specifier) || /^[a-z]+:|^.+#|\?/.test(specifier))
    return next(specifier, context)
  const required = !context.conditions.includes('import')
  const found = resolveFrom(parent, specifier, required)
  const asFound = (file: string): ResolveFnOutput => ({
    url: pathToFileURL(file).href,
    shortCircuit: true,
    importAttributes: context.importAttributes,
  })
  // Packages, and what package.json names with #, are Node's to resolve; what is the user's is found as TypeScript finds it.
  if (found !== undefined && isOfUser(found) && !isPackageImport(parent, specifier, required, found))
    return asFound(found)
  try {
    return next(specifier, context)
  } catch (error) {
    if (!LEADS_NOWHERE.has((error as NodeJS.ErrnoException).code)) throw error
    if (found !== undefined) return asFound(found)
    throw new MissingImportError(parent, textOf(parent), specifier)
  }
}

function isOfUser(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.endsWith('.node')
}

/** Whether a `#name` is one of `imports` in package.json: `paths` of tsconfig.json win where they match. */
function isPackageImport(parent: string, specifier: string, required: boolean, found: string): boolean {
  return specifier.startsWith('#') && resolveAsNode(parent, specifier, required) === found
}

export function load(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
): LoadFnOutput {
  const file = userFileOf(url)
  if (file === undefined) return isBareJson(url, context) ? jsonModule(url) : next(url, context)
  const source = withoutMark(textOf(file))
  const format = formatOf(file, source)
  const instrumented = instrument(file, source, format)
  // Generated code can nest deeper than any stack: Node runs it as it is, and its functions stay here.
  if (!instrumented) return next(url, context)
  const { module, code } = instrumented
  liftHook.entry ??= file
  liftHook.sources.set(module.id, source)
  liftHook.loaded.set(file, module.hash)
  return { format: module.format as ModuleFormat, source: code, shortCircuit: true }
}

function instrument(
  file: string,
  source: string,
  format: 'module' | 'commonjs',
): InstrumentedModule | undefined {
  try {
    return instrumentModule(file, source, format)
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) return undefined
    throw error
  }
}

function textOf(file: string): string {
  return textOverrides.get(file) ?? readFileSync(file, 'utf8')
}

/** TypeScript needs no attribute to import JSON; Node does. */
function isBareJson(url: string, context: LoadHookContext): boolean {
  return (
    url.startsWith('file:') &&
    url.endsWith('.json') &&
    !url.includes('/node_modules/') &&
    context.format !== 'commonjs' &&
    context.importAttributes?.type === undefined &&
    context.conditions.includes('import')
  )
}

function jsonModule(url: string): LoadFnOutput {
  const text = readFileSync(fileURLToPath(url), 'utf8')
  return { format: 'module', source: `export default ${withoutMark(text)}`, shortCircuit: true }
}
