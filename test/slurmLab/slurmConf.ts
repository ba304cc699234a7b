// The configuration of the lab's Slurm: two nodes for programs, two with two devices each that pass for GPUs.

import { hostname, userInfo } from 'node:os'

export const NODES = ['node1', 'node2', 'node3', 'node4'] as const
export type NodeName = (typeof NODES)[number]

/** `@` is the lab's folder. Devices must be devices: links to /dev/null pass, files do not. */
export const GRES_CONF = 'NodeName=node[3-4] Name=gpu Type=fake File=@/etc/nvidia[0-1] Flags=nvidia_gpu_env\n'

/** @param ports of the nodes, then of the controller */
export function slurmConf(folder: string, ports: readonly number[], more: readonly string[]): string {
  const user = userInfo().username
  const node = (name: NodeName, i: number): string =>
    `NodeName=${name} NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=4 RealMemory=4000 State=UNKNOWN ` +
    (i < 2 ? 'Feature=cpu' : 'Feature=gpu Gres=gpu:fake:2')
  const lines = [
    'ClusterName=lab',
    // The name must be the machine's own.
    `SlurmctldHost=${hostname().split('.')[0]}(127.0.0.1)`,
    `SlurmctldPort=${ports[NODES.length]}`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    'AuthType=auth/munge',
    // A job that is requeued waits for so long, and one second more.
    `AuthInfo=socket=${folder}/run/munge.sock,cred_expire=5`,
    'CredType=cred/munge',
    `StateSaveLocation=${folder}/state`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmctldLogFile=${folder}/log/slurmctld.log`,
    `SlurmdSpoolDir=${folder}/spool/%n`,
    `SlurmdPidFile=${folder}/run/slurmd-%n.pid`,
    `SlurmdLogFile=${folder}/log/slurmd-%n.log`,
    'MailProg=/bin/true',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/linux',
    'JobAcctGatherFrequency=task=1',
    'AccountingStorageType=accounting_storage/none',
    'JobCompType=jobcomp/none',
    'MpiDefault=none',
    'SwitchType=switch/none',
    // More CPUs than the machine has: nodes are imagined.
    'SlurmdParameters=config_overrides',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU_Memory',
    // Without it a job that names no memory takes all of its node's.
    'DefMemPerCPU=100',
    'GresTypes=gpu',
    // Quick where a site is patient.
    'SchedulerType=sched/backfill',
    'SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1',
    'KillWait=2',
    'MinJobAge=300',
    'SlurmdTimeout=3',
    'SlurmctldTimeout=10',
    'TCPTimeout=1',
    'MessageTimeout=3',
    'CompleteWait=0',
    'InactiveLimit=0',
    'OverTimeLimit=0',
    'JobRequeue=1',
    'ReturnToService=2',
    'UnkillableStepTimeout=30',
    ...NODES.map(node),
    'PartitionName=cpu Nodes=node[1-2] Default=YES DefaultTime=10 MaxTime=60 State=UP',
    'PartitionName=gpu Nodes=node[3-4] DefaultTime=10 MaxTime=60 State=UP',
  ]
  const replaced = new Set(more.map((line) => line.split('=')[0]))
  return `${[...lines.filter((line) => !replaced.has(line.split('=')[0]) || /^(Node|Partition)Name/.test(line)), ...more].join('\n')}\n`
}
