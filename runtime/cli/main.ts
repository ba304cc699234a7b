// The `heddle` command: finds the command asked for, and turns what goes wrong into one line and an exit code.

import { useCompileCache } from '../host/compileCache.ts'
import { EXIT } from './exitCodes.ts'
import { COMMAND_HELP, HELP } from './help.ts'
import { UsageError } from './usageError.ts'

useCompileCache()

/** A command's own words on the command line, and the exit code it ends with. */
type Command = (args: readonly string[]) => Promise<number>

/** Each is loaded when it is asked for, so that none waits for another's parts. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./runCommand.ts')).runCommand,
  scheduler: async () => (await import('./schedulerCommand.ts')).schedulerCommand,
  debug: async () => (await import('./debugCommand.ts')).debugCommand,
  replay: async () => (await import('./replayCommand.ts')).replayCommand,
  worker: async () => (await import('./workerCommand.ts')).workerCommand,
  clusters: async () => (await import('./clusterCommands.ts')).clustersCommand,
  stop: async () => (await import('./clusterCommands.ts')).stopCommand,
  ssh: async () => (await import('./sshCommand.ts')).sshCommand,
  slurm: async () => (await import('./slurmCommand.ts')).slurmCommand,
  bundle: async () => (await import('./bundleCommand.ts')).bundleCommand,
  agent: async () => (await import('./agentCommand.ts')).agentCommand,
  doctor: async () => (await import('./doctorCommand.ts')).doctorCommand,
}

/** Errors whose text is made for the user: their stack would tell nothing more. */
const CLUSTER_ERRORS = new Set([
  'ClusterStartError',
  'ListenError',
  'ConnectError',
  'AskError',
  'RunFolderError',
  'ScratchFolderError',
  'HostError',
  'SlurmError',
  'SchedulerJobError',
  'ClusterFolderError',
  'UnreachableSchedulerError',
  'JoinFileError',
  'NetworkError',
  'RefusedError',
  'SshError',
  'AgentError',
  'ChannelError',
  'RuntimeBundleError',
  'OfflineBundleError',
  'DownloadError',
  'IntegrityError',
  'EventFileError',
  'InputsGoneError',
])
const USAGE_ERRORS = new Set([
  'UsageError',
  'ProfileError',
  'NoJobError',
  'WorkerCountError',
  'MemoryLimitError',
  'WorkerMemoryError',
  'SchedulerOptionError',
  'SchedulerSettingError',
])

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) {
    process.stderr.write(HELP)
    return EXIT.usage
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(Object.hasOwn(COMMAND_HELP, rest[0] ?? '') ? COMMAND_HELP[rest[0]] : HELP)
    return EXIT.ok
  }
  if (name === '--version' || name === '-v') {
    const { HEDDLE_VERSION } = await import('../protocol/version.ts')
    process.stdout.write(`${HEDDLE_VERSION}\n`)
    return EXIT.ok
  }
  if (!Object.hasOwn(COMMANDS, name))
    throw new UsageError(`there is no command ${JSON.stringify(name)}: ${Object.keys(COMMANDS).join(', ')}`)
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help') || own.includes('-h')) {
    process.stdout.write(COMMAND_HELP[name])
    return EXIT.ok
  }
  try {
    return await (await COMMANDS[name]())(rest)
  } catch (error) {
    if (error instanceof Error && USAGE_ERRORS.has(error.name)) throw new UsageError(error.message, name)
    throw error
  }
}

main(process.argv.slice(2))
  .catch((error: Error) => {
    if (error instanceof UsageError) {
      const help = error.command ? `heddle ${error.command} --help` : 'heddle --help'
      process.stderr.write(`heddle: ${error.message}\n(${help} shows what there is)\n`)
      return EXIT.usage
    }
    const known = CLUSTER_ERRORS.has(error.name)
    process.stderr.write(`heddle: ${known ? error.message : (error.stack ?? error.message)}\n`)
    return known ? EXIT.cluster : EXIT.failed
  })
  .then((code) => {
    process.exitCode = code
    // What is written has to get out first; nothing else is waited for.
    process.stderr.write('', () => process.stdout.write('', () => process.exit(code)))
  })
