// Marks in the gutter, the longer the hotter.

import * as vscode from 'vscode'
import { HEAT_LEVELS } from './lineWork.ts'

/** From cool to hot, on light and on dark ground alike. */
const COLOURS = ['#7fb3e6', '#e6c34a', '#e69b3c', '#e0702f', '#d13c2f']
/** Of what was so before the code changed. */
const PAST_COLOUR = '#8a8a8a'

/** One decoration a level, the coolest first; of the `past` all are grey, and leave the overview alone. */
export function heatTypes(past = false): vscode.TextEditorDecorationType[] {
  return COLOURS.map((hot, level) => {
    const colour = past ? PAST_COLOUR : hot
    return vscode.window.createTextEditorDecorationType({
      gutterIconPath: vscode.Uri.parse(
        `data:image/svg+xml;utf8,${encodeURIComponent(mark(colour, level + 1))}`,
      ),
      gutterIconSize: 'contain',
      overviewRulerColor: level >= 2 && !past ? colour : undefined,
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    })
  })
}

/** A bar at the gutter's edge. */
function mark(colour: string, level: number): string {
  const height = 4 + (12 * level) / HEAT_LEVELS
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="11" y="${(16 - height) / 2}" width="4" height="${height}" rx="2" fill="${colour}"/></svg>`
}
