// Reads what `sacctmgr` prints of a user's associations: accounts and qualities of service that jobs may name.

/** For `sacctmgr show associations`. */
export const ASSOCIATION_FORMAT = 'account,qos'

/** Reads what `sacctmgr -nP` prints of a user's associations; other lines are passed over. */
export function parseAssociations(text: string): { accounts: string[]; qos: string[] } {
  const rows = text.split('\n').flatMap((line) => {
    const [account, qos, ...more] = line.trim().split('|')
    return account !== '' && qos !== undefined && more.length === 0 ? [{ account, qos: qos.split(',') }] : []
  })
  const once = (values: string[]): string[] => [...new Set(values.filter((value) => value !== ''))].sort()
  return { accounts: once(rows.map(({ account }) => account)), qos: once(rows.flatMap(({ qos }) => qos)) }
}
