// Cuts text to the width that there is on a canvas.

/** The text, or as much of it as fits with an ellipsis. */
export function cutText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text
  let [fits, over] = [0, text.length]
  while (over - fits > 1) {
    const middle = (fits + over) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle
    else over = middle
  }
  return `${text.slice(0, fits)}…`
}
