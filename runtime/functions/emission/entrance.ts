// The worker module by which a member of a cycle of imports is had from outside of the cycle.

import path from 'node:path'
import type { ImportRecord } from '../analysis/scope.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { textHash } from '../textHash.ts'
import { moduleName, type WorkerModules } from './workerModules.ts'

/** Whether a CommonJS module requires another one of its cycle: what it got may have been replaced by now. */
export function isOfOwnCycle(
  { graph }: WorkerModules,
  module: AnalysedModule,
  { source, required }: Pick<ImportRecord, 'source' | 'required'>,
): boolean {
  if (!required || module.format !== 'commonjs' || module.file === graph.entry) return false
  const resolution = graph.resolve(module, source, true)
  return resolution.kind === 'commonjs' && graph.cycles.together(module.file, resolution.file)
}

/**
 * The module of a whole user file; where that is in a cycle, one that enters the cycle where this process did, and then gives
 * what the file exports.
 * @param exported the name that is wanted of an ES module
 */
export function entranceOf(
  modules: WorkerModules,
  file: string,
  needs: Set<string>,
  exported?: string,
): string {
  const root = modules.graph.cycles.root(file)
  if (root === undefined || root === file) return modules.reference(file, needs)
  const inside = new Set<string>()
  const first = modules.reference(root, inside)
  const member = modules.reference(file, inside)
  const isCommonJs = member.endsWith('.cjs')
  const code = isCommonJs
    ? `require("./${first}");module.exports=require("./${member}");`
    : `import "./${first}";export ${exported === 'default' ? '{default}' : '*'} from "./${member}";`
  const base = path.basename(file).replace(/\.\w+$/, '')
  const name = moduleName(base, 'entrance', textHash(code), isCommonJs ? 'cjs' : 'mjs')
  modules.write(name, code, inside)
  needs.add(name)
  return name
}
