// A task's console: what it prints goes as a log message to whoever watches, and to the worker's output.

import { format } from 'node:util'

const LEVELS = { log: 'info', info: 'info', debug: 'debug', warn: 'warning', error: 'error' } as const

/** Puts `report` behind the global console's printing methods, in this thread alone; `quiet`: in their place. */
export function watchConsole(report: (level: string, text: string) => void, quiet: boolean): void {
  for (const method of Object.keys(LEVELS) as (keyof typeof LEVELS)[]) {
    const print = console[method].bind(console)
    console[method] = (...args: unknown[]): void => {
      if (!quiet) print(...args)
      report(LEVELS[method], format(...args))
    }
  }
}
