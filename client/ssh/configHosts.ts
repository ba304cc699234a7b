// The names of hosts that a configuration of ssh holds, for a person to choose from. Pure.

/**
 * Names as `Host` lines have them, in their order: patterns are none, and files that it includes are not looked into.
 * @example configHosts('Host lab *.org !lab2\n  User me\nhost=big') // ['lab', 'big']
 */
export function configHosts(text: string): string[] {
  const names = text.split('\n').flatMap((line) => {
    const match = /^\s*host(?:\s*=\s*|\s+)(.+?)\s*$/i.exec(line)
    // A comment may follow the names.
    return match
      ? match[1]
          .replace(/(^|\s)#.*$/, '')
          .split(/\s+/)
          .map((name) => name.replace(/^"(.*)"$/, '$1'))
      : []
  })
  return [...new Set(names.filter((name) => name !== '' && !/[*?!]/.test(name)))]
}
