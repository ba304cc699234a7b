// Servers of files in a thread of their own: they answer also while the test's own thread waits for them.

import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'

export interface FileServers {
  /** Where a web server has the files, with a slash behind. */
  web: string
  /** The same, from a server that gives no parts and no sizes. */
  plain: string
  /** Where a server of S3 has them, in buckets. */
  endpoint: string
}

/** @param files by `bucket/key`; what is in `secret` is refused */
export async function fileServers(
  context: TestContext,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<FileServers> {
  const thread = new Worker(new URL('./fileServersThread.ts', import.meta.url), { workerData: files })
  context.after(async () => void (await thread.terminate()))
  return new Promise((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
  })
}
