// The real systems behind the page: Trino with our plugin, PostgreSQL, and the manager with its development issuer.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Daemon, command, freePort, repository, tool, until } from './processes.mjs';
import { Recorder } from './recorder.mjs';

export const binary = process.env.AKKO_BINARY || path.join(repository, 'build/release/akko-catalog-manager');

class Source {
  constructor(name, directory, port) {
    Object.assign(this, { name, directory: path.join(directory, name), port });
    this.variables = { [`AKKO_TEST_${name.toUpperCase()}_PORT`]: String(port) };
  }

  start() {
    return tool(`sources/${this.name}`, ['start', this.directory], this.variables);
  }

  stop() {
    return tool(`sources/${this.name}`, ['stop', this.directory], this.variables);
  }
}

export class Postgresql extends Source {
  /** A statement as its administrator, given on standard input: it may hold a password. */
  execute(sql) {
    const where = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'admin', '-d', 'sales'];
    return command('psql', where, { PGPASSWORD: 'admin_pw' }, sql);
  }

  /** An account that may read shop.orders. */
  addAccount(user, password) {
    return this.execute(
      `CREATE ROLE ${user} LOGIN PASSWORD '${password}'; GRANT USAGE ON SCHEMA shop TO ${user}; GRANT SELECT ON ALL TABLES IN SCHEMA shop TO ${user};`,
    );
  }
}

/** One manager, and the recorder in front of it. */
export class Manager {
  constructor(directory, settings) {
    this.directory = directory;
    this.log = path.join(directory, 'manager.log');
    this.settings = settings;
  }

  static async make(directory, trinoPort, settings = {}) {
    const port = await freePort();
    mkdirSync(directory, { recursive: true });
    const manager = new Manager(directory, {
      LISTEN: `127.0.0.1:${port}`,
      HOME: path.join(directory, 'home'),
      TRINO_URL: `http://127.0.0.1:${trinoPort}`,
      DEV_ISSUER: 'true',
      LOG_LEVEL: 'debug',
      CHECKS_PER_MINUTE: '10000',
      RECONCILE_INTERVAL_SECONDS: '0.5',
      DRIFT_CHECK_SECONDS: '2',
      HEALTH_INTERVAL_SECONDS: '3',
      ...settings,
    });
    manager.port = port;
    manager.issuer = `http://127.0.0.1:${port}`; // the origin of the development issuer
    manager.recorder = new Recorder(port);
    await manager.recorder.start();
    manager.url = `http://127.0.0.1:${manager.recorder.port}/`;
    return manager;
  }

  get variables() {
    return Object.fromEntries(Object.entries(this.settings).map(([name, value]) => [`AKKO_${name}`, value]));
  }

  async start() {
    this.daemon = new Daemon(binary, ['serve'], this.log, this.variables);
    await until(() => this.ready(), 40, `the manager is ready (${this.log})`);
  }

  async ready() {
    if (!this.daemon.running) throw new Error(`the manager ended: ${this.logText().slice(-2000)}`);
    try {
      return (await fetch(`${this.issuer}/readyz`)).status === 200;
    } catch {
      return false;
    }
  }

  logText() {
    return readFileSync(this.log, 'utf8');
  }

  /** Without the page: as a script would, for what a test starts from. */
  async api(method, pathname, body, headers = {}) {
    this.token ??= (await command(binary, ['token', '--user', 'alice', '--roles', 'akko-admin', '--ttl', '3600'], this.variables)).trim();
    const options = { method, headers: { Authorization: `Bearer ${this.token}`, ...headers } };
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers['Content-Type'] = 'application/json';
    }
    const answer = await fetch(`${this.issuer}${pathname}`, options);
    const text = await answer.text();
    const json = (answer.headers.get('content-type') ?? '').includes('json');
    return { status: answer.status, headers: answer.headers, body: json && text ? JSON.parse(text) : text };
  }

  async names() {
    return (await this.api('GET', '/api/admin/catalogs')).body.map((catalog) => catalog.name);
  }

  async register(body) {
    const answer = await this.api('POST', '/api/admin/catalogs', body);
    if (answer.status !== 201) throw new Error(`could not register ${body.name}: ${JSON.stringify(answer.body)}`);
  }

  async removeAll() {
    for (const name of await this.names())
      await until(async () => [204, 404].includes((await this.api('DELETE', `/api/admin/catalogs/${name}`)).status), 30, `${name} is removed`, 300);
  }

  async stop() {
    await this.daemon?.stop();
  }

  async close() {
    await this.stop();
    await this.recorder.stop();
  }
}

export class Stack {
  static async start() {
    const stack = new Stack();
    stack.directory = mkdtempSync(path.join(os.tmpdir(), 'akko-page-'));
    chmodSync(stack.directory, 0o755); // the database server runs as another account
    stack.secrets = path.join(stack.directory, 'secrets');
    mkdirSync(stack.secrets, { mode: 0o700 });
    stack.trinoPort = await freePort();
    stack.trinoDirectory = path.join(stack.directory, 'trino');
    stack.postgresql = new Postgresql('postgresql', stack.directory, await freePort());
    try {
      await Promise.all([stack.startTrino(), stack.postgresql.start()]);
      stack.manager = await Manager.make(path.join(stack.directory, 'manager'), stack.trinoPort, { SECRETS_DIR: stack.secrets });
      await stack.manager.start();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  async startTrino() {
    await tool('trino', ['prepare', this.trinoDirectory], {
      AKKO_TRINO_PORT: String(this.trinoPort),
      AKKO_SECRETS_DIR: this.secrets,
      AKKO_TRINO_PLUGINS: 'bigquery cassandra clickhouse delta-lake elasticsearch geospatial hive iceberg kafka memory mongodb mysql oracle postgresql redshift snowflake sqlserver',
    });
    await tool('trino', ['start', this.trinoDirectory]);
  }

  async trinoVersion() {
    return (await (await fetch(`http://127.0.0.1:${this.trinoPort}/v1/info`)).json()).nodeVersion.version;
  }

  /** The rows of a statement that Trino itself answers: no code of ours in between. */
  async query(sql) {
    const headers = { 'X-Trino-User': 'oracle' };
    let answer = await (await fetch(`http://127.0.0.1:${this.trinoPort}/v1/statement`, { method: 'POST', body: sql, headers })).json();
    const rows = [];
    for (;;) {
      rows.push(...(answer.data ?? []));
      if (answer.error) throw new Error(`${sql}: ${answer.error.message}`);
      if (!answer.nextUri) return rows;
      answer = await (await fetch(answer.nextUri, { headers })).json();
    }
  }

  /** The body of a registration that works. */
  catalog(name, password = 'pw_ok', user = 'trino_ro') {
    const fields = { host: '127.0.0.1', port: this.postgresql.port, database: 'sales', user, password, tls: 'disable' };
    return { name, connector: 'postgresql', fields };
  }

  async stop() {
    await this.manager?.close();
    await Promise.allSettled([tool('trino', ['stop', this.trinoDirectory]), this.postgresql.stop()]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
