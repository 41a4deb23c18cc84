"use strict";
/**
 * A treemap to walk about in. The cells come as JSON, each before those in it; every text goes into the page as text.
 *
 * Squarified after Bruls, Huizing and van Wijk (2000), as the picture is.
 */
(() => {
  const find = (id) => document.getElementById(id);
  const cells = JSON.parse(find("cells").textContent);
  const [map, trail, query, hits, next] = ["map", "trail", "query", "hits", "next"].map(find);
  const [HEAD, RIM, LEAST, THIN, MOST] = [18, 3, 34, 3, 2500];

  cells.forEach((cell, at) => {
    [cell.at, cell.children] = [at, []];
    if (cell.parent !== null) cells[cell.parent].children.push(cell);
  });
  /** Of each cell the lower case text that a search looks at. */
  const texts = cells.map((cell) => `${cell.name} ${cell.what} ${cell.tooltip}`.toLowerCase());
  let [root, found, current] = [0, [], -1];

  // ---- Places

  /** Divides a rectangle [x, y, width, height] by weights that descend. */
  function squarify(weights, [x, y, width, height]) {
    const parts = [];
    let left = weights.reduce((sum, weight) => sum + weight, 0);
    while (parts.length < weights.length) {
      if (left <= 0 || width * height <= 0) {
        parts.push([x, y, 0, 0]);
        continue;
      }
      const [scale, side, start] = [(width * height) / left, Math.min(width, height), parts.length];
      const worst = (sum, least) => {
        const area = sum * scale;
        return Math.max((side * side * weights[start] * scale) / (area * area), (area * area) / (side * side * least * scale));
      };
      let [end, sum, before] = [start, 0, Infinity];
      while (end < weights.length) {
        const now = worst(sum + weights[end], weights[end]);
        if (end > start && now > before) break;
        [sum, before] = [sum + weights[end], now];
        end += 1;
      }
      const upright = width >= height;
      const thick = end === weights.length ? Math.max(width, height) : ((upright ? width : height) * sum) / left;
      let along = 0;
      for (let at = start; at < end; at += 1) {
        const length = sum > 0 ? (side * weights[at]) / sum : 0;
        parts.push(upright ? [x, y + along, thick, length] : [x + along, y, length, thick]);
        along += length;
      }
      if (upright) [x, width] = [x + thick, width - thick];
      else [y, height] = [y + thick, height - thick];
      left -= sum;
    }
    return parts;
  }

  // ---- The map

  function text(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    return element;
  }

  const pen = document.createElement("canvas").getContext("2d");
  const font = getComputedStyle(map).fontFamily;
  function widthOf(words, bold) {
    pen.font = `${bold ? "bold " : ""}11.5px ${font}`;
    return pen.measureText(words).width;
  }

  function draw(cell, [x, y, width, height], opened) {
    const element = document.createElement("div");
    element.className = `cell f${cell.family}`;
    element.classList.toggle("own", cell.own);
    element.classList.toggle("many", cell.many);
    element.classList.toggle("opens", cell.children.length > 0);
    element.classList.toggle("head", opened);
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${Math.max(width - 1, 0)}px`, height: `${Math.max(height - 1, 0)}px` });
    element.dataset.cell = cell.at;
    element.title = cell.tooltip;
    const room = width - 12;
    const name = widthOf(cell.name, true) <= room || !cell.short ? cell.name : cell.short;
    if (room > 20 && height > 14) element.append(text("b", name));
    const size = [`${cell.size} · ${cell.share}`, cell.size].find((words) => widthOf(words) <= (opened ? room - widthOf(name, true) - 14 : room));
    const left = room - widthOf(name, true) - widthOf(size ?? "") - 28;
    if (opened && left > 30) element.append(text("i", cell.what));
    else if (!opened && height > 46 && cell.what && room > 30) element.append(text("i", cell.what));
    if (size && (opened || height > 30)) element.append(text("s", size));
    if (cell.children.length > 0 && cell.at !== root) {
      element.tabIndex = 0;
      element.setAttribute("role", "button");
    }
    map.append(element);
  }

  /** Lays out what is in the root cell, from the outside inwards. */
  function layOut() {
    map.replaceChildren();
    const whole = [0, 0, map.clientWidth, map.clientHeight];
    const queue = [[cells[root], whole, cells[root].children.length > 0 ? whole : null]];
    if (cells[root].children.length === 0) draw(cells[root], whole, false);
    for (let at = 0; at < queue.length && at < MOST; at += 1) {
      const [around, , inside] = queue[at];
      if (!inside) continue;
      squarify(around.children.map((cell) => cell.bytes), inside).forEach((rect, nth) => {
        const [cell, [x, y, width, height]] = [around.children[nth], rect];
        if (width < THIN || height < THIN) return;
        const opened = cell.children.length > 0 && width >= LEAST && height >= LEAST + HEAD;
        draw(cell, rect, opened);
        queue.push([cell, rect, opened ? [x + RIM, y + HEAD, width - 2 * RIM, height - HEAD - RIM] : null]);
      });
    }
    mark();
  }

  function show(at, keep) {
    root = at;
    const way = [];
    for (let up = at; up !== null; up = cells[up].parent) way.unshift(cells[up]);
    trail.replaceChildren(
      ...way.map((cell, nth) => {
        const step = text("button", cell.name);
        step.type = "button";
        step.title = cell.tooltip;
        if (nth + 1 === way.length) step.setAttribute("aria-current", "location");
        step.addEventListener("click", () => show(cell.at));
        return step;
      }),
    );
    if (!keep) tell(cells[at]);
    layOut();
  }

  function tell(cell) {
    find("name").textContent = cell.name;
    find("details").textContent = cell.tooltip;
  }

  const cellOf = (event) => {
    const element = event.target.closest("[data-cell]");
    return element && cells[Number(element.dataset.cell)];
  };

  /** A cell with others in it becomes the map; of one without, the cell around it. */
  function enter(cell) {
    const into = cell.children.length > 0 ? cell : cells[cell.parent ?? root];
    if (into.at !== root) show(into.at);
    tell(cell);
  }

  // ---- Search

  function mark() {
    const [wanted, around] = [new Set(found), new Set()];
    for (const at of found) for (let up = cells[at].parent; up !== null && !around.has(up); up = cells[up].parent) around.add(up);
    document.body.classList.toggle("searching", query.value.trim() !== "");
    for (const element of map.querySelectorAll("[data-cell]")) {
      const at = Number(element.dataset.cell);
      element.classList.toggle("hit", wanted.has(at));
      element.classList.toggle("holds", around.has(at) || (wanted.size > 0 && inside(at, wanted)));
      element.classList.toggle("current", found[current] === at);
    }
  }

  function inside(at, wanted) {
    for (let up = cells[at].parent; up !== null; up = cells[up].parent) if (wanted.has(up)) return true;
    return false;
  }

  function search() {
    const words = query.value.trim().toLowerCase();
    found = words ? cells.map((cell) => cell.at).filter((at) => texts[at].includes(words)) : [];
    found.sort((one, other) => cells[other].bytes - cells[one].bytes || one - other);
    current = -1;
    hits.textContent = words ? `${found.length} found` : "";
    next.disabled = found.length === 0;
    mark();
  }

  function step() {
    if (found.length === 0) return;
    current = (current + 1) % found.length;
    const cell = cells[found[current]];
    show(cell.parent ?? cell.at, true);
    tell(cell);
    hits.textContent = `${current + 1} of ${found.length}`;
  }

  // ---- What happens

  map.addEventListener("click", (event) => cellOf(event) && enter(cellOf(event)));
  map.addEventListener("mouseover", (event) => cellOf(event) && tell(cellOf(event)));
  map.addEventListener("focusin", (event) => cellOf(event) && tell(cellOf(event)));
  map.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && cellOf(event)) {
      event.preventDefault();
      enter(cellOf(event));
    }
  });
  query.addEventListener("input", search);
  query.form.addEventListener("submit", (event) => {
    event.preventDefault();
    step();
  });
  next.addEventListener("click", step);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target !== query) {
      event.preventDefault();
      query.focus();
    } else if (event.key === "Escape" && event.target === query && query.value) {
      query.value = "";
      search();
    } else if (event.key === "Escape" && (cells[root]?.parent ?? null) !== null) {
      show(cells[root].parent);
    }
  });
  if (cells.length > 0) {
    new ResizeObserver(layOut).observe(map);
    show(0, true);
  } else {
    find("name").textContent = "Nothing is there";
    query.disabled = true;
  }
})();
