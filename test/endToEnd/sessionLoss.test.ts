// Clients of one cluster: how they find it, what they share, and what is lost when workers or the scheduler go.

import '../../runtime/functions/register.ts'

await import('./sessionLossCases.ts')
