// Makes the source record of a user's file.

import path from 'node:path'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import type { SourceRecord } from '../sourceRecord.ts'
import type { ModuleGraph } from './moduleGraph.ts'
import { moduleName } from './workerModules.ts'

export function sourceRecordName(module: AnalysedModule): string {
  return moduleName(path.basename(module.file).replace(/\.\w+$/, ''), 'source', module.hash, 'json')
}

export function sourceRecordOf(graph: ModuleGraph, module: AnalysedModule): SourceRecord {
  const resolutions: SourceRecord['resolutions'] = {}
  const dynamic = module.dynamicImports.map(({ source }) =>
    source.type === 'Literal' ? source.value : undefined,
  )
  for (const specifier of [...graph.specifiers(module), ...dynamic]) {
    if (typeof specifier !== 'string') continue
    try {
      resolutions[specifier] = graph.resolve(module, specifier)
    } catch (error) {
      // A missing package is reported when a function that needs it is sent.
      if (!(error instanceof CannotTravelError)) throw error
    }
  }
  const { file, hash, source, format } = module
  const { root, entry } = graph
  return { file, hash, source, format, choices: graph.choices(module), root, entry, resolutions }
}
