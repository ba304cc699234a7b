// Turns the picture's rectangles into pixels. At ten thousand runs a second a canvas call a run would cost more than
// everything else together; writing pixels costs what the area costs.

import type { Picture } from './picture.ts'
import type { Rows } from './rows.ts'

/** Pixels of the device, row by row, each as one little-endian RGBA number; 0 is transparent. */
export interface Raster {
  width: number
  height: number
  pixels: Uint32Array
}

/** Room for a picture; the one that was used before, when it has the right size. */
export function rasterOf(width: number, height: number, before?: Raster): Raster {
  if (before && before.width === width && before.height === height) {
    before.pixels.fill(0)
    return before
  }
  return { width, height, pixels: new Uint32Array(width * height) }
}

/**
 * Paints every rectangle of the picture: into the first line of its row, which is then copied down the row.
 * @param scale device pixels per CSS pixel
 * @param colourOf the pixel value of a picture's colour
 */
export function paint(
  raster: Raster,
  picture: Picture,
  rows: Rows,
  scale: number,
  colourOf: (colour: number) => number,
): void {
  const { pixels, width: across, height: down } = raster
  const lines = rows.list.map(({ y }) => Math.round(y * scale) * across)
  for (let i = 0; i < picture.length; i++) {
    const value = colourOf(picture.colour[i])
    const left = picture.x[i] * scale
    const wide = picture.width[i] * scale
    const first = Math.max(0, Math.round(left))
    // Neighbours stay apart by a pixel while they are wide enough to spare one.
    const end = Math.min(across, Math.max(first + 1, Math.round(left + wide) - (wide > 7 ? 1 : 0)))
    const line = lines[picture.row[i]]
    for (let at = line + first; at < line + end; at++) pixels[at] = value
  }
  rows.list.forEach(({ y, height }, row) => {
    const bottom = Math.min(down, Math.round((y + height) * scale)) * across
    for (let at = lines[row] + across; at < bottom; at += across)
      pixels.copyWithin(at, lines[row], lines[row] + across)
  })
}
