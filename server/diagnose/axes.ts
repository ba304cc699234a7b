// Axes that an array does not have.

import type { ArrayOrigin, Extent } from '../knowledge/arrayExtent.ts'
import type { AxisUse } from '../knowledge/axisUses.ts'
import type { Finding } from './finding.ts'

/** @param extentOf what is known of an array; nothing while it is not */
export function axisFindings(
  uses: readonly AxisUse[],
  extentOf: (origin: ArrayOrigin) => Extent | undefined,
): Finding[] {
  return uses.flatMap(({ axis, start, end, origin, method }): Finding[] => {
    const extent = extentOf(origin)
    if (!extent || !Number.isInteger(axis)) return []
    const rank = extent.shape.length
    if (axis >= -rank && axis < rank) return []
    const shape = extent.shape.join(' × ')
    return [
      {
        code: 'unknown-axis',
        severity: 'warning',
        start,
        end,
        message:
          rank === 0
            ? `This array has no axis any more: ${method}(${axis}) fails.`
            : `This array of ${shape} has no axis ${axis}: it has ${axesText(extent)}.`,
      },
    ]
  })
}

/** @example axesText({ shape: [2, 3], dtype: 'int8', dimensions: ['time', 'lat'] }) // '0 (time), 1 (lat)' */
export const axesText = ({ shape, dimensions }: Extent): string =>
  shape.map((_, axis) => `${axis}${dimensions?.[axis] ? ` (${dimensions[axis]})` : ''}`).join(', ')
