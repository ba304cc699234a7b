// Large arguments against real processes: the cases are a user's program, loaded as one.

import '../../runtime/functions/register.ts'

await import('./largeArgumentCases.ts')
