// Starts a supervisor whose configuration it was given, says its process id, and waits to be killed.

import { entryPath } from '../../../runtime/host/entries.ts'
import { spawnWithLifeline } from '../../../runtime/host/lifeline.ts'

const child = spawnWithLifeline(process.execPath, [entryPath('supervisor')], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
console.log(child.pid)
setInterval(() => {}, 1000)
