'use strict'
// Runs npm quietly, and again when it was the network that failed: an install must not end with one connection that fell silent.

const { spawnSync } = require('node:child_process')

const TRIES = 4
/** npm's own 5 minutes for a silent connection are longer than a whole install takes. */
const SILENCE_MS = 45_000
/** What npm prints when the way to the registry failed, rather than the request. */
const NETWORK =
  /\b(E[A-Z]*TIMEOUT|ETIMEDOUT|ECONN[A-Z]+|EPIPE|EAI_AGAIN|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ERR_STREAM_PREMATURE_CLOSE|E429|E50\d)\b|network (socket|timeout)|socket hang up/

/**
 * Runs `npm args` in `folder` until it succeeds, at most four times, and only as long as the network is what failed.
 * Returns undefined, or what the last try printed.
 */
function runNpm(args, folder, env, say) {
  for (let tried = 1; ; tried++) {
    const ended = spawnSync('npm', args, {
      cwd: folder,
      env: { ...env, npm_config_fetch_timeout: String(SILENCE_MS), npm_config_fetch_retries: '4' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      shell: process.platform === 'win32',
    })
    if (ended.status === 0) return undefined
    const output = `${ended.stdout ?? ''}${ended.stderr ?? ''}${ended.error ?? ''}`
    if (tried === TRIES || !NETWORK.test(output)) return output
    say(`The network failed npm (${output.match(NETWORK)[0]}): trying again…`)
  }
}

module.exports = { runNpm }
