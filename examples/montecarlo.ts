// How likely is a shared birthday? Simulated on every core: one future for each group size, shown as it comes in.

import { asCompleted, Client } from 'heddle'

const TRIALS = 200_000

/** The share of simulated groups in which two people share their birthday. */
function sharedBirthdays(people: number): { people: number; share: number } {
  let random = people * 0x9e3779b9
  const day = (): number => {
    // A small generator with a seed of its own: every run, on any machine, gives the same numbers.
    random = (random + 0x6d2b79f5) | 0
    let mixed = Math.imul(random ^ (random >>> 15), 1 | random)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % 365
  }
  const seen = new Uint32Array(365)
  let shared = 0
  for (let trial = 1; trial <= TRIALS; trial++) {
    for (let person = 0; person < people; person++) {
      const birthday = day()
      if (seen[birthday] === trial) {
        shared++
        break
      }
      seen[birthday] = trial
    }
  }
  return { people, share: shared / TRIALS }
}

await using client = await Client.local()
const groups = Array.from({ length: 12 }, (_, i) => 5 * (i + 1))
const futures = client.map(sharedBirthdays, groups)

for await (const [, { people, share }] of asCompleted(futures, { withResults: true })) {
  console.log(`${String(people).padStart(2)} people: ${(100 * share).toFixed(1).padStart(5)} %`)
}

const results = await client.gather(futures)
const enough = results.find(({ share }) => share > 0.5)
console.log(`More likely than not from ${enough?.people} people on.`)
