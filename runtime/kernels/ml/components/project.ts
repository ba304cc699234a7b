// Rows seen along directions, and back.

import { kernel } from '../../kernel.ts'
import { type Block, denseBlock, denseOf, requireColumns, requireFinite } from '../block.ts'

/** Directions, row by row; what is taken off rows first, and what is divided by afterwards. */
export interface Projection {
  who: string
  /** Features of the rows. */
  columns: number
  components: Float64Array
  mean: Float64Array | null
  scale: Float64Array | null
}

/** Each row's coordinates along the components. */
export const projectBlock = kernel('ml.project', (projection: Projection, block: Block): Block => {
  const { who, columns, components, mean, scale } = projection
  requireColumns(block, columns, who)
  requireFinite(block, who)
  const count = components.length / columns
  const made = denseBlock(block.rows, count)
  if (block.kind === 'sparse' && !mean) {
    for (let row = 0; row < block.rows; row++)
      for (let k = 0; k < count; k++) {
        let sum = 0
        for (let at = block.starts[row]; at < block.starts[row + 1]; at++)
          sum += block.data[at] * components[k * columns + block.places[at]]
        made.data[row * count + k] = sum / (scale ? scale[k] : 1)
      }
    return made
  }
  const { rows, data } = denseOf(block, who)
  const centred = new Float64Array(columns)
  for (let row = 0, from = 0; row < rows; row++, from += columns) {
    for (let i = 0; i < columns; i++) centred[i] = data[from + i] - (mean ? mean[i] : 0)
    for (let k = 0, at = 0; k < count; k++) {
      let sum = 0
      for (let i = 0; i < columns; i++) sum += centred[i] * components[at++]
      made.data[row * count + k] = sum / (scale ? scale[k] : 1)
    }
  }
  return made
})

/** Rows again from their coordinates. */
export const unprojectBlock = kernel('ml.unproject', (projection: Projection, block: Block): Block => {
  const { who, columns, components, mean, scale } = projection
  const count = components.length / columns
  requireColumns(block, count, `the components of ${who}`)
  const { rows, data } = denseOf(block, who)
  const made = denseBlock(rows, columns)
  for (let row = 0; row < rows; row++) {
    const at = row * columns
    if (mean) made.data.set(mean, at)
    for (let k = 0; k < count; k++) {
      const own = data[row * count + k] * (scale ? scale[k] : 1)
      for (let i = 0; i < columns; i++) made.data[at + i] += own * components[k * columns + i]
    }
  }
  return made
})
