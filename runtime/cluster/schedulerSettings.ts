// How a scheduler decides and what it keeps for whoever hunts a fault: given to `heddle scheduler`, `heddle run` and `Client.local`.

/** What may be set of a scheduler. */
export interface SchedulerSettings {
  /**
   * How many tasks a worker has per thread while their duration is unknown; others wait at the scheduler, so that no
   * worker loads more than it can process. 1.1 by default; Infinity hands everything out at once.
   */
  saturation?: number
  /** A file that gets every event: `heddle replay FILE` plays it again. */
  record?: string
  /** Checks the scheduler's own rules after every event: slow, for hunting a fault. */
  checkInvariants?: boolean
}

/** A setting of the scheduler that cannot be: says which, and what it could be. */
export class SchedulerSettingError extends Error {
  override name = 'SchedulerSettingError'
}

/** The options of `node:util`'s `parseArgs` for these settings. */
export const SETTING_OPTIONS = {
  saturation: { type: 'string' },
  record: { type: 'string' },
  'check-invariants': { type: 'boolean' },
} as const

/**
 * Reads settings from a command line's values.
 * @throws {SchedulerSettingError}
 * @example settingsOfValues({ saturation: 'inf' }) // { saturation: Infinity }
 */
export function settingsOfValues(values: {
  saturation?: string
  record?: string
  'check-invariants'?: boolean
}): SchedulerSettings {
  const { saturation, record, 'check-invariants': checkInvariants } = values
  return checkedSettings(
    {
      ...(saturation !== undefined && { saturation: saturationOf(saturation) }),
      ...(record !== undefined && { record }),
      ...(checkInvariants !== undefined && { checkInvariants }),
    },
    { saturation: '--saturation', record: '--record', checkInvariants: '--check-invariants' },
  )
}

/**
 * Picks the settings out of options, each checked.
 * @param names what the settings are called where they were given, for messages
 * @throws {SchedulerSettingError}
 */
export function checkedSettings(
  { saturation, record, checkInvariants }: SchedulerSettings,
  names: Record<keyof SchedulerSettings, string> = {
    saturation: 'saturation',
    record: 'record',
    checkInvariants: 'checkInvariants',
  },
): SchedulerSettings {
  if (saturation !== undefined && !(typeof saturation === 'number' && saturation > 0))
    throw new SchedulerSettingError(
      `${names.saturation} must be a number above 0, or ${names.saturation.startsWith('--') ? 'inf' : 'Infinity'} for no limit, not ${JSON.stringify(saturation)}`,
    )
  if (record !== undefined && (typeof record !== 'string' || record === ''))
    throw new SchedulerSettingError(`${names.record} must be the path of a file to write`)
  if (checkInvariants !== undefined && typeof checkInvariants !== 'boolean')
    throw new SchedulerSettingError(`${names.checkInvariants} must be true or false`)
  return {
    ...(saturation !== undefined && { saturation }),
    ...(record !== undefined && { record }),
    ...(checkInvariants !== undefined && { checkInvariants }),
  }
}

/** The same settings as options of a command line. */
export function settingArguments({ saturation, record, checkInvariants }: SchedulerSettings): string[] {
  return [
    ...(saturation === undefined ? [] : ['--saturation', String(saturation)]),
    ...(record === undefined ? [] : ['--record', record]),
    ...(checkInvariants ? ['--check-invariants'] : []),
  ]
}

function saturationOf(text: string): number {
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!(number > 0))
    throw new SchedulerSettingError(
      `--saturation must be a number above 0, or inf for no limit, not ${JSON.stringify(text)}`,
    )
  return number
}
