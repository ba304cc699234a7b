// From a VS Code without any network but ssh to a real Slurm: connect, run, scale, a job that is killed, a link that drops, an editor
// that is closed in a run; right answers, and nothing is left.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SlurmAway } from './slurmAwayLab.ts'
import { lineText } from './workbench.ts'

describe('Slurm from a VS Code that has no network but ssh', { concurrency: false }, () => {
  let away: SlurmAway

  before(async () => {
    away = await SlurmAway.open({
      profile: { walltime: '30' },
      computations: ['killed', 'dropped', 'closed'],
    })
  })
  after(() => away?.close())

  test('it connects', () => away.connect())

  test('scaled up, it has two jobs', async () => {
    await away.answer('Heddle: Scale Jobs…', 'Scale: how much', '2')
    await away.statusBar(/loom: 2 workers/).waitFor()
  })

  test('a job is killed in a run: the answer is right', async () => {
    await away.run('killed')
    await away.statusBar(/loom: 2 workers · 2\/2 busy/).waitFor()
    const [last] = (await away.slurm.jobs()).map((line) => Number.parseInt(line, 10)).sort((a, b) => b - a)
    await away.slurm.command('scancel', String(last))
    await away.statusBar(/loom: (1 worker |2 workers )/).waitFor()
    away.give('killed')
    assert.match(await lineText(away.lab.page, /^= /), /^= 12 · /)
  })

  test('the link drops in a run: it comes back, and so does the answer', async () => {
    await away.run('dropped')
    await away.statusBar(/[1-9]\/\d busy/).waitFor()
    away.dropLink()
    away.give('dropped')
    assert.match(await lineText(away.lab.page, /^= 20/), /^= 20 · /)
  })

  test('the editor is closed in a run: opened again, it has the answer', async () => {
    await away.run('closed')
    await away.statusBar(/[1-9]\/\d busy/).waitFor()
    await away.lab.page.goto('about:blank')
    away.give('closed')
    await away.lab.open('gated.ts')
    await away.statusBar(/loom: \d worker/).waitFor()
    assert.match(await lineText(away.lab.page, /^= 30/), /^= 30 · /)
  })

  test('ended, it leaves no job, process or file', () => away.end())
})
