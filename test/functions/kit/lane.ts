// A worker thread of the kit: what a lane of the product does with a task, and nothing else.

import { registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { readArguments } from '../../../runtime/functions/argumentList.ts'
import { CallableLoader } from '../../../runtime/functions/callableLoader.ts'
import { failureOf } from '../../../runtime/functions/failureOf.ts'
import { encodeValue, modulesOfValue } from '../../../runtime/functions/valueCodec.ts'
import { Client, kernels, type TaskMessage } from './client.ts'

process.setSourceMapsEnabled(true)
const loader = new CallableLoader({ moduleFolder: workerData, kernels })
const clientUrl = new URL('./client.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'heddle' ? { url: clientUrl, shortCircuit: true } : next(specifier, context),
})

async function run({ id, callable, modules, args }: TaskMessage): Promise<void> {
  try {
    if (!Client.onLane && modules.length > 0) {
      const { Lifter } = await import('../../../runtime/functions/lifter.ts')
      Client.onLane = Client.forLane(new Lifter({ root: process.cwd(), kernels }))
    }
    await loader.loadModules(modules)
    const fn = await loader.load(callable)
    await loader.loadModules(modulesOfValue(args))
    let result = await fn(...readArguments(args, loader.decodeOptions()))
    if (isStream(result)) {
      const items: unknown[] = []
      for await (const item of result) items.push(item)
      result = items
    }
    parentPort!.postMessage({ id, value: encodeValue(result, { rootName: 'result', kernels }) })
  } catch (error) {
    parentPort!.postMessage({ id, failure: failureOf(error, { key: `task-${id}`, worker: 'lane' }) })
  }
}

function isStream(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Iterator<unknown>).next === 'function' &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}

parentPort!.on('message', (message: TaskMessage) => {
  if ('id' in message) void run(message)
})
