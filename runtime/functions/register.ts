// The entry `heddle/register`: `node --import heddle/register program.ts` runs a program whose functions can be sent.

import { registerHooks, setSourceMapsSupport } from 'node:module'
import './liftHook.ts'
import { load, resolve } from './loaderHooks.ts'

registerHooks({ resolve, load })
// Stacks name the user's lines; packages' own maps are not worth the time they take.
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false })
