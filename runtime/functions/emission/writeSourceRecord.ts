// Makes the source record of a user's file.

import path from 'node:path'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import type { SourceRecord } from '../sourceRecord.ts'
import { type ModuleGraph, resolutionKey } from './moduleGraph.ts'
import { moduleName } from './workerModules.ts'

export function sourceRecordName(module: AnalysedModule): string {
  return moduleName(path.basename(module.file).replace(/\.\w+$/, ''), 'source', module.hash, 'json')
}

export function sourceRecordOf(graph: ModuleGraph, module: AnalysedModule): SourceRecord {
  const resolutions: SourceRecord['resolutions'] = {}
  const note = (specifier: string, required: boolean): void => {
    try {
      resolutions[resolutionKey(specifier, required)] = graph.resolve(module, specifier, required)
    } catch (error) {
      // A missing package is reported when a function that needs it is sent.
      if (!(error instanceof CannotTravelError)) throw error
    }
  }
  for (const specifier of graph.specifiers(module)) note(specifier, false)
  for (const { specifier } of module.requireCalls) note(specifier, true)
  const dynamic = graph.dynamic(module).map(({ specifiers }) => specifiers ?? null)
  for (const specifiers of dynamic) for (const specifier of specifiers ?? []) note(specifier, false)
  for (const { source, required } of module.imports) if (required) note(source, true)
  const { file, hash, source, format } = module
  const cycleRoot = graph.cycles.root(file)
  const { root, entry } = graph
  const choices = graph.choices(module)
  return { file, hash, source, format, choices, root, entry, resolutions, dynamic, cycleRoot }
}
