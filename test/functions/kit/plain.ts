// Preloaded into programs that run without the loader: the kit's client in the place of the package, and nothing else.

import { registerHooks } from 'node:module'
import './client.ts'

const clientUrl = new URL('./client.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'heddle' ? { url: clientUrl, shortCircuit: true } : next(specifier, context),
})
