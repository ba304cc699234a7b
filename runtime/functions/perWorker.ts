// Values made once in each worker thread that uses them, and set-up that each worker thread runs before its first task.

import { type AnyFunction, liftHook, PER_WORKER } from './liftHook.ts'

const made = new Map<string, () => unknown>()
let count = 0

/**
 * A value made once in each worker thread that uses it: a database handle, a compiled model. Call the result to get it;
 * when `make` is async, the call gives its promise.
 * @example const db = perWorker(() => new Database('flights.db')); client.map((id) => db().get(id), ids)
 */
export function perWorker<T>(make: () => T): () => T {
  requireFunction('perWorker', make)
  const id = `${process.pid}-${performance.timeOrigin}-${count++}`
  return perWorkerOf(id, make) as () => T
}

function requireFunction(call: string, given: unknown): void {
  if (typeof given !== 'function')
    throw new TypeError(
      `${call} needs a function, e.g. ${call}(() => …), not ${given === null ? 'null' : typeof given}`,
    )
}

/** The function that gives the value of this thread under an id. */
export function perWorkerOf(id: string, make: () => unknown): () => unknown {
  const known = made.get(id)
  if (known) return known
  let done = false
  let value: unknown
  const get = (): unknown => {
    if (!done) {
      value = make()
      done = true
    }
    return value
  }
  liftHook.f(get, () => [PER_WORKER, id, make])
  made.set(id, get)
  return get
}

/**
 * Has `setUp` run once in each worker thread before its first task that is sent from now on.
 * It is lifted like a task, so it may capture values. In a worker it runs at once.
 * @example onWorker(() => dayjs.extend(utc))
 */
export function onWorker(setUp: () => unknown): void {
  requireFunction('onWorker', setUp)
  if (liftHook.worker) void runSetup(setUp)
  else liftHook.setups.push(setUp)
}

const ran = new Map<string, Promise<unknown>>()

/** Runs a set-up function unless this thread has; the promise ends when it has. */
export function runSetup(setUp: AnyFunction): Promise<unknown> {
  const [module, unit] = liftHook.capturesOf(setUp)?.() ?? ['', String(setUp)]
  const id = `${String(module)}#${unit}`
  let running = ran.get(id)
  if (!running) {
    running = Promise.resolve(setUp())
    ran.set(id, running)
  }
  return running
}
