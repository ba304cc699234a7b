// Every call of the client's API against real processes. The cases are a user's program: loaded with heddle's loader,
// so that their functions can be sent.

import '../../runtime/functions/register.ts'

await import('./sessionCases.ts')
