// Colours on a terminal: only where somebody looks, and never with NO_COLOR.

export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  cyan(text: string): string
}

const PLAIN = (text: string): string => text
const coloured =
  (on: number, off: number) =>
  (text: string): string =>
    `\x1b[${on}m${text}\x1b[${off}m`

export const PLAIN_STYLE: Style = { bold: PLAIN, dim: PLAIN, red: PLAIN, green: PLAIN, cyan: PLAIN }

const COLOURS: Style = {
  bold: coloured(1, 22),
  dim: coloured(2, 22),
  red: coloured(31, 39),
  green: coloured(32, 39),
  cyan: coloured(36, 39),
}

/** The style for a stream, by the conventions of NO_COLOR and FORCE_COLOR. */
export function styleFor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): Style {
  if (environment.NO_COLOR) return PLAIN_STYLE
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return COLOURS
  return isTerminal && environment.TERM !== 'dumb' ? COLOURS : PLAIN_STYLE
}
