// What `heddle --help` and `heddle COMMAND --help` say.

export const HELP = `heddle: parallel computing for TypeScript

  heddle run FILE [-- ARGS…]   run a program on a cluster: a local one that ends with it, or --connect
  heddle scheduler             start a scheduler and keep it running
  heddle worker                start a worker for a scheduler
  heddle debug FILE            run a task that failed again, for a debugger
  heddle replay FILE           play again what a scheduler recorded, and look into it
  heddle clusters              list the clusters of yours that run here
  heddle stop ID               stop one of them
  heddle ssh up HOST…          a cluster on machines that ssh reaches; down, list
  heddle slurm up              a cluster whose workers are jobs of Slurm; status, scale, adapt, logs, down
  heddle bundle --out DIR      a folder with all that a machine without a network needs
  heddle agent                 what ssh runs on another machine
  heddle doctor                check this machine, and say what is missing

  heddle COMMAND --help        options of one command
  heddle --version

Exit codes: 0 all went well · 1 the program failed (or its own code) · 2 the command line is wrong ·
3 the cluster could not be started or reached · 130 ended by Ctrl-C.
`

export const COMMAND_HELP: Readonly<Record<string, string>> = {
  run: `heddle run FILE [options] [-- ARGS…]

Runs a TypeScript or JavaScript program. What it computes with heddle runs on a cluster of processes on this machine,
which ends with the program. ARGS are the program's own.

  --workers N          worker processes (1: threads of one process share memory)
  --threads N          threads of each worker (this machine's cores, shared out among the workers)
  --memory-limit SIZE  of each worker: 4GB, 512MiB, or a fraction of this machine's memory like 0.5
  --memory-shares LIST percentages of it above which values leave for the disk (of those held, of the process), nothing
                       is started, and the worker is started again: 60,70,80,95; "off" for one that should not be
  --spill-folder DIR   a folder on a fast local disk for values that memory cannot hold (a temporary one)
  --spill-limit SIZE   how much of that disk each worker may use (all)
  --connect WHERE      use a running cluster: ws://host:port?token=…, or the path of its cluster.json
  --saturation X       tasks per thread that a worker is given before their duration is known (1.1; inf for no limit)
  --record FILE        keep every event of the scheduler, for \`heddle replay\`
  --check-invariants   check the scheduler's own rules after every event: slow, for hunting a fault
  --profile            say afterwards at which lines the tasks spent their time, sampled in all threads
  --inspect            open a debugger's port in the program
  --expression A:B     run only what the expression at these offsets of the file needs: what editors use
  --no-freeze          let tasks change their arguments and what they captured: changes that stay on the worker
  --quiet              no progress, and no line about times; errors are still told

Progress is a bar on a terminal and plain lines elsewhere; NO_COLOR=1 turns colours off. All of it goes to standard
error: standard output is the program's own.
`,
  scheduler: `heddle scheduler [options]

Starts a scheduler and keeps it running until Ctrl-C or \`heddle stop\`.

  --port N             TCP port on the loopback (8786; 0 for any free one)
  --workers N          workers that it starts and keeps here (none)
  --threads N          threads of each of those
  --memory-limit SIZE  of each of those: 4GB, 512MiB, or a fraction like 0.5
  --memory-shares LIST, --spill-folder DIR, --spill-limit SIZE  of each of those, as in \`heddle run\`
  --saturation X       tasks per thread that a worker is given before their duration is known (1.1; inf for no limit)
  --record FILE        keep every event, for \`heddle replay\`
  --check-invariants   check the scheduler's own rules after every event: slow, for hunting a fault
`,
  debug: `heddle debug FILE [options]

Runs a task that failed once more with the same inputs, alone in this process, once a debugger is attached. A failure says
where the file with its inputs is (error.failure.inputsFile); it is gone with the worker that ran the task.

  --held               the debugger starts it by calling heddleGo(): what editors use
`,
  replay: `heddle replay FILE [options]

Plays again what a scheduler recorded with --record, without sockets, workers or your code, and says whether it decides
the same. Exit code 1 when it does not.

  --until N            stop after N events
  --check-invariants   check the scheduler's own rules after every event, and name the first event that breaks one
  --story KEY          what happened to a task by then
  --explain KEY        why it was not done by then
  --dump               all of the state by then, as JSON
`,
  worker: `heddle worker --connect WHERE [options]

Starts a worker for a scheduler, and starts it again when it crashes.

  --connect WHERE      ws://host:port?token=…, or the path of the cluster's cluster.json (the cluster that runs here,
                       when there is just one)
  --name NAME          what the cluster calls it
  --threads N          its threads (this machine's cores)
  --memory-limit SIZE  4GB, 512MiB, or a fraction like 0.5 (all of it)
  --memory-shares LIST, --spill-folder DIR, --spill-limit SIZE  as in \`heddle run\`
  --resources LIST     what it has for tasks that ask, e.g. gpu=2,licence=1
  --join FILE          the cluster.json of a cluster on several machines, to be reached over its network
  --reconnect SECONDS  how long to look for a scheduler that is gone (30)
  --slurm              inside a job of Slurm: its number is the name, its GPUs are resources
  --no-shared-files    programs' paths mean nothing here: their packages are brought even where something lies there
                       (by default what is the same here is used in place)
`,
  clusters: `heddle clusters

Lists the clusters of yours that run on this machine: id, workers, dashboard, file.
`,
  stop: `heddle stop ID… | --all

Stops clusters of yours: \`heddle clusters\` shows their ids.
`,
  ssh: `heddle ssh up HOST… [options]
heddle ssh down HOST [options]
heddle ssh list HOST… [options]

Starts a cluster on machines that the system's ssh reaches, as ~/.ssh/config names them: the scheduler on the first, workers
on all. What runs there is brought there, once. A cluster of yours that runs on the first host already is found again.

  --workers N          worker processes on each host (1)
  --threads N          threads of each worker (the host's cores, shared out)
  --memory-limit SIZE  of each worker: 4GB, 512MiB, or a fraction of the host's memory like 0.5
  --folder DIR         where files of heddle go on the hosts (~/.cache/heddle, or scratch space)
  --node PATH          the Node of the hosts (the first that is 24 or newer, modules included)
  --fetch-node         where a host has no Node, bring npm's package of it (about 50 MB, kept there)
  --bundle DIR         take Node and packages from a folder that \`heddle bundle\` made
  --config FILE        in place of ~/.ssh/config
  --cluster ID         the one of several clusters there
  --new                start another, whatever runs there

Ctrl-C leaves the cluster running; \`heddle ssh down HOST\` ends it.
`,
  slurm: `heddle slurm up|status|scale|adapt|logs|down --profile FILE [options]

A cluster whose workers are jobs of Slurm. FILE is JSON, like {"cores": 8, "memory": "16GB", "partition": "cpu"}; with a "host"
in it Slurm is reached through ssh, else its commands are run here.

  --jobs N             up, scale: how many jobs with workers (up: 1)
  --workers N, --cores N, --memory SIZE  scale: in place of --jobs, of all jobs together
  --pool NAME          scale: those of one of the profile's pools
  --minimum N, --maximum N  adapt: follow the load with so many jobs (0, no default)
  --target-duration MS adapt: what there is to do should be done within so long (5000)
  --wait-count N       adapt: so many looks must find fewer jobs enough before any ends (3)
  --job ID             logs: whose, as \`heddle slurm status\` shows it
  --cluster ID         the one of several clusters (the youngest)
  --dry-run            up: show the scripts, and do nothing
  --keep-logs          down: leave what jobs printed
`,
  bundle: `heddle bundle --out DIR [--platform linux-x64]

Writes a folder with heddle, its packages and Node for one platform (linux-x64, linux-arm64, darwin-x64, darwin-arm64), for
machines without a network: copy it there and run DIR/heddle, or give it to \`heddle ssh up --bundle DIR\`. What is not on
this machine comes from the registry that npm is configured for.
`,
  agent: `heddle agent [WORD]

What a heddle on another machine runs here through ssh. It joins standard input and output to a small process of yours that
outlives the connection, and says "heddle agent WORD" in a line before the first byte.
`,
  doctor: `heddle doctor

Checks what heddle needs on this machine, and says the way out for what is missing. Exit code 1 when something is.
`,
}
