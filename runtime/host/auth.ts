// Who may speak to the scheduler: the token in a header, or the cookie that a browser got for its sign-in. Pure.

import { createHash, timingSafeEqual } from 'node:crypto'

/** What a request shows of itself. */
export interface Credentials {
  authorization?: string
  cookie?: string
  host?: string
  origin?: string
}

/** Equal in constant time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** Secrets of one cluster. The sign-in stands in an address that browsers remember, so it opens the dashboard alone. */
export class Auth {
  readonly #token: string
  readonly #signIn: string
  readonly #cookieValue: string
  /** Cookies know no ports: two clusters on one host need two names. */
  readonly cookieName: string

  constructor(id: string, secrets: { token: string; signIn: string; cookie: string }) {
    this.#token = secrets.token
    this.#signIn = secrets.signIn
    this.#cookieValue = secrets.cookie
    this.cookieName = `heddle-${id}`
  }

  /** Whether the request carries the cluster's token: for clients and workers. */
  hasToken({ authorization }: Credentials): boolean {
    const given = /^Bearer (\S+)$/i.exec(authorization ?? '')
    return given !== null && sameSecret(given[1], this.#token)
  }

  hasCookie({ cookie }: Credentials): boolean {
    for (const part of (cookie ?? '').split(';')) {
      const at = part.indexOf('=')
      if (
        part.slice(0, at).trim() === this.cookieName &&
        sameSecret(part.slice(at + 1).trim(), this.#cookieValue)
      )
        return true
    }
    return false
  }

  isSignIn(given: string): boolean {
    return sameSecret(given, this.#signIn)
  }

  /** The header that a sign-in is answered with: no script and no other site can use the cookie. */
  setCookie(): string {
    return `${this.cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/`
  }
}

/**
 * Whether the request was meant for this machine's loopback: a name that a stranger points here (DNS rebinding) is not.
 * Forwarded ports keep the name and change the number.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host)
}

/** Whether a page of our own asks. A browser always says the origin of a WebSocket; programs say none. */
export function isOwnOrigin({ origin, host }: Credentials): boolean {
  if (origin === undefined) return true
  return isLoopbackHost(host) && (origin === `http://${host}` || origin === `https://${host}`)
}
