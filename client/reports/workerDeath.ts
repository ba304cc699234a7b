// Why a worker died, in sentences: its own reason, and what it was doing when it was last seen. Pure.

import type { GoneWorker } from '../cluster/clusterModel.ts'
import { bytesText, plural } from '../cluster/quantity.ts'

/** A process that was over this part of its limit when it was last seen most likely died of it. */
const NEARLY_FULL = 0.85

export function workerDeath(worker: GoneWorker): string[] {
  const { info, reason, rssBytes, managedBytes, threads, heldTasks } = worker
  const lines = [`# Why did ${info.name} die?`, '', `The cluster says: ${reason}.`, '']
  const limit = info.memoryLimitBytes
  if (rssBytes > 0)
    lines.push(
      `When it was last seen its process held ${bytesText(rssBytes)} of ${bytesText(limit)}, ${bytesText(managedBytes)} of that in ${plural(heldTasks, 'result')}.`,
    )
  if (threads.length > 0)
    lines.push(`It ran ${threads.map(({ thread, group }) => `${group} on thread ${thread}`).join(', ')}.`)
  lines.push('')
  if (limit > 0 && rssBytes / limit > NEARLY_FULL)
    lines.push(
      'Its memory was nearly full, so the system most likely ended it. Use smaller partitions, fewer threads a worker, or a higher `heddle.local.memoryLimit`.',
    )
  else if (/SIGKILL/.test(reason))
    lines.push(
      'SIGKILL comes from outside: from the system when its memory runs out (`dmesg` says so), from a job manager at its limit, or from a person.',
    )
  else if (/SIG(SEGV|ABRT|BUS|ILL)/.test(reason))
    lines.push('It crashed inside native code: of a package that a task uses, or of Node itself.')
  lines.push(
    'Tasks that ran there run again on other workers; results that it alone held are computed again.',
  )
  return lines
}
