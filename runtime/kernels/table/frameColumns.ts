// The cells of frames, for JavaScript: categories that travelled as codes are texts again.

import { columnsFromIpc } from './arrow.ts'
import type { Column } from './columns/column.ts'
import type { Frame } from './frame.ts'
import { requireTexts } from './lostTexts.ts'

/** The columns of each frame. Frames that carry texts for others have none themselves, and are left out. */
export function columnsOfFrames(frames: readonly Frame[]): Column[][] {
  return frames
    .filter(({ textsOf }) => textsOf === undefined)
    .map((frame) => {
      const columns = columnsFromIpc(frame.ipc)
      const { codes } = frame
      if (!codes) return columns
      requireTexts(codes, frames)
      const files = codes.texts
        ? [codes.texts]
        : frames.filter(({ textsOf }) => textsOf === codes.numbering).map(({ ipc }) => ipc)
      const texts = new Map<unknown, string>()
      for (const file of files) {
        if (file.length === 0) continue
        const [numbers, own] = columnsFromIpc(file)
        numbers.cells.forEach((code, i) => {
          texts.set(code, own.cells[i] as string)
        })
      }
      return columns.map((column) =>
        codes.columns.includes(column.name)
          ? {
              name: column.name,
              type: 'category' as const,
              cells: column.cells.map((code) => (code === null ? null : (texts.get(code) as string))),
            }
          : column,
      )
    })
}
