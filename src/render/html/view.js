"use strict";
/**
 * The page around one picture: which boxes and lines belong together, search, selection, panel, keys.
 *
 * The SVG is grouped as Graphviz groups it: <g class="node"><title>ID</title>… and <g class="edge"><title>FROM->TO</title>….
 * The JSON beside it has the same ids. Every text goes into the page as text, never as markup.
 */
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("picture-data").textContent);
  const [stage, panel, query, root] = [find("stage"), find("panel"), find("query"), document.documentElement];
  const picture = stage.querySelector("svg");

  // ---- What there is

  const titleOf = (group) => group.querySelector(":scope > title")?.textContent ?? "";
  /** Boxes by id: {id, data, group, holders, referents}; the last two are lines. */
  const boxes = new Map((data.nodes ?? []).map((node) => [node.id, { id: node.id, data: node, holders: [], referents: [] }]));
  const boxOf = new Map();
  for (const group of picture.querySelectorAll("g.node")) {
    const box = boxes.get(titleOf(group));
    if (!box) continue;
    box.group = group;
    boxOf.set(group, box);
  }
  /** Groups of lines by title; parallel lines stand in the order of the JSON. */
  const drawn = new Map();
  for (const group of picture.querySelectorAll("g.edge")) {
    const title = titleOf(group);
    drawn.set(title, [...(drawn.get(title) ?? []), group]);
  }
  const lines = (data.edges ?? []).map((edge) => {
    const line = { data: edge, from: boxes.get(edge.from), to: boxes.get(edge.to) };
    line.group = drawn.get(`${edge.from}->${edge.to}`)?.shift();
    line.from?.referents.push(line);
    line.to?.holders.push(line);
    return line;
  });

  const linesOf = (box) => [...box.holders, ...box.referents];
  const titleText = (box) => box.data.label?.[0] ?? box.id;

  // ---- Moving

  const view = new Viewport(stage, picture, (scale) => {
    find("scale").textContent = `${Math.round(scale * 100)} %`;
  });
  let untouched = true;
  const start = () => {
    view.fit();
    // A large picture fitted into the window cannot be read: begin with what was asked for.
    const asked = [...boxes.values()].find((box) => box.data.asked && box.group);
    if (view.scale < 0.35 && asked) view.centre(asked.group, 0.6);
  };
  for (const touch of ["pointerdown", "wheel", "keydown"]) {
    stage.addEventListener(touch, () => { untouched = false; }, { passive: true });
  }
  new ResizeObserver(() => untouched && !chosen && start()).observe(stage);

  // ---- Hovering

  let hovered = [];
  const hover = (box) => {
    for (const group of hovered) group.classList.remove("near");
    hovered = [];
    stage.classList.toggle("hovering", Boolean(box));
    if (!box) return;
    const near = linesOf(box).flatMap((line) => [line.group, line.from?.group, line.to?.group]);
    hovered = [...new Set([box.group, ...near])].filter(Boolean);
    for (const group of hovered) group.classList.add("near");
  };
  const boxAt = (event) => boxOf.get(event.target.closest?.("g.node"));
  stage.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 0) hover(boxAt(event));
  });
  stage.addEventListener("pointerleave", () => hover(null));

  // ---- Selecting: the box in the address bar, so that "back" goes back

  let chosen = null;
  const idInAddress = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };
  const hashOf = (box) => `#${encodeURIComponent(box.id)}`;

  const select = (box, move = (group) => view.centre(group)) => {
    if (chosen) {
      chosen.group?.classList.remove("chosen");
      for (const line of linesOf(chosen)) line.group?.classList.remove("linked");
    }
    chosen = box ?? null;
    panel.hidden = !chosen;
    if (!chosen) return;
    chosen.group?.classList.add("chosen");
    for (const line of linesOf(chosen)) line.group?.classList.add("linked");
    setTabStop(chosen);
    showPanel(chosen);
    if (chosen.group) move(chosen.group);
  };
  /** As a link does; but what is clicked in the picture stays under the pointer, if the panel leaves it in sight. */
  const goInPlace = (box) => {
    if (location.hash !== hashOf(box)) history.pushState(null, "", hashOf(box));
    select(box, (group) => view.reveal(group));
  };
  const deselect = () => {
    const group = chosen?.group;
    history.pushState(null, "", location.pathname + location.search);
    select(null);
    group?.focus({ preventScroll: true });
  };
  window.addEventListener("popstate", () => select(boxes.get(idInAddress())));
  stage.addEventListener("click", (event) => {
    const box = boxAt(event);
    if (box) goInPlace(box);
  });
  find("close").addEventListener("click", deselect);

  // ---- The panel: what the JSON knows, field by field

  /** Shown in their own places, or of no use to a reader. */
  const PLACED = new Set(["id", "label", "tooltip", "asked"]);
  const BYTES = /(^|_)(bytes|size|shallow|retained)$/;
  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const valueText = (key, value) => {
    if (typeof value === "number") return value.toLocaleString("en-US") + (BYTES.test(key) ? " bytes" : "");
    if (value === true) return "yes";
    if (Array.isArray(value)) return value.map((one) => valueText(key, one)).join(", ");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  const isShown = ([key, value]) => !PLACED.has(key) && value !== null && value !== false && value.length !== 0;

  const showPanel = (box) => {
    find("panel-title").textContent = titleText(box);
    find("panel-lines").textContent = (box.data.label ?? []).slice(1).join("\n");
    const facts = Object.entries(box.data).filter(isShown).flatMap(([key, value]) => {
      const fact = make("dd", valueText(key, value), key === "address" ? "mono" : "");
      fact.dataset.fact = key;
      return [make("dt", key.replaceAll("_", " ")), fact];
    });
    find("panel-facts").replaceChildren(...facts);
    const away = (box.data.depth === 1 ? "1 reference" : `${box.data.depth} references`) + " from what was asked";
    const depth = find("panel-facts").querySelector("[data-fact=depth]");
    if (depth) depth.textContent = box.data.asked ? "asked for" : away;
    showLines("panel-holders", "Held by", box.holders, (line) => line.from);
    showLines("panel-referents", "Holds", box.referents, (line) => line.to);
    const text = box.data.tooltip ?? "";
    find("panel-text").textContent = text;
    find("panel-more").hidden = text === "";
    panel.scrollTop = 0;
  };
  const showLines = (id, heading, some, farEnd) => {
    const list = make("ul");
    for (const line of some) {
      const far = farEnd(line);
      if (!far) continue;
      const link = make("a");
      link.href = hashOf(far);
      link.append(make("span", line.data.tooltip || (line.data.label ?? "unnamed"), "name"));
      link.append(make("span", (far.data.label ?? []).slice(0, 2).join("  "), "what"));
      if (far.data.address) link.append(make("span", far.data.address, "mono"));
      link.addEventListener("pointerenter", () => hover(far));
      link.addEventListener("pointerleave", () => hover(null));
      const item = make("li");
      item.append(link);
      list.append(item);
    }
    const parts = some.length > 0 ? [make("h3", `${heading} (${some.length} here)`), list] : [];
    find(id).replaceChildren(...parts);
  };

  // ---- Searching

  const textOf = (box) => [box.id, box.data.address, box.data.kind, ...(box.data.label ?? []), box.data.tooltip];
  const fold = (texts) => texts.filter(Boolean).join("\n").toLowerCase();
  const haystack = new Map([...boxes.values()].map((box) => [box, fold(textOf(box))]));
  const lineTexts = new Map(lines.map((line) => [line, fold([line.data.label, line.data.tooltip])]));
  let [hits, at] = [[], -1];

  const search = () => {
    const words = query.value.trim().toLowerCase();
    for (const group of picture.querySelectorAll(".hit, .current")) group.classList.remove("hit", "current");
    stage.classList.toggle("searching", words !== "");
    const named = words === "" ? [] : lines.filter((line) => lineTexts.get(line).includes(words));
    // A name stands on a line: what it leads to is found.
    const targets = new Set(named.map((line) => line.to));
    hits = words === "" ? [] : [...boxes.values()].filter((box) => box.group && (targets.has(box) || haystack.get(box).includes(words)));
    at = -1;
    for (const one of [...hits, ...named]) one.group?.classList.add("hit");
    showCount(words);
  };
  const showCount = (words) => {
    const number = hits.length.toLocaleString("en-US");
    const count = at < 0 ? `${number} ${hits.length === 1 ? "hit" : "hits"}` : `${at + 1} / ${number}`;
    find("hits").textContent = words === "" ? "" : count;
    for (const id of ["next", "previous"]) find(id).disabled = hits.length === 0;
  };
  const jump = (by) => {
    if (hits.length === 0) return;
    hits[at]?.group.classList.remove("current");
    at = at < 0 && by < 0 ? hits.length - 1 : (at + by + hits.length) % hits.length;
    const box = hits[at];
    box.group.classList.add("current");
    showCount(query.value);
    // Going through the hits is one step for "back", not one for each.
    history.replaceState(null, "", hashOf(box));
    select(box);
  };
  query.addEventListener("input", search);
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      jump(-1);
    }
  });
  find("search").addEventListener("submit", (event) => {
    event.preventDefault();
    jump(1);
  });
  find("previous").addEventListener("click", () => jump(-1));

  // ---- Keys: one box is a tab stop, arrows go on from it

  let tabStop = null;
  const setTabStop = (box) => {
    tabStop?.group.setAttribute("tabindex", "-1");
    tabStop = box?.group ? box : tabStop;
    tabStop?.group.setAttribute("tabindex", "0");
  };
  for (const box of boxOf.values()) {
    box.group.setAttribute("tabindex", "-1");
    box.group.setAttribute("role", "button");
    box.group.setAttribute("aria-label", [box.data.asked ? "asked for:" : "", box.data.highlighted ? "highlighted:" : "", ...(box.data.label ?? [])].join(" ").trim());
  }
  setTabStop([...boxOf.values()].find((box) => box.data.asked) ?? [...boxOf.values()][0]);

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  /** The nearest box in a direction; what is off to the side counts three times as far. */
  const neighbour = (box, [dx, dy]) => {
    const middle = (one) => {
      const place = one.group.getBoundingClientRect();
      return [place.x + place.width / 2, place.y + place.height / 2];
    };
    const [x, y] = middle(box);
    let [best, least] = [null, Infinity];
    for (const other of boxOf.values()) {
      const [ox, oy] = middle(other);
      const ahead = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      const far = ahead + 3 * aside;
      if (other !== box && ahead > 1 && far < least) [best, least] = [other, far];
    }
    return best;
  };
  const onStageKey = (event) => {
    const step = STEPS[event.key];
    const box = boxOf.get(document.activeElement);
    if (step && box && !event.shiftKey) {
      const next = neighbour(box, step);
      if (next) {
        setTabStop(next);
        next.group.focus({ preventScroll: true });
        view.centre(next.group);
      }
    } else if (step) {
      view.panBy(step[0] * -60, step[1] * -60);
    } else if ((event.key === "Enter" || event.key === " ") && box) {
      goInPlace(box);
    } else {
      return;
    }
    event.preventDefault();
  };
  const ZOOMS = { "+": 1.25, "=": 1.25, "-": 0.8 };
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || find("keys").open) return;
    if (event.key === "Escape") {
      if (query.value !== "" && document.activeElement === query) {
        query.value = "";
        search();
      } else if (chosen) {
        deselect();
      }
      return;
    }
    if (event.target instanceof HTMLInputElement) return;
    if (ZOOMS[event.key]) view.zoomBy(ZOOMS[event.key]);
    else if (event.key === "0") view.fit();
    else if (event.key === "?") find("keys").showModal();
    else if (event.key === "/") query.focus();
    else return;
    event.preventDefault();
  };
  stage.addEventListener("keydown", onStageKey);
  document.addEventListener("keydown", onKey);

  // ---- Buttons

  const THEMES = ["auto", "light", "dark"];
  const showTheme = () => {
    const words = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
    find("theme").textContent = words[root.dataset.theme];
  };
  const button = (id, act) => find(id).addEventListener("click", act);
  button("zoom-in", () => { view.glide(); view.zoomBy(1.25); });
  button("zoom-out", () => { view.glide(); view.zoomBy(0.8); });
  button("fit", () => { view.glide(); view.fit(); });
  button("help", () => find("keys").showModal());
  button("theme", () => {
    root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    showTheme();
  });

  root.classList.add("moves");
  showTheme();
  start();
  select(boxes.get(idInAddress()));
})();
