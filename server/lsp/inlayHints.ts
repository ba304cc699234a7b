// Behind the names of variables that hold collections: what they are; behind numbers of axes: what these are called.

import type { Node } from 'oxc-parser'
import { KIND_NAMES } from '../knowledge/api.ts'
import { extentOf } from '../knowledge/arrayExtent.ts'
import { axisUses } from '../knowledge/axisUses.ts'
import { originOf } from '../knowledge/origin.ts'
import type { Source } from '../knowledge/sources.ts'
import type { Subject } from '../knowledge/subject.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'

export interface Hint {
  offset: number
  text: string
}

/** Hints of the variables declared in a stretch of the text. */
export async function inlayHints(
  subject: Subject,
  stretch: { start: number; end: number },
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
): Promise<Hint[]> {
  const hints: Hint[] = []
  for (const declarator of subject.all('VariableDeclarator')) {
    const { id, init } = declarator
    if (id.type !== 'Identifier' || id.typeAnnotation || !init) continue
    if (id.end < stretch.start || id.end > stretch.end) continue
    const origin = originOf(subject, init as Node)
    if (!origin) continue
    const { kind, partitions, isRegrouped, source } = origin
    const facts = source && (await factsOf(source))
    const extent = origin.array ? extentOf(origin.array, facts) : facts?.array
    const more = extent
      ? ` ${[extent.shape.join('×'), extent.dtype].filter(Boolean).join(' ')}`
      : partitions !== undefined && !isRegrouped && kind !== 'delayed'
        ? ` of ${partitions} partitions`
        : facts && facts.files > 1
          ? ` of ${facts.files} files`
          : ''
    hints.push({ offset: id.end, text: `: ${KIND_NAMES[kind]}${more}` })
  }
  for (const { axis, end, origin } of axisUses(subject)) {
    if (end < stretch.start || end > stretch.end) continue
    const extent = extentOf(origin, 'shape' in origin.from ? undefined : await factsOf(origin.from))
    const name = extent?.dimensions?.at(axis)
    if (name) hints.push({ offset: end, text: ` ${name}` })
  }
  return hints.sort((a, b) => a.offset - b.offset)
}
