// One Chromium for all checks, and visits: a window of a person, watched for everything that must never happen.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { placesOf } from './canary.mjs';
import { repository } from './processes.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const pictures = path.join(process.env.AKKO_REPORTS || path.join(repository, 'build/reports/page'), 'pictures');
mkdirSync(pictures, { recursive: true });

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

export const launch = () =>
  chromium.launch({
    executablePath: process.env.AKKO_CHROMIUM || '/usr/bin/chromium',
    args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'],
  });

/** What an answer of the manager with a 4xx or 5xx leaves in the console, whatever the page does with it. */
const answeredWithError = /^Failed to load resource: the server responded with a status of [45]\d\d/;

/** Runs in the page before anything else: a violation counts although the console may not say it. */
function watchViolations() {
  window.akkoViolations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.akkoViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
  );
}

export class Visit {
  /** `options`: user (null: nobody signs in), viewport, colorScheme, locale, bypassCSP, reducedMotion, signedIn (kept cookies). */
  static async open(browser, entry, options = {}) {
    const { user = 'alice', viewport = desktop, colorScheme = 'light', locale = 'en-GB', bypassCSP = false, kept } = options;
    const visit = new Visit();
    visit.entry = entry;
    visit.user = user;
    visit.problems = [];
    visit.console = [];
    visit.addresses = [];
    visit.tolerated = [];
    visit.context = await browser.newContext({
      viewport, colorScheme, locale, bypassCSP,
      ignoreHTTPSErrors: entry.tls === true,
      reducedMotion: 'reduce',
      storageState: kept,
      timezoneId: 'Europe/Paris',
    });
    visit.context.setDefaultTimeout(20_000);
    await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(entry.url).origin });
    if (!bypassCSP) await visit.context.addInitScript(watchViolations);
    visit.context.on('request', (request) => visit.#requested(request));
    visit.context.on('page', (page) => visit.#watch(page));
    visit.page = await visit.context.newPage();
    return visit;
  }

  #requested(request) {
    const url = request.url();
    this.addresses.push(url);
    if (url.startsWith('data:') || url.startsWith('blob:') || url.startsWith('about:')) return;
    const origin = new URL(url).origin;
    if (origin !== new URL(this.entry.url).origin && origin !== this.entry.issuer) this.problems.push(`request to ${url}`);
  }

  #watch(page) {
    page.on('console', (message) => {
      this.console.push(message.text());
      if (!['error', 'warning'].includes(message.type()) || answeredWithError.test(message.text())) return;
      this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.problems.push(`uncaught: ${error.stack}`));
  }

  /** Console lines that this check brings about on purpose. */
  tolerate(expression) {
    this.tolerated.push(expression);
  }

  /** Opens a location such as "#/new", signing in on the way if the issuer asks who it is. */
  async go(location = '#/') {
    await this.page.goto(this.entry.url + location);
    await this.signIn();
  }

  /** Clicks the person on the issuer's form, when there is one. */
  async signIn() {
    const person = this.page.getByRole('button', { name: new RegExp(this.user ?? 'alice', 'i') });
    const heading = this.page.getByRole('heading', { level: 1 });
    await this.page.waitForURL((url) => url.origin === this.entry.issuer || url.href.startsWith(this.entry.url));
    const onForm = () => this.page.url().startsWith(`${this.entry.issuer}/dev-issuer/`);
    // Either the form, or the page itself: the issuer may know this browser already.
    await heading.or(person).first().waitFor();
    if (!onForm()) return;
    await person.click();
    await this.page.waitForURL((url) => url.href.startsWith(this.entry.url));
    await heading.first().waitFor();
  }

  /** Without a graphics card a picture of a whole page takes a busy machine more than ten seconds. */
  picture(name) {
    return this.page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true, timeout: 40_000 });
  }

  /** WCAG 2.0 to 2.2 A and AA, and the best practices; the visit must have been opened with bypassCSP. */
  async axe() {
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
      return result.violations.map((violation) => ({
        rule: violation.id,
        impact: violation.impact,
        where: violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
      }));
    });
    return found;
  }

  /** All places in which a secret could be seen on this visit. */
  async places() {
    const shown = this.page.isClosed() ? [] : await placesOf(this.page);
    return [...shown, ['console', this.console.join('\n')], ['addresses of requests', this.addresses.join('\n')]];
  }

  /** What must never happen and did. */
  async complaints() {
    const violations = this.page.isClosed() ? [] : await this.page.evaluate(() => window.akkoViolations ?? []).catch(() => []);
    const known = (text) => this.tolerated.some((expression) => expression.test(text));
    return [...this.problems.filter((text) => !known(text)), ...violations.map((text) => `violates the policy: ${text}`)];
  }

  async close() {
    await this.context.close();
  }
}
