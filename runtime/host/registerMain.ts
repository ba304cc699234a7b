// The entry `heddle/register`: `node --import heddle/register program.ts` runs a program whose functions can be sent.

import '../functions/register.ts'
import { useCompileCache } from './compileCache.ts'

// For the program, and for the collections that it imports.
useCompileCache()
