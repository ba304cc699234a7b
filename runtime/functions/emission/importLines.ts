// Writes the import statements of a worker module.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Binding, ImportRecord } from '../analysis/scope.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import { textHash } from '../textHash.ts'
import { entranceOf, isOfOwnCycle } from './entrance.ts'
import { importNotes } from './helperCode.ts'
import { isForeignSpecifier } from './specifiers.ts'
import { moduleName, type WorkerModules } from './workerModules.ts'

/** A name of another module, and what it is called in this one. */
export interface ImportedName {
  imported: string
  local: string
}

/** Imports some names of what a specifier leads to; the modules that this needs are added to `needs`. */
export function importLine(
  modules: WorkerModules,
  module: AnalysedModule,
  record: Pick<ImportRecord, 'source' | 'required'>,
  names: readonly ImportedName[],
  needs: Set<string>,
): string {
  const resolution = modules.graph.resolve(module, record.source, record.required)
  if (isOfOwnCycle(modules, module, record)) {
    const own = `./${entranceOf(modules, module.file, needs)}`
    return `import ${JSON.stringify(own)};const {${names.map(({ local }) => local)}}=globalThis.__heddle.q(${JSON.stringify(module.id)});`
  }
  if (resolution.kind === 'commonjs') {
    if (resolution.file === modules.graph.entry) refuseEntry(modules, module, record.source)
    const name = `./${entranceOf(modules, resolution.file, needs)}`
    return record.required ? requireStatement('import.meta.url', name, names) : importStatement(name, names)
  }
  if (resolution.kind === 'user') {
    if (resolution.file === modules.graph.entry) return importsOfEntry(modules, module, names, needs)
    const url = `./${modules.reference(resolution.file, needs)}`
    const root = modules.graph.cycles.root(resolution.file)
    const first = root && root !== resolution.file ? `import "./${modules.reference(root, needs)}";` : ''
    return first + importStatement(url, names)
  }
  if (resolution.kind === 'file' && resolution.path.endsWith('.json') && !record.required)
    return importStatement(`./${jsonModule(modules, resolution.path, needs)}`, names)
  modules.notePackage(resolution, needs)
  if (resolution.kind === 'file') modules.noteFile(resolution.path, needs)
  const url =
    resolution.kind === 'heddle'
      ? resolution.specifier
      : resolution.kind === 'file'
        ? pathToFileURL(resolution.path).href
        : resolution.url
  if (!record.required) return importStatement(url, names)
  const from = JSON.stringify(pathToFileURL(module.file).href)
  return requireStatement(from, url.startsWith('file:') ? fileURLToPath(url) : url, names)
}

function importStatement(url: string, names: readonly ImportedName[]): string {
  const from = JSON.stringify(url)
  const attributes = url.endsWith('.json') ? " with {type:'json'}" : ''
  if (names.length === 0) return `import ${from}${attributes};`
  const whole = names.filter((name) => name.imported === '*')
  const parts = names
    .filter((name) => name.imported !== '*')
    .map(({ imported, local }) => (imported === local ? local : `${quoted(imported)} as ${local}`))
  return (
    whole.map(({ local }) => `import * as ${local} from ${from}${attributes};`).join('') +
    (parts.length > 0 ? `import {${parts.join(',')}} from ${from}${attributes};` : '')
  )
}

/** Export names may be any text. */
function quoted(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name)
}

/** What CommonJS code requires is required on the worker too: it may not be an ES module. */
function requireStatement(from: string, target: string, names: readonly ImportedName[]): string {
  const call = `process.getBuiltinModule('node:module').createRequire(${from})(${JSON.stringify(target)})`
  return names
    .map(({ imported, local }) =>
      imported === '*' ? `const ${local}=${call};` : `const {${quoted(imported)}:${local}}=${call};`,
    )
    .join('')
}

export function jsonModule(modules: WorkerModules, file: string, needs: Set<string>): string {
  const content = readFileSync(file, 'utf8')
  const name = moduleName(path.basename(file, '.json'), 'data', textHash(content), 'json')
  modules.write(name, content, new Set())
  needs.add(name)
  return name
}

/** @throws {CannotTravelError} always: what requires the main script cannot do so on a worker */
export function refuseEntry(modules: WorkerModules, module: AnalysedModule, specifier: string): never {
  const { graph } = modules
  throw new CannotTravelError(
    `${graph.relative(module.file)} requires "${specifier}", the program's main script. Requiring it on a worker would run the whole script again. Move what is needed to its own module.`,
    { path: specifier, remedy: 'Move what is needed to its own module.' },
  )
}

/** The program's main script never runs on a worker: only its closed declarations can be had from it. */
function importsOfEntry(
  modules: WorkerModules,
  module: AnalysedModule,
  names: readonly ImportedName[],
  needs: Set<string>,
): string {
  const { graph } = modules
  const entry = graph.module(graph.entry!)
  return names
    .map(({ imported, local }) => {
      const binding = [...entry.scope.bindings.values()].find((one) => one.exportedAs === imported)
      if (!binding || !entry.closed.has(binding))
        throw new CannotTravelError(
          `${graph.relative(module.file)} imports \`${imported}\` from the program's main script ${graph.relative(entry.file)}. ` +
            `Importing it on a worker would run the whole script again. Move \`${imported}\` to its own module.`,
          { path: imported, remedy: `Move \`${imported}\` to its own module.` },
        )
      const name = modules.group(entry, binding)
      needs.add(name)
      return `import {${binding.name} as ${local}} from "./${name}";`
    })
    .join('')
}

/** Imports bindings of a module, and notes which of them are packages'. */
export function importsOf(
  modules: WorkerModules,
  module: AnalysedModule,
  bindings: Iterable<Binding>,
  needs: Set<string>,
): { lines: string; notes: string } {
  const byRecord = new Map<ImportRecord, ImportedName[]>()
  const packages: { source: string; imported: string; local: string }[] = []
  for (const { name, record, imported } of bindings) {
    if (!record || imported === undefined) continue
    const names = byRecord.get(record) ?? []
    byRecord.set(record, names)
    names.push({ imported, local: name })
    if (isForeignSpecifier(record.source)) packages.push({ source: record.source, imported, local: name })
  }
  let lines = ''
  for (const [record, names] of byRecord) lines += importLine(modules, module, record, names, needs)
  return { lines, notes: importNotes(packages) }
}

/** `import 'x'` of packages: they set something up that any function of the module may need. */
export function sideEffectImports(
  modules: WorkerModules,
  module: AnalysedModule,
  needs: Set<string>,
): string {
  return module.imports
    .filter((record) => record.sideEffectOnly && !/^[./]/.test(record.source))
    .map((record) => importLine(modules, module, record, [], needs))
    .join('')
}
