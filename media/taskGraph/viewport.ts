// Which part of the scene is seen, and how large: plain numbers, moved by pointer, wheel and keys.

/** A scene point p stands at `p * scale + (x, y)` on the canvas. */
export interface Viewport {
  scale: number
  x: number
  y: number
}

export const SCALE_MIN = 0.01
export const SCALE_MAX = 4

interface Size {
  width: number
  height: number
}

/** All of the scene in the middle of the canvas, never larger than it is. */
export function fittedViewport(scene: Size, canvas: Size, margin = 20): Viewport {
  const scale = Math.max(
    SCALE_MIN,
    Math.min(
      1,
      (canvas.width - 2 * margin) / Math.max(1, scene.width),
      (canvas.height - 2 * margin) / Math.max(1, scene.height),
    ),
  )
  return {
    scale,
    x: (canvas.width - scene.width * scale) / 2,
    y: (canvas.height - scene.height * scale) / 2,
  }
}

/** One box in the middle of the canvas, with some of what is around it. */
export function viewportOn(
  box: { x: number; y: number; width: number; height: number },
  canvas: Size,
  margin = 70,
): Viewport {
  const { scale, x, y } = fittedViewport(box, canvas, margin)
  return { scale, x: x - box.x * scale, y: y - box.y * scale }
}

/** Zooms so that the canvas point (atX, atY) keeps showing the same place. */
export function zoomedViewport(viewport: Viewport, factor: number, atX: number, atY: number): Viewport {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, viewport.scale * factor))
  const ratio = scale / viewport.scale
  return { scale, x: atX - (atX - viewport.x) * ratio, y: atY - (atY - viewport.y) * ratio }
}

/** The canvas point as a point of the scene. */
export function toScene(viewport: Viewport, x: number, y: number): { x: number; y: number } {
  return { x: (x - viewport.x) / viewport.scale, y: (y - viewport.y) / viewport.scale }
}

/** Moves as little as brings a box into view. */
export function broughtIntoView(
  viewport: Viewport,
  box: { x: number; y: number; width: number; height: number },
  canvas: Size,
  margin = 16,
): Viewport {
  const shift = (start: number, length: number, room: number): number => {
    if (start < margin) return margin - start
    if (start + length > room - margin) return Math.max(margin - start, room - margin - start - length)
    return 0
  }
  const { scale, x, y } = viewport
  return {
    scale,
    x: x + shift(box.x * scale + x, box.width * scale, canvas.width),
    y: y + shift(box.y * scale + y, box.height * scale, canvas.height),
  }
}
