// Walks a treemap as a reader does: opens a cell, goes back by the trail, searches. Arguments: the page, and a name that is in it.
import assert from "node:assert/strict";
import { launch, open } from "../../support/browser.mjs";

const [file, wanted] = process.argv.slice(2);
const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  const { page, faults } = await open(browser, file, { colorScheme });
  const steps = () => page.locator("#trail button").allTextContents();
  const cells = () => page.locator("#map [data-cell]").count();
  const [start, all] = [await steps(), await cells()];
  assert.equal(start.length, 1);
  assert.ok(all > 3, `${all} cells`);

  // A click on a cell with others in it opens it; the trail leads back.
  await page.locator("#map .opens.head").first().click({ position: { x: 4, y: 4 } });
  assert.equal((await steps()).length, 2);
  assert.notEqual(await page.textContent("#name"), start[0]);
  await page.locator("#trail button").first().click();
  assert.deepEqual(await steps(), start);
  assert.equal(await cells(), all);

  // The same with the keyboard alone.
  await page.locator("#map .opens.head").first().focus();
  await page.keyboard.press("Enter");
  assert.equal((await steps()).length, 2);
  await page.locator("#trail button").first().click();

  // A search dims the rest; the button leads to the largest hit and tells what it is.
  await page.fill("#query", wanted);
  assert.match(await page.textContent("#hits"), /^[1-9]\d* found$/);
  assert.ok((await page.locator("#map .hit, #map .holds").count()) > 0);
  await page.click("#next");
  assert.match(await page.textContent("#hits"), /^1 of [1-9]\d*$/);
  assert.ok((await page.textContent("#details")).toLowerCase().includes(wanted.toLowerCase()));
  assert.equal(await page.locator("#map .current").count(), 1);
  await page.fill("#query", "no such thing");
  assert.equal(await page.textContent("#hits"), "0 found");
  assert.deepEqual(faults, []);
  await page.context().close();
}
await browser.close();
