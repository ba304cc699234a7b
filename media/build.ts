// Bundles the panels for the browser: one small module a panel, what they share in common chunks, two style sheets.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { PANELS } from './panels.ts'

const media = import.meta.dirname

export interface BuiltMedia {
  /** File names below the output folder. */
  files: string[]
  bytes: number
}

/**
 * Writes `<panel>.js`, the chunks they import, `panel.css` (always), `theme.css` (the HTTP page: VS Code brings its own
 * colours) and `page.js` (the HTML template, for whoever serves the pages) into `outFolder`, which it empties first.
 * @throws {Error} esbuild's own, naming file and line, when a source cannot be built
 */
export async function buildMedia(outFolder: string): Promise<BuiltMedia> {
  await rm(outFolder, { recursive: true, force: true })
  const shared = {
    bundle: true,
    minify: true,
    outdir: outFolder,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  } as const
  const results = await Promise.all([
    build({
      ...shared,
      entryPoints: Object.fromEntries(PANELS.map((panel) => [panel, join(media, panel, 'main.tsx')])),
      format: 'esm',
      splitting: true,
      chunkNames: 'chunk-[hash]',
      platform: 'browser',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      define: { 'process.env.NODE_ENV': '"production"' },
      // msgpackr's usual build tries `new Function` to see whether it may: a violation of the page's policy.
      alias: { 'msgpackr/pack': 'msgpackr/index-no-eval' },
    }),
    build({ ...shared, entryPoints: [join(media, 'page.ts')], format: 'esm', platform: 'neutral' }),
    build({
      ...shared,
      entryPoints: { panel: join(media, 'style', 'panel.css'), theme: join(media, 'style', 'theme.css') },
    }),
  ])
  const outputs = results.flatMap((result) => Object.entries(result.metafile.outputs))
  return {
    files: outputs.map(([file]) => file.slice(file.lastIndexOf('/') + 1)).sort(),
    bytes: outputs.reduce((sum, [, output]) => sum + output.bytes, 0),
  }
}
