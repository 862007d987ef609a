// The page as a person meets it: by role and by name.

export class Cockpit {
  constructor(visit) {
    this.visit = visit;
    this.page = visit.page;
  }

  get main() {
    return this.page.getByRole('main');
  }

  heading(name, level = 1) {
    return this.page.getByRole('heading', { level, name });
  }

  button(name) {
    return this.page.getByRole('button', { name });
  }

  // ---- list

  row(name) {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  async openMenu(name) {
    await this.row(name).getByRole('button', { name: `Actions for ${name}` }).click();
    return this.page.getByRole('menu');
  }

  // ---- form

  /** A text field, by its label: asterisks of required fields do not count. */
  field(label) {
    const text = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}( \\*)?$`);
    return this.page.getByLabel(text).first();
  }

  /** Takes one of the choices of a list. */
  async choose(label, choice) {
    const labels = await this.field(label).locator('option').allTextContents();
    await this.field(label).selectOption({ label: labels.find((each) => choice.test(each)) });
  }

  get search() {
    return this.page.getByRole('textbox', { name: 'Search connectors' });
  }

  get changeConnector() {
    return this.button('Change connector');
  }

  /** The cards of the connectors that are offered. */
  get connectors() {
    return this.page.getByRole('region', { name: 'Connector' }).getByRole('listitem').getByRole('button');
  }

  async connector(title) {
    await this.search.or(this.changeConnector).waitFor();
    if (await this.changeConnector.count()) await this.changeConnector.click();
    await this.search.fill(title);
    await this.connectors.filter({ hasText: new RegExp(`^${title}`) }).first().click();
    await this.isConnector(title);
  }

  isConnector(title) {
    return this.page.getByRole('heading', { level: 2, name: `Connector: ${title}`, exact: true }).waitFor();
  }

  get summary() {
    return this.page.getByRole('alert').filter({ hasText: /^Check \d+ field/ });
  }

  /** Takes "curl", "SQL" or "YAML" from the menu of the form, and gives what is on the clipboard then. */
  async copyAs(format) {
    await this.button(/Copy as|Copied/).click();
    await this.page.getByRole('menuitem', { name: format, exact: true }).click();
    await this.page.getByRole('menu').waitFor({ state: 'hidden' });
    return this.clipboard();
  }

  /** The form for the PostgreSQL of the stack. `changes`: other values. */
  async fillPostgresql(bench, name, changes = {}) {
    const values = { Host: '127.0.0.1', Port: String(bench.stack.postgresql.port), Database: 'sales', User: 'trino_ro', Password: 'pw_ok', ...changes };
    await this.connector('PostgreSQL');
    await this.field('Name').fill(name);
    for (const [label, value] of Object.entries(values)) if (label !== 'TLS') await this.field(label).fill(value);
    await this.choose('TLS', changes.TLS ?? /^Off/);
  }

  // ---- the check

  get panel() {
    return this.page.locator('aside');
  }

  step(title) {
    return this.panel.getByRole('listitem').filter({ hasText: title });
  }

  /** Waits until the check has ended: no step runs or waits. */
  async checkEnds() {
    await this.button('Test connection').and(this.page.locator(':enabled')).waitFor({ timeout: 30_000 });
  }

  /** Where the cursor is: the name of the focused element. */
  focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const name = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      return { tag: element?.tagName ?? '', name: name.trim(), id: element?.id ?? '' };
    });
  }

  /** Presses Tab until the wanted element has the focus. */
  async tabTo(locator, presses = 60) {
    for (let press = 0; press < presses; press++) {
      if (await locator.evaluate((element) => element === document.activeElement).catch(() => false)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${locator}`);
  }

  async clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  async scrollsSideways() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }
}

export const cockpit = (visit) => new Cockpit(visit);
