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
  // No maps: what is built reads well, and threads would read them at every start.
  metafile: true as const,
} satisfies BuildOptions
