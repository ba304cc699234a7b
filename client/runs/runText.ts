// What stands on the line beside a run's code: progress while it goes, then its result or why there is none.

import type { Display } from '../../runtime/protocol/runs.ts'
import { type CurveProgress, currentSite, type Run, type SiteProgress } from './runsModel.ts'

const CELLS = 8
/** Levels of one cell of a bar, empty to full. */
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇']

/**
 * A bar of eight cells that fills from the left.
 * @param part how much of it is full, 0 to 1
 * @example bar(0.5) // '▇▇▇▇▁▁▁▁'
 */
export function bar(part: number): string {
  const steps = LEVELS.length - 1
  const filled = Math.round(Math.min(1, Math.max(0, part)) * CELLS * steps)
  let text = ''
  for (let cell = 0; cell < CELLS; cell++) text += LEVELS[Math.min(steps, Math.max(0, filled - cell * steps))]
  return text
}

/**
 * A count as people read it.
 * @example grouped(1234567) // '1,234,567'
 */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/**
 * A rate in few characters.
 * @example brief(8234) // '8.2k'
 */
export function brief(value: number): string {
  if (value < 10) return value.toFixed(value < 1 ? 2 : 1).replace(/\.?0+$/, '')
  if (value < 1000) return String(Math.round(value))
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)}k`
  return `${(value / 1e6).toFixed(1)}M`
}

/**
 * A duration in few characters.
 * @example seconds(61_500) // '1 min 2 s'
 */
export function seconds(ms: number): string {
  if (ms < 1) return '< 1 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const whole = Math.round(ms / 1000)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** @example progressText(site) // '▇▇▇▃▁▁▁▁ 412/1,000 · 8.2k/s' */
export function progressText(site: SiteProgress): string {
  const counts = `${bar(site.total > 0 ? site.finished / site.total : 0)} ${grouped(site.finished)}/${grouped(site.total)}`
  const rate = site.perSecond > 0 ? ` · ${brief(site.perSecond)}/s` : ''
  const erred = site.erred > 0 ? ` · ${grouped(site.erred)} failed` : ''
  return counts + rate + erred
}

/** @example curveText(curve) // '▇▇▃▁▁▁▁▁ round 15/50 · loss 0.3412' */
export function curveText({ curve, last }: CurveProgress): string {
  const step = last?.step ?? 0
  const steps = curve.steps === undefined ? '' : `/${grouped(curve.steps)}`
  const part = curve.steps === undefined ? '' : `${bar(step / curve.steps)} `
  const values = Object.entries(last?.values ?? {}).map(
    ([name, value]) => ` · ${name} ${Number(value.toPrecision(4))}`,
  )
  return `${part}round ${grouped(step)}${steps}${values.join('')}`
}

export type LineTone = 'progress' | 'result' | 'failure' | 'quiet'

/** One line of text, and how it is meant. */
export interface LineText {
  text: string
  tone: LineTone
}

/**
 * What to write beside a run's code now.
 * @param inlineLengthMax a result with more characters is only named, since the Results panel shows it
 */
export function lineText(run: Run, inlineLengthMax: number): LineText {
  if (!run.end) {
    const site = currentSite(run)
    if (run.result) return resultText(run, inlineLengthMax)
    const learning = run.curves.at(-1)
    if (learning) return { text: curveText(learning), tone: 'progress' }
    return { text: site ? progressText(site) : 'starting…', tone: 'progress' }
  }
  if (run.end.reason === 'cancelled')
    return { text: `cancelled after ${seconds(run.end.durationMs)}`, tone: 'quiet' }
  if (run.failure)
    return { text: `✗ ${oneLine(failureTitle(run.failure), inlineLengthMax)}`, tone: 'failure' }
  if (run.end.reason === 'finished') return run.result ? resultText(run, inlineLengthMax) : doneText(run)
  return { text: `✗ the run ended with code ${run.end.exitCode}`, tone: 'failure' }
}

/** The same of code that was changed since: it still stands there, but says so. */
export const pastText = ({ text }: LineText): LineText => ({
  text: `${text} · of the code before its change`,
  tone: 'quiet',
})

function resultText(run: Run, inlineLengthMax: number): LineText {
  const result = run.result!
  const { display, durationMs, line } = result
  const time = seconds(durationMs)
  if (display.kind === 'table') {
    const { totalRows, columns } = display
    const size = `${grouped(totalRows)} rows × ${columns.length} columns`
    return { text: `= ${size} · ${time} · see Heddle Results`, tone: 'result' }
  }
  if (isWholeOnLine(result, inlineLengthMax)) return { text: `= ${line} · ${time}`, tone: 'result' }
  return { text: `= ${oneLine(line, inlineLengthMax)} · ${time} · see Heddle Results`, tone: 'result' }
}

function doneText(run: Run): LineText {
  const tasks = run.sites.reduce((sum, site) => sum + site.total, 0)
  const counted = tasks > 0 ? `${grouped(tasks)} ${tasks === 1 ? 'task' : 'tasks'} · ` : ''
  return { text: `✓ ${counted}${seconds(run.end!.durationMs)}`, tone: 'result' }
}

/** Whether all of a result can stand beside the code: then no panel needs to show it. */
export function isWholeOnLine(
  { line, display }: { line: string; display: Display },
  lengthMax: number,
): boolean {
  if (display.kind === 'table' || line.length > lengthMax || line.includes('\n')) return false
  // The line of an array that stays on the cluster says how large it is, and nothing of its elements.
  if (display.kind === 'array' && display.remote) return false
  // What is left out of a line is written as `…` or as a count, e.g. `Array(40)`.
  return display.kind === 'text' ? !display.cut : !/…|\w\(\d+\)/.test(line)
}

/** @example failureTitle({ name: 'TypeError', message: 'x is not a function', … }) // 'TypeError: x is not a function' */
export function failureTitle({ name, message }: { name: string; message: string }): string {
  if (!message) return name
  return message.startsWith(`${name}:`) ? message : `${name}: ${message}`
}

function oneLine(text: string, lengthMax: number): string {
  const first = text.split('\n', 1)[0]
  return first.length > lengthMax ? `${first.slice(0, Math.max(1, lengthMax - 1))}…` : first
}
