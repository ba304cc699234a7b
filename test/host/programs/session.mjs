// Stands in for the session's program: reports what its spec's arguments say, as a session would.

const spec = JSON.parse(process.env.HEDDLE_RUN)
const [what] = spec.args ?? []
const send = (event) => new Promise((resolve) => process.send(event, undefined, undefined, resolve))
process.on('SIGINT', () => {
  if (what !== 'deaf') process.exit(130)
})
await send({ kind: 'started', pid: process.pid, atMs: 1, label: 'a', file: spec.file })
if (what === 'talk') {
  process.stdout.write(`run ${process.env.HEDDLE_RUN_ID} in ${process.cwd()} with ${process.env.EXTRA}\n`)
  process.stderr.write('and an error\n')
  process.send('something of the program itself')
  await send({ kind: 'computing', site: { site: 1, method: 'compute' }, total: 2 })
  await send({ kind: 'progress', site: 1, total: 2, finished: 1, running: 1, erred: 0, perSecond: 1 })
  await send({ kind: 'progress', site: 1, total: 2, finished: 2, running: 0, erred: 0, perSecond: 1 })
  await send({ kind: 'computed', site: 1, durationMs: 5, tasks: 2 })
  await send({ kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 6 })
} else if (what === 'crash') process.kill(process.pid, 'SIGKILL')
else setInterval(() => {}, 1000)
if (what === 'talk') process.disconnect()
