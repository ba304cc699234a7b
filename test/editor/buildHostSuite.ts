// Bundles the suite that runs inside the extension host.

import { join } from 'node:path'
import { build } from 'esbuild'

/** @returns the path of the bundle in `folder`, which has to be below the checkout: mocha is found from there */
export async function buildHostSuite(folder: string): Promise<string> {
  const outfile = join(folder, 'index.cjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'hostSuite', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  })
  return outfile
}
