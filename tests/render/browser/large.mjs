// A page of some thousand boxes still answers. Argument: the page.
import assert from "node:assert/strict";
import { launch, open } from "../../support/browser.mjs";

const browser = await launch();
const { page, faults } = await open(browser, process.argv[2]);
const timed = async (what, act) => {
  const start = Date.now();
  await act();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  console.log(`${what}: ${Date.now() - start} ms`);
};
const boxes = await page.locator("g.node").count();
assert.ok(boxes >= 2000, `${boxes} boxes`);
await timed("search", () => page.fill("#query", "box 1999"));
assert.equal(await page.textContent("#hits"), "1 hit");
await timed("jump", () => page.press("#query", "Enter"));
assert.equal(await page.textContent("#panel-title"), "box 1999");
await timed("zoom", () => page.mouse.wheel(0, 300));
await timed("fit", () => page.click("#fit"));
assert.deepEqual(faults, []);
await browser.close();
