// Node's modules in our bundles: taken as they are, since an `import` of one reads all its properties.
//
// `import … from 'node:http'` makes names of every export, and reading `http.WebSocket` for that loads undici, assert, http2 and tls:
// 60 ms of CPU in every process of a cluster. `process.getBuiltinModule` gives the module and reads nothing but what is asked for.

import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

const IMPORT = /^import (?!type\b)(?:(\w+)|\* as (\w+)|\{([^}]*)\}) from '(node:[\w/]+)'$/gm

/**
 * Writes a module's imports of Node's modules anew, line by line.
 * @example withoutImports("import { join as j, type ParsedPath } from 'node:path'")
 *   // "const { join: j } = process.getBuiltinModule('node:path')"
 */
export function withoutImports(source: string): string {
  return source.replace(IMPORT, (text, name?: string, all?: string, names?: string, from?: string) => {
    const lines = '\n'.repeat(text.split('\n').length - 1)
    const whole = name ?? all
    if (whole !== undefined) return `const ${whole} = process.getBuiltinModule('${from}')`
    const values = (names ?? '')
      .split(',')
      .map((each) => each.trim().replace(/ as /, ': '))
      .filter((each) => each !== '' && !each.startsWith('type '))
    return values.length === 0
      ? lines
      : `const { ${values.join(', ')} } = process.getBuiltinModule('${from}')${lines}`
  })
}

/** An esbuild plugin that does so in all of the project's own modules. */
export const builtinModules: Plugin = {
  name: 'builtin modules',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      path.includes('node_modules')
        ? undefined
        : { contents: withoutImports(readFileSync(path, 'utf8')), loader: 'ts' },
    )
  },
}
