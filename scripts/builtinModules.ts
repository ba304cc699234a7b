// Node's modules in our bundles: taken as they are, since an `import` of one reads all its properties.
//
// `import … from 'node:http'` makes names of every export, and reading `http.WebSocket` for that loads undici, assert, http2 and tls:
// 60 ms of CPU in every process of a cluster. `process.getBuiltinModule` gives the module and reads nothing.

import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/** An esbuild plugin that turns imports of Node's modules into `process.getBuiltinModule`. */
export const builtinModules: Plugin = {
  name: 'builtin modules',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}
