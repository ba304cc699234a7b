// Drawings as PNG: SVG text rendered by resvg, with a font of this machine.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where systems keep fonts that everybody can read, the plainest first. */
const FONTS = [
  '/usr/share/fonts/truetype/{dejavu/DejaVuSans,liberation*/LiberationSans-Regular,noto/NotoSans-Regular}.ttf',
  '/usr/share/fonts/**/{DejaVuSans,LiberationSans-Regular,NotoSans-Regular,Arial}.ttf',
  '/System/Library/Fonts/{Supplemental/Arial,Geneva}.ttf',
  'C:/Windows/Fonts/{segoeui,arial}.ttf',
  join(homedir(), '.fonts/*.ttf'),
  join(homedir(), '.local/share/fonts/**/*.ttf'),
  '/usr/share/fonts/**/*.ttf',
]

/** A drawing cannot be written as PNG here. */
export class PngError extends Error {
  override name = 'PngError'
}

/** How many pixels stand for one of the drawing, and how large a picture becomes at most. */
const SCALE = 2
const MAX_SIDE = 16_000

type Resvg = typeof import('@resvg/resvg-wasm')
let library: Promise<Resvg> | undefined

/**
 * Renders SVG text, two pixels for each of its own, fewer where the picture would be wider than 16,000.
 * @throws {PngError} when no font is found, without which boxes would be empty
 */
export async function pngOf(svg: string, fonts: readonly string[] = FONTS): Promise<Uint8Array> {
  const font = fontFile(fonts)
  library ??= loaded()
  const { Resvg } = await library
  const size = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg)
  const side = Math.max(1, Number(size?.[1]), Number(size?.[2]))
  const image = new Resvg(svg, {
    background: 'white',
    fitTo: { mode: 'zoom', value: Math.min(SCALE, MAX_SIDE / side) },
    font: { fontBuffers: [new Uint8Array(readFileSync(font))], defaultFontFamily: 'sans-serif' },
  })
  try {
    return image.render().asPng()
  } finally {
    image.free()
  }
}

async function loaded(): Promise<Resvg> {
  const require = createRequire(import.meta.url)
  const resvg = await import('@resvg/resvg-wasm')
  await resvg.initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')))
  return resvg
}

function fontFile(patterns: readonly string[]): string {
  for (const pattern of patterns) {
    const [found] = globSync(pattern).sort()
    if (found && existsSync(found)) return found
  }
  throw new PngError(
    'a PNG needs a font for its texts, and none was found here: install one (on Debian: apt-get install fonts-dejavu-core), or write .svg',
  )
}
