// The dashboard of a real cluster: signed in by the printed address, every page shows what the cluster did.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, openWatched } from './kit/browser.ts'
import { coloursOf } from './kit/pixels.ts'

const register = join(import.meta.dirname, '..', '..', 'runtime', 'dist', 'register.js')

describe('the dashboard of a real cluster', () => {
  let browser: Browser
  let program: ChildProcess
  let dashboardUrl: string

  before(async () => {
    browser = await launchBrowser()
    program = spawn(
      process.execPath,
      ['--import', register, join(import.meta.dirname, 'programs', 'busy.ts')],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const lines: string[] = []
    for await (const line of createInterface(program.stdout!)) {
      lines.push(line)
      if (line.startsWith('sum')) break
    }
    assert.equal(lines.at(-1), 'sum 14', `the program said: ${lines.join(' / ')}`)
    dashboardUrl = lines[0]
  })

  after(async () => {
    await browser?.close()
    if (program?.exitCode === null) {
      const ended = once(program, 'exit')
      program.stdin!.end()
      await ended
    }
    assert.equal(program?.exitCode, 0)
  })

  test('without the sign-in there is no page, and the answer says where it is', async () => {
    const response = await fetch(new URL('/', dashboardUrl))
    assert.equal(response.status, 401)
    assert.match(await response.text(), /open the whole address that heddle printed/)
  })

  test('every page shows the cluster, without a complaint of the browser', async () => {
    const { page, complaints, foreign, close } = await openWatched(browser, dashboardUrl)
    const go = (path: string) => page.goto(new URL(path, dashboardUrl).href)
    await page
      .getByText(/^(50\d) of \1$/)
      .first()
      .waitFor()
    assert.equal(new URL(page.url()).search, '', 'the sign-in is gone from the address')
    await go('/workers')
    const workers = page.locator('.workers tbody').first().locator('tr')
    await workers.nth(1).waitFor()
    assert.equal(await workers.count(), 2)
    await page
      .getByRole('img', { name: /^Memory [\d.]+ MB of / })
      .first()
      .waitFor()
    await go('/task-graph')
    await page.locator('.group-list').getByText('total').waitFor()
    assert.ok((await coloursOf(page, '.graph-canvas canvas')) > 10, 'its cards are drawn')
    await go('/gpu')
    await page
      .getByText(/^No GPU on |GPU 0$/)
      .first()
      .waitFor()
    await go('/results')
    await page.getByText('No results yet').waitFor()
    await go('/task-stream')
    await page.getByText('Nothing has run since this was opened').waitFor()
    program.stdin!.write('again\n')
    await page.getByRole('button', { name: /^cube/ }).waitFor()
    assert.ok((await coloursOf(page, '.stream-rows canvas')) > 3, 'its runs are drawn')
    assert.deepEqual([...complaints, ...foreign], [])
    await close()
  })
})
