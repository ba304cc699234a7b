// Shuffles on real clusters: the cases are a user's program, loaded as one.

import '../../runtime/functions/register.ts'

await import('./shuffleCases.ts')
