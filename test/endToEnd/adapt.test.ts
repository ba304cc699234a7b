// Workers of this machine follow the load, with real processes: the cases are a user's program, loaded as one.

import '../../runtime/functions/register.ts'

await import('./adaptCases.ts')
