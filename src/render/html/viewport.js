"use strict";
/**
 * Moves and scales a picture in its stage: drag, wheel, pinch, keys. One CSS transform on the <svg>; the picture
 * itself is never touched, so that the cost does not grow with the number of boxes.
 */
class Viewport {
  /** Scales between which the picture can be zoomed: a whole heap on the screen, and a letter as large as a hand. */
  static LIMITS = [0.02, 12];
  /** How far a pointer may move, in pixels, and still click. */
  static SLACK = 4;

  constructor(stage, picture, moved) {
    this.stage = stage;
    this.picture = picture;
    this.moved = moved;
    this.size = { width: picture.width.baseVal.value, height: picture.height.baseVal.value };
    [this.x, this.y, this.scale] = [0, 0, 1];
    /** Pointers that are down, by id: where they were last. */
    this.pointers = new Map();
    this.dragged = false;
    this.listen();
  }

  listen() {
    const stage = this.stage;
    stage.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.onDown(event));
    stage.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.onUp(event));
    // The click that ends a drag is none.
    stage.addEventListener("click", (event) => this.dragged && event.stopPropagation(), { capture: true });
    // Focus makes browsers scroll a clipped stage behind our back.
    stage.addEventListener("scroll", () => stage.scrollTo(0, 0));
  }

  apply() {
    this.picture.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.moved(this.scale);
  }

  /** Lets the next change glide, as far as the reader's system wants motion. */
  glide() {
    this.stage.classList.add("gliding");
    clearTimeout(this.glides);
    this.glides = setTimeout(() => this.stage.classList.remove("gliding"), 300);
  }

  panBy(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.apply();
  }

  /** Scales by a factor around a point of the stage, by default its middle. */
  zoomBy(factor, at = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 }) {
    const [least, most] = Viewport.LIMITS;
    const scale = Math.min(most, Math.max(least, this.scale * factor));
    const ratio = scale / this.scale;
    this.x = at.x - (at.x - this.x) * ratio;
    this.y = at.y - (at.y - this.y) * ratio;
    this.scale = scale;
    this.apply();
  }

  /** The scale at which all of the picture is seen, never enlarged. */
  wholeScale() {
    return Math.min(1, this.stage.clientWidth / this.size.width, this.stage.clientHeight / this.size.height);
  }

  fit() {
    this.scale = Math.max(this.wholeScale(), Viewport.LIMITS[0]);
    this.x = (this.stage.clientWidth - this.size.width * this.scale) / 2;
    this.y = (this.stage.clientHeight - this.size.height * this.scale) / 2;
    this.apply();
  }

  /** Moves only where the element is not wholly in sight. */
  reveal(element) {
    const [stage, box] = [this.stage.getBoundingClientRect(), element.getBoundingClientRect()];
    const inside = box.left >= stage.left && box.right <= stage.right && box.top >= stage.top && box.bottom <= stage.bottom;
    if (!inside) this.centre(element);
  }

  /** Brings an element of the picture into the middle of the stage, large enough to be read. */
  centre(element, least = 0.8) {
    const stage = this.stage.getBoundingClientRect();
    // Half way through a glide the element is not where it is going to be.
    this.stage.classList.remove("gliding");
    const box = element.getBoundingClientRect();
    const middle = {
      x: (box.x + box.width / 2 - stage.x - this.x) / this.scale,
      y: (box.y + box.height / 2 - stage.y - this.y) / this.scale,
    };
    this.glide();
    this.scale = Math.max(this.scale, least);
    this.x = stage.width / 2 - middle.x * this.scale;
    this.y = stage.height / 2 - middle.y * this.scale;
    this.apply();
  }

  /** Where a pointer is in the stage. */
  place(event) {
    const stage = this.stage.getBoundingClientRect();
    return { x: event.clientX - stage.x, y: event.clientY - stage.y };
  }

  onWheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 16;
    // A pinch on a trackpad comes as small steps with the control key.
    this.zoomBy(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016)), this.place(event));
  }

  onDown(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) {
      this.start = this.place(event);
      this.dragged = false;
    }
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const here = this.place(event);
    if (!this.dragged && Math.hypot(here.x - this.start.x, here.y - this.start.y) <= Viewport.SLACK) return;
    if (!this.dragged) {
      // Only now: a captured pointer would click the stage instead of the box below it.
      this.dragged = true;
      this.stage.setPointerCapture(event.pointerId);
      this.stage.classList.add("dragging");
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, here);
    if (other) {
      const [old, now] = [before, here].map((one) => Math.hypot(one.x - other.x, one.y - other.y));
      this.zoomBy(now / Math.max(old, 1), { x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 });
    } else {
      this.panBy(here.x - before.x, here.y - before.y);
    }
  }

  onUp(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) this.stage.classList.remove("dragging");
  }
}
