// Functions that use private names of the class around them: only code inside that class can make them again.

import type { AnalysedModule, SourceUnit } from '../analysis/sourceUnit.ts'
import { registrationOf, THIS_NAME } from './helperCode.ts'

/** The functions inside a class that it can make for another process, in the order of the text. */
export function innerUnits(module: AnalysedModule, of: SourceUnit): SourceUnit[] {
  return module.units.filter((unit) => classAround(unit) === of && isInner(module, unit))
}

function classAround({ parent }: SourceUnit): SourceUnit | undefined {
  let at = parent
  while (at && at.kind !== 'class' && at.kind !== 'classExpression') at = at.parent
  return at
}

/** Whether a function needs nothing of its surroundings but private names, values and `this`. */
function isInner(module: AnalysedModule, unit: SourceUnit): boolean {
  if (unit.usesPrivate === undefined || unit.calledAtOnce) return false
  if (unit.kind !== 'arrow' && unit.kind !== 'expression') return false
  if (unit.usesArguments || unit.usesSuper || unit.usesNewTarget || unit.usesEval) return false
  if (unit.values.some(({ writtenAt }) => writtenAt !== undefined)) return false
  const { dynamicImports, importMetas, requireCalls } = module
  const places = [...dynamicImports, ...importMetas, ...requireCalls.map(({ node }) => node)]
  return !places.some(({ start, end }) => start >= unit.start && end <= unit.end)
}

/**
 * A static block that tells how to make each of them: `[[number, () => { let a; const f = …; return [f, v => { [a] = v }] }]]`.
 * @param copyOf gives the text of a function as it is instrumented, with another name for its `this`
 */
export function innerCode(
  module: AnalysedModule,
  of: SourceUnit,
  copyOf: (unit: SourceUnit, renamedThis: ReadonlySet<unknown>) => string,
): string {
  const makers = innerUnits(module, of).map((unit) => {
    const renamedThis = new Set<unknown>(unit.thisNodes)
    const names = [...unit.captureNames, ...(renamedThis.size > 0 ? [THIS_NAME] : [])]
    const variables = names.length > 0 ? `let ${names.join(',')};` : ''
    // Behind a comma a function has no name, as a property it has the one that it had.
    const label = unit.name === undefined ? undefined : JSON.stringify(unit.name)
    const copy = copyOf(unit, renamedThis)
    const made = label === undefined ? `(0,${copy})` : `({${label}:${copy}})[${label}]`
    return (
      `[${unit.number},()=>{${variables}const __heddle_v=${made};${registrationOf('__heddle_v', unit, renamedThis)}` +
      `return [__heddle_v,__heddle_e=>{${names.length > 0 ? `[${names.join(',')}]=__heddle_e` : ''}}]}]`
    )
  })
  return makers.length > 0 ? `;static{globalThis.__heddle?.n?.(__heddle_m(),this,[${makers.join(',')}])}` : ''
}
