// The theme's colours as a canvas can use them, read again whenever the theme changes.

import { useEffect, useState } from 'preact/hooks'

/** Names of the colours in `tokens.css` that canvases draw with. */
const NAMES = [
  'surface',
  'raised',
  'text',
  'muted',
  'line',
  'faint',
  'track',
  'accent',
  'focus',
  'hover',
  'selected',
  'managed',
  'unmanaged',
  'spilled',
  'transfer',
  'state-waiting',
  'state-ready',
  'state-running',
  'state-stored',
  'state-erred',
  'state-released',
] as const
export type ColourName = (typeof NAMES)[number]

export const GROUP_COLOURS = 10

export interface Palette {
  colour: Readonly<Record<ColourName, string>>
  /** By `TASK_STATES`. */
  states: readonly string[]
  groups: readonly string[]
  /** The same as single pixels, for what is painted pixel by pixel. */
  groupPixels: Uint32Array
  erredPixel: number
  transferPixel: number
  font: string
  mono: string
}

/** The colours as they are now; the component is drawn again when the theme changes. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette)
  useEffect(() => {
    const reread = (): void => setPalette(readPalette())
    // VS Code changes the variables on <html> and the classes on <body>; the HTTP page follows the system.
    const observer = new MutationObserver(reread)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] })
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-vscode-theme-kind'],
    })
    const queries = [
      '(prefers-color-scheme: dark)',
      '(prefers-contrast: more)',
      '(forced-colors: active)',
    ].map((query) => matchMedia(query))
    for (const query of queries) query.addEventListener('change', reread)
    return () => {
      observer.disconnect()
      for (const query of queries) query.removeEventListener('change', reread)
    }
  }, [])
  return palette
}

function readPalette(): Palette {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`
    return style.color
  }
  const colour = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<ColourName, string>
  const groups = Array.from({ length: GROUP_COLOURS }, (_, index) => read(`group-${index}`))
  probe.remove()
  const root = getComputedStyle(document.documentElement)
  const states = (['waiting', 'ready', 'running', 'stored', 'erred', 'released'] as const).map(
    (state) => colour[`state-${state}`],
  )
  return {
    colour,
    states,
    groups,
    groupPixels: pixelsOf(groups),
    erredPixel: pixelsOf([colour['state-erred']])[0],
    transferPixel: pixelsOf([colour.transfer])[0],
    font: root.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    mono: root.getPropertyValue('--vscode-editor-font-family').trim() || 'monospace',
  }
}

/** Colours as a canvas lays them down in memory. */
function pixelsOf(colours: readonly string[]): Uint32Array {
  const context = new OffscreenCanvas(colours.length, 1).getContext('2d', { willReadFrequently: true })!
  colours.forEach((colour, x) => {
    context.fillStyle = colour
    context.fillRect(x, 0, 1, 1)
  })
  return new Uint32Array(context.getImageData(0, 0, colours.length, 1).data.buffer)
}
