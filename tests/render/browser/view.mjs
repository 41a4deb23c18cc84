// Walks a page as a reader does: looks, searches, clicks, follows links, zooms, drags, uses keys. Arguments: the page,
// a folder for screenshots, and what to expect as JSON {asked, hit, words, holder}.
import assert from "node:assert/strict";
import { launch, open } from "../../support/browser.mjs";

const [file, shots, expected] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4])];
const browser = await launch();
const text = (page, selector) => page.textContent(selector);
const transform = (page) => page.evaluate(() => document.querySelector("#stage > svg").style.transform);
const fact = (page, name) => page.textContent(`#panel-facts [data-fact=${name}]`);
const node = (page, id) => page.locator("g.node", { has: page.locator(`xpath=./*[local-name()="title" and text()="${id}"]`) });
const settled = (page) => page.waitForTimeout(350);

const walk = async (scheme) => {
  const { page, faults } = await open(browser, file, { colorScheme: scheme });
  assert.equal(await page.isHidden("#panel"), true);
  const ground = await page.evaluate(() => getComputedStyle(document.querySelector("svg .background")).fill);
  await page.screenshot({ path: `${shots}/view-${scheme}.png` });

  // Search: one hit, the others dimmed; Enter jumps there and opens its details.
  await page.keyboard.press("/");
  await page.keyboard.type(expected.words);
  assert.match(await text(page, "#hits"), /^[1-9]\d* hits?$/);
  assert.equal(await page.locator("#stage.searching .node:not(.hit)").count() > 0, true);
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(await text(page, "#hits"), /^1 \/ /);
  assert.equal(await fact(page, "address"), expected.hit);
  await page.screenshot({ path: `${shots}/view-${scheme}-search.png` });
  await page.keyboard.press("Escape");
  assert.equal(await text(page, "#hits"), "");

  // A click opens the panel with the right address; a link in it moves on, and "back" comes back.
  await page.click("#fit");
  await settled(page);
  await node(page, expected.asked).click();
  await settled(page);
  assert.equal(await fact(page, "address"), expected.asked);
  assert.equal(await fact(page, "depth"), "asked for");
  assert.equal(await page.locator("g.node.chosen").count(), 1);
  await page.screenshot({ path: `${shots}/view-${scheme}-panel.png` });
  const before = await transform(page);
  await page.click(`#panel-holders a[href="#${expected.holder}"]`);
  await settled(page);
  assert.equal(await fact(page, "address"), expected.holder);
  assert.notEqual(await transform(page), before);
  const [stage, box] = [await page.locator("#stage").boundingBox(), await node(page, expected.holder).locator("rect").first().boundingBox()];
  assert.ok(Math.abs(box.x + box.width / 2 - (stage.x + stage.width / 2)) < 2, "what a link leads to stands in the middle");
  await page.goBack();
  assert.equal(await fact(page, "address"), expected.asked);

  // Hovering shows the neighbours.
  await page.keyboard.press("Escape");
  assert.equal(await page.isHidden("#panel"), true);
  await page.click("#fit");
  await settled(page);
  await node(page, expected.asked).hover();
  assert.equal(await page.locator("#stage.hovering .node.near").count() > 1, true);

  // Zoom by button, wheel and key; drag; pinch.
  const changes = async (act) => {
    const old = await transform(page);
    await act();
    await settled(page);
    assert.notEqual(await transform(page), old, act.toString());
  };
  await changes(() => page.click("#zoom-in"));
  await page.mouse.move(stage.x + 200, stage.y + 200);
  await changes(() => page.mouse.wheel(0, -240));
  await page.focus("#stage");
  await changes(() => page.keyboard.press("-"));
  await changes(() => page.keyboard.press("ArrowRight"));
  await changes(async () => {
    await page.mouse.move(stage.x + 20, stage.y + 20);
    await page.mouse.down();
    await page.mouse.move(stage.x + 120, stage.y + 90, { steps: 5 });
    await page.mouse.up();
  });
  assert.equal(await page.isHidden("#panel"), true, "a drag is no click");
  await changes(() => page.keyboard.press("0"));

  // Without a mouse: Tab to an object, Enter opens it, arrows go to the next.
  await page.focus("#stage");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector("title").textContent), expected.asked);
  await page.keyboard.press("Enter");
  assert.equal(await fact(page, "address"), expected.asked);
  await page.keyboard.press("ArrowLeft");
  const focused = await page.evaluate(() => document.activeElement.matches("g.node") && document.activeElement.querySelector("title").textContent);
  assert.ok(focused && focused !== expected.asked, `arrows go from object to object, found ${focused}`);

  // The theme can be forced, whatever the system prefers.
  const schemeOf = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.click("#theme");
  const light = await schemeOf();
  await page.click("#theme");
  assert.notEqual(await schemeOf(), light);
  assert.deepEqual(faults, []);
  await page.context().close();
  return ground;
};

/** Two fingers that part zoom in. */
const pinch = async () => {
  const { page, faults } = await open(browser, file, { hasTouch: true });
  const client = await page.context().newCDPSession(page);
  const touch = (type, ...points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const scale = async () => Number((await transform(page)).match(/scale\((.*)\)/)[1]);
  const before = await scale();
  await touch("touchStart", [600, 400], [640, 400]);
  for (const step of [20, 40, 60, 80]) await touch("touchMove", [600 - step, 400], [640 + step, 400]);
  await touch("touchEnd");
  const after = await scale();
  assert.ok(after > before * 2, `a pinch zoomed from ${before} to ${after}`);
  assert.deepEqual(faults, []);
  await page.context().close();
};

const [light, dark] = [await walk("light"), await walk("dark")];
assert.notEqual(light, dark, "the picture follows the reader's theme");
await pinch();
await browser.close();
