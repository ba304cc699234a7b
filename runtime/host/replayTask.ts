// Makes a task that failed ready to be run again in this process, as its thread had it.

import { readArguments } from '../functions/argumentList.ts'
import { CallableLoader } from '../functions/callableLoader.ts'
import { decodeValue, modulesOfValue } from '../functions/valueCodec.ts'
import '../kernels/all.ts'
import { kernelNames } from '../kernels/kernel.ts'
import { provideFitter } from '../kernels/ml/fitTask.ts'
import { InputsGoneError, readFailedTask } from './failedTask.ts'
import { laneCarried } from './laneCarried.ts'
import { becomeTaskThread, type TaskContext } from './taskContext.ts'

/** A task with its inputs: `given` is decoded anew for each call, since functions may change what they are given. */
export interface ReplayedTask {
  worker: string
  call(): unknown
}

/** @throws {InputsGoneError} */
export async function loadTask(file: string): Promise<ReplayedTask> {
  const task = readFailedTask(file)
  provideFitter(async () => (await import('../ml/worker.ts')).fitter)
  const loader = new CallableLoader({
    moduleFolder: task.moduleFolder,
    kernels: kernelNames,
    carried: laneCarried({
      moduleFolder: task.moduleFolder,
      sharedFiles: task.sharedFiles,
      arrivals: new SharedArrayBuffer(4),
      port: {
        postMessage() {
          throw new InputsGoneError('a package or file that the task uses is not on this machine')
        },
      },
    }),
    freeze: task.freeze,
  })
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const context: TaskContext = { task: 0, worker: task.worker, thread: 0, log: say, progress: say }
  becomeTaskThread({
    worker: task.worker,
    current: () => context,
    scheduler: { control: '', token: '' },
    waits: () => () => {},
  })
  await loader.loadModules(task.modules)
  const callable = await loader.load(task.callable)
  for (const bytes of [task.args, ...task.dependencies.map((each) => each.bytes)]) {
    const names = modulesOfValue(bytes)
    if (names.length > 0) await loader.loadModules(names)
  }
  const options = loader.argumentOptions(callable)
  const reference = (n: number): unknown => decodeValue(task.dependencies[n], options)
  return {
    worker: task.worker,
    call: () => callable(...readArguments(task.args, { ...options, reference })),
  }
}
