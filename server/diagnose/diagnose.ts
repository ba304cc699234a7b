// All that is to be said of a text before it runs.

import { Subject } from '../knowledge/subject.ts'
import { argumentMutationFindings } from './argumentMutations.ts'
import { missingAwaitFindings, sequenceFindings } from './awaits.ts'
import { captureFindings } from './captures.ts'
import { loopFindings } from './computesInLoops.ts'
import type { Finding } from './finding.ts'
import { setIndexFindings } from './frames.ts'
import { largeFindings } from './largeCaptures.ts'
import { lazyValueFindings } from './lazyValues.ts'
import { thisFindings } from './thisChanges.ts'

const RULES: readonly ((subject: Subject) => Finding[])[] = [
  captureFindings,
  largeFindings,
  thisFindings,
  argumentMutationFindings,
  loopFindings,
  missingAwaitFindings,
  sequenceFindings,
  lazyValueFindings,
  setIndexFindings,
]

/** The findings of a text, in its order; nothing when it does not parse now. */
export function diagnose(file: string, text: string): Finding[] | undefined {
  const subject = Subject.of(file, text)
  return subject && findingsOf(subject)
}

export function findingsOf(subject: Subject): Finding[] {
  const seen = new Set<string>()
  return RULES.flatMap((rule) => rule(subject))
    .filter(({ code, start, end }) => {
      // A function that is handed over twice is looked at twice.
      const id = `${code} ${start} ${end}`
      if (seen.has(id)) return false
      seen.add(id)
      return true
    })
    .sort((a, b) => a.start - b.start || a.end - b.end)
}
