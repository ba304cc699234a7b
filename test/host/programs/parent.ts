// Starts a supervisor whose configuration it was given, says its process id, and waits to be killed.

import { join } from 'node:path'
import { spawnWithLifeline } from '../../../runtime/host/lifeline.ts'

const child = spawnWithLifeline(process.execPath, [join(import.meta.dirname, 'supervised.ts')], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
console.log(child.pid)
setInterval(() => {}, 1000)
