// Functions that cannot be separated from the code around them, and what to do instead.

import { lineColumn } from '../analysis/sourceText.ts'
import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { CannotTravelError } from '../cannotTravel.ts'
import type { ModuleGraph } from './moduleGraph.ts'

/** How messages call a function: its name and place, or its place alone. */
export function unitLabel(graph: ModuleGraph, module: AnalysedModule, unit: SourceUnit): string {
  const place = graph.placeText(module, unit.start)
  return unit.name !== undefined && unit.name !== 'default'
    ? `\`${unit.name}\` (${place})`
    : `the function at ${place}`
}

/** @throws {CannotTravelError} when the function needs something of its surroundings that is no value */
export function refuseUnit(graph: ModuleGraph, module: AnalysedModule, unit: SourceUnit): void {
  const refuse = (problem: string, remedy: string, path?: string): never => {
    throw new CannotTravelError(`${unitLabel(graph, module, unit)} ${problem}. ${remedy}`, {
      path,
      remedy,
      place: { file: module.file, ...lineColumn(module.source, unit.start) },
    })
  }
  if (unit.usesArguments)
    refuse(
      'uses `arguments` of the function around it, which cannot be sent to a worker',
      'Use a rest parameter instead.',
      'arguments',
    )
  if (unit.usesNewTarget)
    refuse(
      'uses `new.target` of the function around it, which cannot be sent to a worker',
      'Put it in a variable first.',
    )
  if (unit.usesPrivate !== undefined)
    refuse(
      `uses #${unit.usesPrivate}, a private name of the class around it, so it cannot be separated from the class`,
      'Call a method of the object instead: x => obj.method(x).',
      `#${unit.usesPrivate}`,
    )
  if (unit.usesSuper)
    refuse('uses `super`, which needs its object', 'Send a plain function instead.', 'super')
  if (unit.usesEval)
    refuse(
      'calls eval directly, which could name any variable around it',
      'Use (0, eval)(…), which sees global names alone, or write the code out.',
      'eval',
    )
  if (module.hasWith)
    refuse(
      'stands in a file that uses `with`, where no name has one meaning',
      'Write the object in front of its members.',
    )
}

/** @throws {CannotTravelError} when the function assigns a variable that it captures */
export function refuseAssignments(graph: ModuleGraph, module: AnalysedModule, unit: SourceUnit): void {
  for (const { binding, writtenAt } of unit.values) {
    if (writtenAt === undefined) continue
    const remedy = 'Return the new value instead, or keep per-worker state with perWorker().'
    throw new CannotTravelError(
      `${unitLabel(graph, module, unit)} assigns the captured variable \`${binding.name}\` (${graph.placeText(module, writtenAt)}). ` +
        `A worker has its own copy, so the assignment would be lost here. ${remedy}`,
      { path: binding.name, remedy, place: { file: module.file, ...lineColumn(module.source, writtenAt) } },
    )
  }
}
