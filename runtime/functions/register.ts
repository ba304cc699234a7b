// Registers the hooks that make functions of user programs known, wherever their files are loaded.

import { registerHooks, setSourceMapsSupport } from 'node:module'
import './liftHook.ts'
import { load, resolve } from './loaderHooks.ts'

registerHooks({ resolve, load })
// Stacks name the user's lines; packages' own maps are not worth the time they take.
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false })
