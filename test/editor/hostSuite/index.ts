// VS Code loads this inside the extension host and calls run(): the suite's results go to a file, since the host's console does not come out alone.

import { appendFileSync } from 'node:fs'
import { format } from 'node:util'
import Mocha from 'mocha'
import { defineSuite } from './suite.ts'

const TEST_MS_MAX = 300_000

export function run(): Promise<void> {
  const report = process.env.HEDDLE_TEST_REPORT
  if (report)
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) => appendFileSync(report, `${format(...args)}\n`)
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: false, timeout: TEST_MS_MAX })
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha)
  defineSuite()
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures ? reject(new Error(`${failures} failed`)) : resolve()))
  })
}
