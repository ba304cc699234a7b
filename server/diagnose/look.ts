// A look at a text for everything that is to be said of it: first what it says itself, then what its files do.

import { type ArrayOrigin, extentOf } from '../knowledge/arrayExtent.ts'
import { axisUses } from '../knowledge/axisUses.ts'
import { columnUses, sourceId, sourcesOf } from '../knowledge/columnUses.ts'
import type { Source } from '../knowledge/sources.ts'
import type { Subject } from '../knowledge/subject.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { axisFindings } from './axes.ts'
import { columnFindings } from './columns.ts'
import { findingsAfterSteps, type ShapesOf, usesToAsk } from './columnsAfterSteps.ts'
import { findingsOf } from './diagnose.ts'
import type { Finding } from './finding.ts'
import { readCaptures, readFindings } from './largeCaptures.ts'

/** Files as a program names them. */
export type Files = Pick<Source, 'paths' | 'format'>

export interface Look {
  findings: Finding[]
  /**
   * What is found once it is known what the files have.
   * @param shapesOf what the package says of frames that files do not tell of
   */
  ofFiles(factsOf: (files: Files) => Promise<FileFacts | undefined>, shapesOf?: ShapesOf): Promise<Finding[]>
}

export function lookAt(subject: Subject): Look {
  const findings = findingsOf(subject)
  const [uses, axes, reads] = [columnUses(subject), axisUses(subject), readCaptures(subject)]
  const arrays = axes.flatMap(({ origin: { from } }) => ('shape' in from ? [] : [from]))
  const files: Files[] = [...sourcesOf(uses), ...arrays, ...reads.map(({ source }) => source)]
  return {
    findings,
    ofFiles: async (factsOf, shapesOf) => {
      const known = new Map<string, FileFacts | undefined>()
      for (const each of files) known.set(sourceId(each), await factsOf(each))
      const factsNow = (each: Files): FileFacts | undefined => known.get(sourceId(each))
      const extent = (origin: ArrayOrigin): ReturnType<typeof extentOf> =>
        extentOf(origin, 'shape' in origin.from ? undefined : factsNow(origin.from))
      return [
        ...columnFindings(uses, factsNow),
        ...readFindings(reads, (each) => factsNow(each)?.bytes),
        ...axisFindings(axes, extent),
        ...(shapesOf ? await findingsAfterSteps(usesToAsk(subject, uses, factsNow), shapesOf) : []),
      ]
    },
  }
}
