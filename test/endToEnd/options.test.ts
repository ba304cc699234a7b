// Options of calls and of blocks against real processes: the cases are a user's program, loaded as one.

import '../../runtime/functions/register.ts'

await import('./optionCases.ts')
