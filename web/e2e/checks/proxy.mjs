import assert from 'node:assert/strict';
import { check, world } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';

check('05c behind nginx: the prefix without its slash leads to the page', async (bench) => {
  const visit = await bench.visit({ entry: world.proxied });
  await visit.page.goto(`${world.proxied.url.slice(0, -1)}#/`);
  await visit.signIn();
  await cockpit(visit).heading('Data Catalogs').waitFor();
  assert.equal(visit.page.url().split('#')[0], world.proxied.url);
  const outside = bench.recorder.calls.filter((call) => /^\/(api\/admin|assets|ui-config)/.test(call.path)).length;
  assert.ok(outside > 3, 'all of it came by the recorder, behind nginx');
});
