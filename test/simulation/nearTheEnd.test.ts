// Workers near their end, on paper: in whatever order tasks wait, none is idle while one waits that it can finish, and all run.

import assert from 'node:assert/strict'
import test from 'node:test'
import { finished, lost, simulate, submitted, tick } from '../scheduler/kit.ts'
import { Random } from './random.ts'

/** Of tasks whose keys begin with these letters. */
const DURATIONS_MS: Record<string, number> = { a: 60_000, b: 5000, c: 400 }
const SEEDS = 100

/**
 * Plays one seed: tasks of three lengths, some that only one worker may run, and workers whose jobs end at any time; one
 * without a limit joins at last.
 * @returns how often a worker near its end was busy while a task waited that it could not finish
 */
function play(seed: number): number {
  const random = new Random(seed)
  const cluster = simulate('a0; b0; c0', { workers: ['first'] })
  for (const letter of 'abc')
    cluster.play(finished(`${letter}0`, 'first', { durationMs: DURATIONS_MS[letter] }))
  cluster.take()
  const ends = new Map<string, number>()
  const limit = (worker: string): void => {
    // It had been given longer than any task takes.
    const leftMs = random.pick([100, 1000, 7000, 30_000, 90_000])
    const endsMs = cluster.nowMs + leftMs
    ends.set(worker, endsMs)
    cluster.scheduler.workerEnds(
      cluster.idOf(worker),
      { retireMs: endsMs, endsMs: cluster.nowMs + 1e6 },
      cluster.nowMs,
    )
    cluster.scheduler.workerEnds(cluster.idOf(worker), { retireMs: endsMs, endsMs }, cluster.nowMs)
    cluster.settle()
  }
  for (const name of ['w1', 'w2'].slice(random.below(2))) {
    cluster.play((each) => each.join({ name, threads: 1 + random.below(3) }))
    cluster.play(tick(1e6))
    limit(name)
  }
  cluster.play(lost('first'))
  const keys = Array.from(
    { length: 5 + random.below(40) },
    (_, i) => `${random.pick(['a', 'b', 'c'])}${i + 1}`,
  )
  const options = Object.fromEntries(
    keys.filter(() => random.chance(0.15)).map((key) => [key, { workers: ['w2', 'last'] }]),
  )
  cluster.play(submitted(keys.join('; '), { options }))
  const going = new Map<string, { worker: string; endMs: number }>()
  const done: string[] = []
  let spared = 0
  const given = (): void => {
    for (const line of cluster.take()) {
      const [, key, worker] = /^execute (\w+)@(\w+)$/.exec(line) ?? []
      if (key !== undefined) going.set(key, { worker, endMs: cluster.nowMs + DURATIONS_MS[key[0]] })
    }
  }
  const look = (): void => {
    for (const [worker, endsMs] of ends) {
      const isBusy = [...going.values()].some((run) => run.worker === worker)
      const waiting = keys.filter(
        (key) => !going.has(key) && !done.includes(key) && (worker === 'w2' || !options[key]),
      )
      const fits = (key: string): boolean => cluster.nowMs + DURATIONS_MS[key[0]] <= endsMs
      if (!isBusy) assert.deepEqual(waiting.filter(fits), [], `seed ${seed}: ${worker} is idle`)
      else if (!waiting.every(fits)) spared++
    }
  }
  given()
  for (let step = 0; step < 1500 && done.length < keys.length + 3; step++) {
    if (step === 200) cluster.play((each) => each.join({ name: 'last', threads: 4 }))
    given()
    cluster.play(tick(random.pick([10, 200, 1000, 5000])))
    given()
    look()
    for (const [worker, endsMs] of ends)
      if (endsMs <= cluster.nowMs) {
        ends.delete(worker)
        for (const [key, run] of going) if (run.worker === worker) going.delete(key)
        for (const key of done.splice(0)) if (cluster.attempt(key).worker !== worker) done.push(key)
        cluster.play((each) =>
          each.scheduler.workerLeft(each.idOf(worker), 'its time is over', each.nowMs, true),
        )
        given()
      }
    for (const [key, { worker, endMs }] of [...going])
      if (endMs <= cluster.nowMs) {
        going.delete(key)
        done.push(key)
        cluster.play(finished(key, worker, { durationMs: DURATIONS_MS[key[0]] }))
        given()
      }
  }
  assert.deepEqual([...done].sort(), [...keys, 'a0', 'b0', 'c0'].sort(), `seed ${seed}`)
  return spared
}

test(`${SEEDS} seeds: everything runs to its end, no rule is broken, and what fits does not wait behind what does not`, () => {
  let spared = 0
  for (let seed = 1; seed <= SEEDS; seed++) spared += play(seed)
  assert.ok(spared > SEEDS, `${spared}`)
})
