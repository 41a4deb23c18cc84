// Whether hostile labels come out as they went in: nothing runs, nothing is loaded, each text is there. Arguments: the
// page, and the expected first lines as a JSON file.
import assert from "node:assert/strict";
import fs from "node:fs";
import { launch, open } from "../../support/browser.mjs";

const expected = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const browser = await launch();
const { page, faults } = await open(browser, process.argv[2]);
const found = await page.evaluate(() => [...document.querySelectorAll("g.node")].map((group) => group.querySelector("text")?.textContent ?? ""));
assert.equal(found.length, expected.length);
for (const [at, text] of expected.entries()) assert.equal(found[at], text);
// Each in the panel too.
const titles = await page.evaluate(async () => {
  const titles = [];
  for (const group of document.querySelectorAll("g.node")) {
    group.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    titles.push(document.getElementById("panel-title").textContent);
  }
  return titles;
});
for (const [at, text] of expected.entries()) assert.equal(titles[at], text);
assert.deepEqual(faults, []);
assert.equal(await page.evaluate(() => window.harmed), undefined);
await browser.close();
