// How this checkout runs npm, with its type: it is JavaScript, for the Nodes that run no TypeScript.

import { createRequire } from 'node:module'

export const { runNpm } = createRequire(import.meta.url)('../../scripts/npm.cjs') as {
  /** Returns undefined, or what npm printed when it failed. */
  runNpm(
    args: string[],
    folder: string,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
  ): string | undefined
}
