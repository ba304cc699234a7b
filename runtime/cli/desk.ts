// What every desk does: answers an editor's lines of JSON, brings ssh's questions to it, and ends with its input; clusters do not.

import { createInterface } from 'node:readline'
import type { DeskCalls, DeskQuestion, FromDesk, ToDesk } from '../protocol/deskLines.ts'
import { supplyWithLeave } from '../remote/askedSupply.ts'
import type { Ask } from '../remote/askpass.ts'
import { progressText, supplyFromNpm } from '../remote/npmSupply.ts'
import type { Supply } from '../remote/sshCluster.ts'
import { EXIT } from './exitCodes.ts'

/** Who sits at the other end. */
export interface DeskPerson {
  notice: (text: string) => void
  ask: Ask
  /** Brings from npm's registry what a host lacks, once the person has said that it may. */
  supply: Supply
  /** How far something has come that takes a while. */
  progress: (text: string) => void
}

export interface DeskWork<Calls extends DeskCalls<keyof Calls>> {
  handlers: { [K in keyof Calls]: (params: Calls[K]['params']) => Promise<Calls[K]['answer']> }
  /** Gives up a start that goes on. */
  stop?(): void
  /** What was begun and is not there yet is given up; clusters that run go on. */
  close(): Promise<void>
}

/** @param open what answers, told who asks */
export async function serveDesk<Calls extends DeskCalls<keyof Calls>>(
  open: (person: DeskPerson) => DeskWork<Calls>,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  const say = (line: FromDesk): void => void output.write(`${JSON.stringify(line)}\n`)
  output.on('error', () => {}) // Who asked is gone; the input ends too.
  const questions = new Map<number, (text: string | undefined) => void>()
  let last = 0
  const ask = (asked: DeskQuestion): Promise<string | undefined> => {
    const question = ++last
    say({ kind: 'question', question, ...asked })
    return new Promise((resolve) => questions.set(question, resolve))
  }
  const notice = (text: string): void => say({ kind: 'notice', text })
  const fromNpm = supplyFromNpm(notice, {
    progress: (what, done, total) => notice(progressText(`fetching ${what}`, done, total)),
  })
  const work = open({
    notice,
    progress: notice,
    supply: supplyWithLeave(
      fromNpm,
      async (question) => (await ask({ ...question, secret: false })) !== undefined,
    ),
    ask: ({ host, prompt, secret, kind }) =>
      ask({
        title: `ssh asks, on the way to ${host}`,
        ...{ prompt, secret },
        ...(kind === 'confirm' && { confirm: 'Yes' }),
      }),
  })
  const answer = async ({ id, what, params }: Extract<ToDesk, { kind: 'ask' }>): Promise<void> => {
    try {
      const handler = work.handlers[what as keyof Calls] as (params: unknown) => Promise<unknown>
      say({ kind: 'answer', id, value: await handler(params) })
    } catch (error) {
      say({ kind: 'failed', id, text: (error as Error).message })
    }
  }
  for await (const text of createInterface({ input })) {
    const line = JSON.parse(text) as ToDesk
    if (line.kind === 'stop') work.stop?.()
    else if (line.kind === 'reply') {
      questions.get(line.question)?.(line.text)
      questions.delete(line.question)
    } else void answer(line)
  }
  await work.close()
  return EXIT.ok
}
