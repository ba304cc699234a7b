// Runs the suite inside the extension host of a real VS Code, and takes its result over.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { format } from 'node:util'
import { buildHostSuite } from './buildHostSuite.ts'
import { openLab, root } from './kit.ts'

const SUITE_MS_MAX = 900_000

test('the suite inside the extension host', async (t) => {
  const built = join(root, 'dist-test', `host-${process.pid}`)
  mkdirSync(built, { recursive: true })
  const report = join(built, 'report.txt')
  // In a browser VS Code saves by itself a second after an edit: then there is nothing left to revert.
  const lab = await openLab({
    settings: { 'files.autoSave': 'off' },
    env: { HEDDLE_TEST_REPORT: report },
  })
  t.after(async () => {
    await lab.close()
    rmSync(built, { recursive: true, force: true })
  })
  const suite = await buildHostSuite(built)
  const { page, server, folder } = lab
  const log: string[] = []
  // The workbench calls these two when a page has them and it was asked to run an extension's tests.
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
    log.push(`[${type}] ${format(...args)}`),
  )
  const { promise: ended, resolve } = Promise.withResolvers<number | string>()
  await page.exposeFunction('codeAutomationExit', resolve)
  const timer = setTimeout(resolve, SUITE_MS_MAX, 'a time-out')
  await page.goto(
    server.url(folder, [
      ['extensionDevelopmentPath', server.uri(root)],
      ['extensionTestsPath', server.uri(suite)],
    ]),
  )
  const code = await ended
  clearTimeout(timer)
  const said = existsSync(report) ? readFileSync(report, 'utf8') : 'the suite did not start'
  const figures = log.flatMap((line) => /figure: .*/.exec(line)?.[0] ?? [])
  t.diagnostic([...figures, said].join('\n'))
  assert.equal(
    code,
    0,
    `${said}\n${code === 0 ? '' : `${log.slice(-30).join('\n')}\n${server.outputOf('Heddle')}`}`,
  )
})
