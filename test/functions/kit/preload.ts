// Preloaded into the programs: the loader, with the kit's client in the place of the package.
//
// The client is imported before the loader is there, so that it counts as a package and not as the user's code.

import { registerHooks } from 'node:module'
import './client.ts'
import '../../../runtime/functions/register.ts'

const clientUrl = new URL('./client.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'heddle' ? { url: clientUrl, shortCircuit: true } : next(specifier, context),
})
