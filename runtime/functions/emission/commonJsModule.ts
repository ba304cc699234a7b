// A user's CommonJS module as workers load it: whole, with what it requires led to where that is on a worker.

import { fileURLToPath } from 'node:url'
import MagicString from 'magic-string'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { entranceOf, isOfOwnCycle } from './entrance.ts'
import { finishModule } from './finishModule.ts'
import { evaluatedCode, headOffset, helperCode, importNotes, keptCode, liveCode } from './helperCode.ts'
import { rewriteImportEquals } from './importEquals.ts'
import { jsonModule, refuseEntry } from './importLines.ts'
import { instrument } from './instrument.ts'
import { rewritePlaces } from './places.ts'
import { isForeignSpecifier } from './specifiers.ts'
import type { WorkerModules } from './workerModules.ts'

export function writeCommonJsModule(modules: WorkerModules, module: AnalysedModule, name: string): void {
  const needs = new Set<string>()
  const text = new MagicString(module.source)
  const everything = (): boolean => true
  const top = instrument({ module, text, includes: everything })
  rewritePlaces(modules, module, text, everything, needs)
  for (const { argument, specifier } of module.requireCalls) {
    const target = JSON.stringify(requiredOnWorker(modules, module, specifier, needs))
    text.overwrite(argument.start, argument.end, target)
  }
  rewriteImportEquals(
    module,
    text,
    ({ source }) => `require(${JSON.stringify(requiredOnWorker(modules, module, source, needs))})`,
  )
  const packages = module.imports.flatMap((record) =>
    isForeignSpecifier(record.source)
      ? record.names.map(({ imported, local }) => ({ source: record.source, imported, local }))
      : [],
  )
  const notes = importNotes(packages) + requiredNote(modules, module) + modules.unitNotes(module, everything)
  text.appendLeft(
    headOffset(module),
    `;${helperCode(module)}${top}${liveCode(module)}${keptCode(module)}${notes}`,
  )
  text.append(evaluatedCode(module))
  modules.write(name, finishModule({ module, text, choices: modules.graph.choices(module) }), needs)
}

/** Tells what the module got from others of its cycle. */
function requiredNote(modules: WorkerModules, module: AnalysedModule): string {
  const names = module.imports
    .filter((record) => isOfOwnCycle(modules, module, record))
    .flatMap((record) => record.names.map(({ local }) => local))
  return names.length > 0 ? `globalThis.__heddle?.r(__heddle_m(),()=>({${names.join(',')}}));` : ''
}

function requiredOnWorker(
  modules: WorkerModules,
  module: AnalysedModule,
  specifier: string,
  needs: Set<string>,
): string {
  const { graph } = modules
  const resolution = graph.resolve(module, specifier, true)
  switch (resolution.kind) {
    case 'user':
    case 'commonjs':
      if (resolution.file === graph.entry) refuseEntry(modules, module, specifier)
      return `./${
        graph.cycles.together(module.file, resolution.file)
          ? modules.reference(resolution.file, needs)
          : entranceOf(modules, resolution.file, needs)
      }`
    case 'file':
      if (resolution.path.endsWith('.json')) return `./${jsonModule(modules, resolution.path, needs)}`
      modules.noteFile(resolution.path, needs)
      return resolution.path
    case 'package':
      modules.notePackage(resolution, needs)
      return fileURLToPath(resolution.url)
    case 'builtin':
      return resolution.url
    case 'heddle':
      return resolution.specifier
  }
}
