// How the runtime is bundled: for the build, and for the test of what its programs load.

import type { BuildOptions } from 'esbuild'
import { builtinModules } from './builtinModules.ts'

export const RUNTIME_BUNDLE = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  plugins: [builtinModules],
  // Every process and thread reads and hashes what it loads: without spaces that is a quarter less. Lines stay short, since
  // Node prints the one that throws. No maps: names are as they were, and threads would read maps at every start.
  minifyWhitespace: true,
  lineLimit: 120,
  metafile: true as const,
} satisfies BuildOptions
