// `heddle bundle`: a folder for machines without a network.

import { resolve } from 'node:path'
import { supplyFromNpm } from '../remote/npmSupply.ts'
import { platformNamed, writeOfflineBundle } from '../remote/offlineBundle.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { UsageError } from './usageError.ts'

export async function bundleCommand(args: readonly string[]): Promise<number> {
  const { values } = parseCommandLine(args, { platform: { type: 'string' }, out: { type: 'string' } }, false)
  if (values.out === undefined) throw new UsageError('say where to write the bundle: --out DIR')
  const platform = platformNamed(values.platform ?? `${process.platform}-${process.arch}`)
  const out = resolve(values.out)
  const say = (text: string): void => void process.stderr.write(`heddle: ${text}\n`)
  const bytes = await writeOfflineBundle(platform, out, supplyFromNpm(say))
  process.stderr.write(
    `heddle: ${out} holds heddle and Node for ${platform} (${Math.round(bytes / 1e6)} MB and Node).\n` +
      `  on a machine without a network  copy it there and run ${values.out}/heddle\n` +
      `  for hosts that ssh reaches      heddle ssh up HOST --bundle ${values.out}\n`,
  )
  return EXIT.ok
}
