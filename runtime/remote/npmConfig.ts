// Which registry npm is configured for, with what credentials and proxies, as npm itself reads it. Pure.

export interface NpmConfig {
  /** Keys as in `.npmrc`, later files overruled by earlier ones. */
  get(key: string): string | undefined
}

/** npm's own public registry, where nothing else is configured. */
const PUBLIC_REGISTRY = 'https://registry.npmjs.org/'

/**
 * @param environment `npm_config_…` variables rule over files
 * @param files texts of `.npmrc` files, the project's first
 */
export function npmConfig(environment: NodeJS.ProcessEnv, files: readonly string[]): NpmConfig {
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(environment)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1]
    // npm takes an underscore for a dash, but not at the beginning.
    if (key && value) values.set(key.toLowerCase().replace(/(?!^)_/g, '-'), value)
  }
  for (const text of files)
    for (const [key, value] of linesOf(text, environment)) if (!values.has(key)) values.set(key, value)
  return { get: (key) => values.get(key) }
}

/** @example [...linesOf('registry = https://r.example/ ; ours', {})] // [['registry', 'https://r.example/']] */
function* linesOf(text: string, environment: NodeJS.ProcessEnv): Generator<[string, string]> {
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^=;#\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (!key) continue
    const bare = value.replace(/\s+[;#].*$/, '').replace(/^(["'])(.*)\1$/, '$2')
    yield [key, bare.replace(/\$\{([^}]+)\}/g, (whole, name: string) => environment[name] ?? whole)]
  }
}

/** The registry of a package, with a slash at its end. @example registryOf(config, '@ours/tool') */
export function registryOf(config: NpmConfig, name: string): string {
  const scope = /^(@[^/]+)\//.exec(name)?.[1]
  const found = (scope && config.get(`${scope}:registry`)) ?? config.get('registry') ?? PUBLIC_REGISTRY
  return found.endsWith('/') ? found : `${found}/`
}

/** The `authorization` header for an address: npm keeps credentials by host and path. */
export function authorizationOf(config: NpmConfig, url: string): string | undefined {
  const { host, pathname } = new URL(url)
  const parts = pathname.split('/')
  for (let count = parts.length; count > 0; count--) {
    const place = `//${host}${parts.slice(0, count).join('/')}/`.replace(/\/+$/, '/')
    const token = config.get(`${place}:_authToken`)
    if (token) return `Bearer ${token}`
    const basic = config.get(`${place}:_auth`)
    if (basic) return `Basic ${basic}`
  }
  return undefined
}

/** The proxy for an address, by npm's settings and the usual variables; nothing where it is reached directly. */
export function proxyOf(config: NpmConfig, environment: NodeJS.ProcessEnv, url: string): string | undefined {
  const { protocol, hostname } = new URL(url)
  const variable = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined
  const none = config.get('noproxy') ?? variable('no_proxy') ?? ''
  for (const part of none.split(/[\s,]+/).filter(Boolean)) {
    const suffix = part.replace(/^\*?\.?/, '').replace(/:\d+$/, '')
    if (part === '*' || hostname === suffix || hostname.endsWith(`.${suffix}`)) return undefined
  }
  const found =
    protocol === 'https:'
      ? (config.get('https-proxy') ?? variable('https_proxy') ?? config.get('proxy'))
      : (config.get('proxy') ?? variable('http_proxy'))
  return found && found !== 'null' && found !== 'false' ? found : undefined
}

/**
 * Where a tarball is fetched: metadata of a mirror often names the public registry, which may be out of reach.
 * @example tarballUrl('https://registry.npmjs.org/a/-/a-1.tgz', 'https://mirror.example/npm/') // 'https://mirror.example/npm/a/-/a-1.tgz'
 */
export function tarballUrl(given: string, registry: string): string {
  return given.startsWith(PUBLIC_REGISTRY) ? registry + given.slice(PUBLIC_REGISTRY.length) : given
}
