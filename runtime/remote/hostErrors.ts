// What goes wrong on the way to another machine, in words that name the host and the way out. Pure.

/** A host that heddle cannot use: the text says why, and what to do. */
export class HostError extends Error {
  override name = 'HostError'
  readonly host: string
  constructor(host: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.host = host
  }
}

/** `ssh` did not come through. `again` says whether trying later may help, as after a network that is away. */
export class SshError extends HostError {
  override name = 'SshError'
  readonly again: boolean
  /** No machine has this name: a network that is away says so for a while, a name that is gone for ever. */
  readonly nameless: boolean
  constructor(host: string, text: string, again: boolean, cause?: unknown, nameless = false) {
    super(host, text, cause)
    this.again = again
    this.nameless = nameless
  }
}

/** How `ssh` ended before our shell on the other side said anything. */
export interface SshEnd {
  exitCode: number | null
  signal: string | null
  /** What ssh itself said. */
  stderr: string
  /** What came from the other side: noise, or the words of a shell that runs no commands. */
  stdout: string
}

const RULES: readonly {
  pattern: RegExp
  again: boolean
  nameless?: true
  text: (host: string, found: RegExpExecArray) => string
}[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED[\s\S]*?(?:Offending \S+ key in (\S+))?/,
    again: false,
    text: (host) =>
      `the host key of ${host} is not the one that this machine knows: somebody may listen in, or the host was set up anew. ` +
      `Ask who runs it; if the new key is right, remove the old one with: ssh-keygen -R ${host}`,
  },
  {
    pattern: /Host key verification failed|No \S+ host key is known/,
    again: false,
    text: (host) =>
      `this machine does not know the host key of ${host}: connect once by hand with \`ssh ${host}\` and check the key that it shows`,
  },
  {
    pattern: /Could not resolve hostname (\S+?):/,
    again: true,
    nameless: true,
    text: (host, [, name]) =>
      `there is no host ${name}${name === host ? '' : ` (${host})`}: check the name, and ~/.ssh/config for its HostName`,
  },
  {
    pattern: /Permission denied \(([^)]*)\)/,
    again: false,
    text: (host, [, methods]) =>
      `${host} refused to let this user in (it takes: ${methods}): check the user and the key, \`ssh ${host}\` must work by itself`,
  },
  {
    pattern: /Too many authentication failures/,
    again: false,
    text: (host) =>
      `${host} refused after too many keys were tried: name the right one in ~/.ssh/config (IdentityFile and IdentitiesOnly yes)`,
  },
  {
    pattern: /connect to host (\S+) port (\d+): Connection refused/,
    again: true,
    text: (host, [, name, port]) =>
      `no ssh server answers on ${host} (${name} port ${port}): is it up, and is the port right?`,
  },
  {
    pattern:
      /(Connection timed out|Operation timed out|No route to host|Network is unreachable|timed out during banner exchange)/,
    again: true,
    text: (host, [what]) =>
      `${host} cannot be reached (${what.toLowerCase()}): check the network, or a VPN that it needs`,
  },
  {
    pattern:
      /(Connection closed by|Connection reset by|kex_exchange_identification|Broken pipe|Connection to \S+ closed by remote host|client_loop|Timeout, server)/,
    again: true,
    text: (host) => `${host} closed the connection`,
  },
]

/** Why there is no shell on the other side. */
export function sshErrorOf(host: string, { exitCode, signal, stderr, stdout }: SshEnd): SshError {
  for (const { pattern, again, text, nameless } of RULES) {
    const found = pattern.exec(stderr)
    if (found) return new SshError(host, text(host, found), again, undefined, nameless)
  }
  const said = lastWords(stdout) || lastWords(stderr)
  if (exitCode === 255 || exitCode === null)
    return new SshError(
      host,
      `ssh to ${host} ended (${signal ?? `exit code ${exitCode}`})${said ? `: ${said}` : ''}`,
      true,
    )
  return new SshError(
    host,
    `${host} let this user in and runs no commands for them${said ? `: it said ${JSON.stringify(said)}` : ` (exit code ${exitCode})`}. ` +
      'Its login shell may be a menu or a proxy: name the machine behind it, with ProxyJump in ~/.ssh/config.',
    false,
  )
}

/** A shell that was started and never answered. */
export function silentShellError(host: string, stdout: string, seconds: number): SshError {
  const said = lastWords(stdout)
  return new SshError(
    host,
    `${host} let this user in and did not run a command within ${seconds} s${said ? `: it said ${JSON.stringify(said)}` : ''}. ` +
      'Its login shell may be a menu or a proxy, or its start-up files wait for something: `ssh ' +
      `${host} true\` must work by itself.`,
    false,
  )
}

const WORDS_MAX = 200

function lastWords(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.slice(-2).join(' / ').slice(0, WORDS_MAX)
}
