// Reads flowcharts with Mermaid itself, draws them, and compares the texts. Argument: a JSON file, a list of {name, text,
// boxes, names}: the lines of every box and every line with a name, as they should be read.
import assert from "node:assert/strict";
import fs from "node:fs";
import { launch, require } from "../../support/browser.mjs";

const charts = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const browser = await launch();
const page = await browser.newPage();
await page.addScriptTag({ path: require.resolve("mermaid/dist/mermaid.min.js") });
const draw = async (text) => {
  mermaid.initialize({ startOnLoad: false });
  await mermaid.parse(text);
  document.body.innerHTML = (await mermaid.render("chart", text)).svg;
  const lines = (element) => (element.innerHTML = element.innerHTML.replaceAll(/<br\/?>/g, "\n")) && element.textContent;
  const read = (selector) => [...document.querySelectorAll(selector)].map(lines);
  return { boxes: read(".node .nodeLabel"), names: read(".edgeLabels .edgeLabel span.edgeLabel").filter(Boolean), harmed: window.harmed };
};
// A space of no width parts what Mermaid would take for a sign.
const spaces = (texts) => texts.map((text) => text.replaceAll("\u200b", "").replaceAll(/[^\S\n]+/gu, " ").trim()).sort();
for (const { name, text, boxes, names } of charts) {
  const found = await page.evaluate(draw, text).catch((error) => assert.fail(`${name}: ${error.message}\n${text}`));
  assert.deepEqual(spaces(found.boxes), spaces(boxes), name);
  assert.deepEqual(spaces(found.names), spaces(names), name);
  assert.equal(found.harmed, undefined);
}
await browser.close();
