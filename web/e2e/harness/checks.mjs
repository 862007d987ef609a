// `check` registers one test. Around it: a fresh window, no catalogs of an earlier test, and after it the search for what must
// never happen (console errors, policy violations, requests elsewhere) and for secrets in everything that passed and is shown.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Canary } from './canary.mjs';
import { Visit, launch, pictures } from './browser.mjs';
import { startNginx } from './nginx.mjs';
import { Stack } from './stack.mjs';

/** `entry`: how a browser reaches the page; `proxied`: the same behind nginx, with TLS and a prefix. */
export const world = { stack: null, browser: null, nginx: null, entry: null, proxied: null, kept: {} };

/** Starts everything, once. */
export async function setUp() {
  [world.stack, world.browser] = await Promise.all([Stack.start(), launch()]);
  const { manager } = world.stack;
  world.entry = { name: 'direct', url: manager.url, issuer: manager.issuer };
  world.nginx = await startNginx(world.stack.directory, manager.recorder.port);
  world.proxied = { name: 'nginx', url: world.nginx.url, issuer: manager.issuer, tls: true };
  console.log(`used: Trino ${await world.stack.trinoVersion()}, Chromium ${world.browser.version()}, Node ${process.version}`);
}

export async function tearDown() {
  await world.browser?.close();
  await world.nginx?.stop();
  await world.stack?.stop();
}

/** What one check works with. */
class Bench {
  constructor(entry) {
    this.entry = entry;
    this.stack = world.stack;
    this.manager = world.stack.manager;
    this.recorder = this.manager.recorder;
    this.canary = new Canary();
    this.visits = [];
    this.ends = [];
  }

  /** A window that is signed in (without a form after the first time), or one of nobody with {kept: undefined}. */
  async visit(options = {}) {
    const user = options.user === undefined ? 'alice' : options.user;
    const entry = options.entry ?? this.entry;
    const key = `${entry.name} ${user}`;
    const visit = await Visit.open(world.browser, entry, { kept: world.kept[key], ...options, user });
    this.visits.push(visit);
    visit.remember = async () => {
      const { cookies } = await visit.context.storageState();
      world.kept[key] = { cookies, origins: [] };
    };
    return visit;
  }

  /** A signed-in window at this location. */
  async at(location, options = {}) {
    const visit = await this.visit(options);
    await visit.go(location);
    await visit.remember();
    return visit;
  }

  secret(secret) {
    return this.canary.plant(secret);
  }

  /** Runs when the check is over, whatever came of it. */
  after(what) {
    this.ends.unshift(what);
  }

  async search() {
    const places = (await Promise.all(this.visits.map((visit) => visit.places()))).flat();
    for (const call of this.recorder.calls) {
      places.push([`answer to ${call.method} ${call.path}`, call.answer + JSON.stringify(call.answerHeaders ?? {})]);
      places.push([`address of ${call.method} ${call.path}`, call.path]);
    }
    places.push(['log of the manager', this.manager.logText()]);
    return this.canary.search(places);
  }

  async end() {
    for (const what of this.ends) await what();
    for (const visit of this.visits) await visit.close();
    this.recorder.forget();
  }
}

/** `options`: catalogs (bodies of what is registered before), proxied (once more, behind nginx). */
export function check(name, run, options = {}) {
  register(name, run, options, () => world.entry);
  if (options.proxied) register(`${name} (behind nginx)`, run, options, () => world.proxied);
}

function register(name, run, options, entry) {
  test(name, { timeout: options.timeout ?? 120_000 }, async () => {
    const bench = new Bench(entry());
    try {
      await bench.manager.removeAll();
      for (const make of options.catalogs ?? []) await bench.manager.register(make(bench.stack));
      bench.recorder.forget();
      await run(bench);
      assert.deepEqual(await bench.search(), [], 'a secret is seen in these places');
      const complaints = (await Promise.all(bench.visits.map((visit) => visit.complaints()))).flat();
      assert.deepEqual(complaints, []);
    } catch (error) {
      const name_ = name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
      for (const [index, visit] of bench.visits.entries())
        await visit.page.screenshot({ path: `${pictures}/failed-${name_}-${index}.png`, timeout: 5000 }).catch(() => {});
      for (const visit of bench.visits) if (visit.problems.length) console.log(visit.problems.slice(0, 5).join('\n'));
      throw error;
    } finally {
      await bench.end();
    }
  });
}
