// A reporter of Node's test runner: the file of each test that failed, once, a line each.

import { relative } from 'node:path'

interface TestEvent {
  type: string
  data: { file?: string }
}

export default async function* failedFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const told = new Set<string>()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.file === undefined || told.has(data.file)) continue
    told.add(data.file)
    yield `${relative(process.cwd(), data.file)}\n`
  }
}
