// Published datasets between programs: one publishes and ends, another uses what is held.

import '../../runtime/functions/register.ts'

await import('./datasetCases.ts')
