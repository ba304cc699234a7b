// Pictures of what is drawn, as PNG files: on the ground that their colours are made for, each below its title.

import type { Palette } from './palette.ts'

export interface Picture {
  /** In a line above; nothing is above where it is absent. */
  title?: string
  canvas: HTMLCanvasElement
}

const TITLE_HEIGHT = 22
const MARGIN = 8

/** One picture below the other. @returns the bytes of a PNG file */
export async function pngOf(pictures: readonly Picture[], { colour, font }: Palette): Promise<Uint8Array> {
  const scale = devicePixelRatio || 1
  const above = ({ title }: Picture): number => (title === undefined ? 0 : TITLE_HEIGHT * scale)
  const width = Math.max(1, ...pictures.map(({ canvas }) => canvas.width))
  const height = pictures.reduce((sum, picture) => sum + above(picture) + picture.canvas.height, 0)
  const copy = new OffscreenCanvas(width, Math.max(1, height))
  const context = copy.getContext('2d')!
  context.fillStyle = colour.surface
  context.fillRect(0, 0, copy.width, copy.height)
  context.font = `600 ${12 * scale}px ${font}`
  context.textBaseline = 'middle'
  let y = 0
  for (const picture of pictures) {
    context.fillStyle = colour.text
    if (picture.title !== undefined)
      context.fillText(picture.title, MARGIN * scale, y + above(picture) / 2, width - 2 * MARGIN * scale)
    y += above(picture)
    context.drawImage(picture.canvas, 0, y)
    y += picture.canvas.height
  }
  const blob = await copy.convertToBlob({ type: 'image/png' })
  return new Uint8Array(await blob.arrayBuffer())
}
