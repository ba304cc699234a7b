// The agent's program, one file without packages: `attach MARKER` joins a connection to the agent, `daemon` is the agent.

import { agentBuild, agentPlace } from './agentPlace.ts'
import { attach } from './attach.ts'
import { AgentDaemon, AgentThereError } from './daemon.ts'

process.umask(0o077)
const [command, marker = ''] = process.argv.slice(2)

if (command === 'daemon') await daemon()
else if (command === 'attach')
  try {
    await attach(marker, import.meta.filename)
    process.exit()
  } catch (error) {
    process.stderr.write(`heddle agent: ${(error as Error).message}\n`)
    process.exit(1)
  }
else {
  process.stderr.write('heddle agent: `attach MARKER` or `daemon`\n')
  process.exit(2)
}

async function daemon(): Promise<void> {
  process.title = 'heddle agent'
  process.stdout.on('error', () => {}) // Who started it reads one line.
  const idleMs = Number(process.env.HEDDLE_AGENT_IDLE_MS) || undefined
  const agent = new AgentDaemon(agentPlace(agentBuild()), () => process.exit(), idleMs)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => agent.end(`the agent was ended by ${signal}`))
  process.on('SIGHUP', () => {})
  try {
    await agent.listen()
    process.stdout.write('ready\n')
  } catch (error) {
    // Two connections that come at once start two agents, and one is enough.
    process.stdout.write(error instanceof AgentThereError ? 'ready\n' : `${(error as Error).message}\n`)
    process.exit(error instanceof AgentThereError ? 0 : 1)
  }
}
