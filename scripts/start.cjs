'use strict'
// `npm start [-- FILE.ts …]`: installs and builds what is missing, then runs the program on a local cluster.

const path = require('node:path')
const { spawn } = require('node:child_process')
const { root, environmentWith } = require('./node24.cjs')
const { install } = require('./install.cjs')

const node = install()
const given = process.argv.slice(2)
const hasFile = given.length > 0 && !given[0].startsWith('-')
const file = hasFile ? given[0] : path.join('examples', 'flights.ts')
const options = { cwd: root, env: environmentWith(node), stdio: 'inherit' }

const build = spawn(
  node,
  ['--disable-warning=ExperimentalWarning', path.join(root, 'scripts', 'build.ts'), '--quick'],
  options,
)
build.on('exit', (code) => {
  if (code !== 0) process.exit(code ?? 1)
  const cli = path.join(root, 'runtime', 'dist', 'cli.js')
  const run = spawn(node, [cli, 'run', file, ...(hasFile ? given.slice(1) : given)], options)
  // The terminal sends Ctrl-C to the program as well: this process waits for it to clean up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && run.kill(signal))
  run.on('exit', (status, signal) => process.exit(status ?? (signal === 'SIGINT' ? 130 : 1)))
})
