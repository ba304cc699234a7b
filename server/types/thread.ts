// The thread of the type checker: it takes a second to load and is asked one question at a time, while lenses are answered beside it.

import { parentPort, workerData } from 'node:worker_threads'
import type { TypeOfName } from '../knowledge/subject.ts'
import { Checker, type TypeQuestion } from './checker.ts'

export type TypeRequest = ({ id: number } & TypeQuestion) | { closed: string }

/** No types: there is no TypeScript that could be asked, or it failed at this text. */
export interface TypeAnswer {
  id: number
  types: [place: number | string, type: TypeOfName][] | undefined
}

let checker: Checker | undefined
for (const file of (workerData as { typescripts: string[] }).typescripts) {
  checker = Checker.load(file)
  if (checker) break
}

const waiting: ({ id: number } & TypeQuestion)[] = []

parentPort?.on('message', (request: TypeRequest) => {
  if ('closed' in request) {
    checker?.close(request.closed)
    return
  }
  // Where many are asked at once, as when a window opens its files, all their texts are taken in before the first is answered.
  checker?.open(request)
  if (waiting.push(request) === 1) setImmediate(answerAll)
})

function answerAll(): void {
  for (const { id, ...question } of waiting.splice(0)) {
    let types: TypeAnswer['types']
    try {
      types = checker && [...checker.typesOf(question)]
    } catch {
      // A checker that fails at one text says nothing of it.
    }
    parentPort?.postMessage({ id, types } satisfies TypeAnswer)
  }
}
