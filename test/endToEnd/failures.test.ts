// Everything that can go wrong with workers, each against real processes: the cases are a user's program, loaded as one.

import '../../runtime/functions/register.ts'

await import('./failureCases.ts')
