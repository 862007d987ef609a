// Child processes, ports and waiting.
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
/** The clone. The checks run from a copy of web/ that has the packages of the page beside it (tools/page-build). */
export const repository = process.env.AKKO_REPO || path.resolve(here, '../../..');
export const web = path.resolve(here, '../..');

/** A port of the loopback address that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What any program needs of our environment, and `variables`. */
export function environment(variables = {}) {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'AKKO_CACHE'].filter((name) => process.env[name]);
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), ...variables };
}

/** Runs one of tools/* to its end; its output is part of the error. */
export function tool(name, args, variables = {}) {
  return command(path.join(repository, 'tools', name), args, variables);
}

export function command(program, args, variables = {}, input = '') {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env: environment(variables), maxBuffer: 16e6 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
    child.stdin.end(input);
  });
}

/** A process that runs on, its output in a file. */
export class Daemon {
  constructor(program, args, log, variables) {
    const output = openSync(log, 'a');
    this.child = spawn(program, args, { env: environment(variables), stdio: ['ignore', output, output] });
    closeSync(output);
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal = 'SIGTERM') {
    if (this.running) this.child.kill(signal);
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(killer);
  }
}

/** Calls `condition` until it gives something true, and returns that. */
export async function until(condition, seconds, what, every = 50) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(every);
  }
}

export { sleep };
