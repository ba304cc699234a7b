// Accounting for the lab's Slurm: a database and slurmdbd on this machine, with the accounts that this user may name.

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { programPath } from './install.ts'

/** Small where a site's is large. */
const DATABASE = ['--no-defaults', '--skip-grant-tables', '--innodb-buffer-pool-size=32M'] as const
const SCHEMA = '/usr/share/mysql'

export interface AccountingPorts {
  database: number
  slurmdbd: number
}

/** What slurm.conf says of it: jobs of accounts that the user has not are refused. */
export const accountingConf = (folder: string, ports: AccountingPorts): string[] => [
  'AccountingStorageType=accounting_storage/slurmdbd',
  'AccountingStorageHost=127.0.0.1',
  `AccountingStoragePort=${ports.slurmdbd}`,
  // With Munge this is its socket.
  `AccountingStoragePass=${folder}/run/munge.sock`,
  'AccountingStorageEnforce=associations,limits,qos',
]

/** Makes an empty database and slurmdbd's configuration. @param folder of the lab */
export async function prepareAccounting(folder: string, ports: AccountingPorts): Promise<void> {
  mkdirSync(join(folder, 'database'))
  const lines = [
    'create database mysql;',
    'use mysql;',
    ...['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((name) =>
      readFileSync(join(SCHEMA, name), 'utf8'),
    ),
  ]
  const made = spawn(programPath('mariadbd')!, [...DATABASE, '--bootstrap', ...ownArgs(folder)], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  made.stdin.end(`${lines.join('\n')}\n`)
  const [said, code] = await Promise.all([
    text(made.stderr),
    new Promise<number | null>((resolve) => made.once('close', resolve)),
  ])
  if (code !== 0) throw new Error(`no database: ${said}`)
  writeFileSync(join(folder, 'etc', 'slurmdbd.conf'), slurmdbdConf(folder, ports), { mode: 0o600 })
}

export const databaseArgs = (folder: string, { database }: AccountingPorts): string[] => [
  ...[...DATABASE, ...ownArgs(folder), '--bind-address=127.0.0.1', `--port=${database}`],
  ...[`--socket=${folder}/run/database.sock`, `--pid-file=${folder}/run/database.pid`],
]

const ownArgs = (folder: string): string[] => [
  `--user=${userInfo().username}`,
  `--datadir=${folder}/database`,
]

const slurmdbdConf = (folder: string, { database, slurmdbd }: AccountingPorts): string =>
  `${[
    'AuthType=auth/munge',
    `AuthInfo=socket=${folder}/run/munge.sock`,
    `DbdHost=${hostname().split('.')[0]}`,
    'DbdAddr=127.0.0.1',
    `DbdPort=${slurmdbd}`,
    `SlurmUser=${userInfo().username}`,
    `LogFile=${folder}/log/slurmdbd.log`,
    `PidFile=${folder}/run/slurmdbd.pid`,
    'StorageType=accounting_storage/mysql',
    'StorageHost=127.0.0.1',
    `StoragePort=${database}`,
    'StorageUser=root',
    'StoragePass=none',
    'StorageLoc=accounting',
  ].join('\n')}\n`
