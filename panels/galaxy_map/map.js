// The map of the explorer: points or pictures of galaxies on a canvas, to zoom, pan and select by mouse and keyboard.
//
// Data from Python: see panels/galaxy_map/__init__.py. Events to Python: "picked", {rows, how} or {row} to open one galaxy.
// A component's function runs again at each change of its data; what the visitor has set, the view, is kept by element.
// What is selected comes by another component, highlight.js, so that the points aren't sent again at each selection.

const VIEWS = new WeakMap();
const MAPS = (globalThis.galvizMaps ??= new Map());
const HIGHLIGHTS = (globalThis.galvizHighlights ??= new Map());
// Dark in both themes: pictures of galaxies are, and the middle of the colour scales can't be seen on white.
const SKY = "#0d1119", TEXT = "#d5dbe8", ACCENT = "#ffd166", OUTLINE = "rgba(255, 255, 255, 0.45)";
const MIN_ZOOM = 0.8, MAX_ZOOM = 60, MARGIN = 0.06, HIT_PX = 14, TRAVEL_MS = 600;

function bytes(text) {
    const binary = atob(text), array = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) { array[i] = binary.charCodeAt(i); }
    return array;
}

function floats(text) { return new Float32Array(bytes(text).buffer); }

class GalaxyMap {
    constructor(root) {
        this.root = root;
        this.canvas = root.querySelector("canvas");
        this.tip = root.querySelector(".tip");
        this.live = root.querySelector("[aria-live]");
        this.context = this.canvas.getContext("2d");
        this.zoom = 1; this.cx = 0.5; this.cy = 0.5; this.selected = null; this.opened = null;
        this.tool = "lasso"; this.cursor = -1; this.anchor = null; this.drag = null; this.pictures = new Map();
        this.listen();
        this.resizing = new ResizeObserver(() => this.draw());
        this.resizing.observe(this.canvas);
    }

    // Python's data: points only if they differ from those before.
    update(data, send) {
        this.send = send;
        if (data.points.key !== this.key) {
            const points = data.points, x = floats(points.x), y = floats(points.y);
            // The same galaxies elsewhere: let them travel there. Others: show all of them.
            const moved = points.frame !== this.frame, same = this.ids && points.ids.join() === this.ids.join();
            if (moved && !same) { this.zoom = 1; this.cx = 0.5; this.cy = 0.5; this.x = x; this.y = y; }
            if (moved && same) { this.travel({ x, y, view: { x: 0.5, y: 0.5, zoom: 1 } }); }
            if (!moved) { this.x = x; this.y = y; }
            this.key = points.key; this.frame = points.frame; this.ids = points.ids;
            this.fill = bytes(points.fill); this.ring = points.ring ? bytes(points.ring) : null;
            this.texts = points.texts; this.images = points.images; this.shown = points.shown;
            this.cells = points.cells; this.nCells = points.n_cells;
            this.titles = points.titles; this.description = points.description;
            this.cursor = Math.min(this.cursor, this.ids.length - 1);
        }
        this.root.classList.toggle("compact", data.compact);
        this.root.classList.toggle("plain", !data.tools);
        if (data.view && JSON.stringify(data.view) !== this.asked) { this.travel({ view: data.view }); }
        this.asked = JSON.stringify(data.view);
        this.canvas.setAttribute("aria-label", this.description);
        MAPS.set(data.name, this);
        this.highlight(HIGHLIGHTS.get(data.name) ?? { selected: null, opened: null });
    }

    highlight({ selected, opened }) {
        this.selected = selected === null ? null : new Set(selected);
        this.opened = opened;
        this.drawSoon();
    }

    // Move points and view to where they shall be, within half a second; at once if the visitor prefers no motion.
    travel({ x = this.goal?.x ?? this.x, y = this.goal?.y ?? this.y, view }) {
        const from = { x: this.x, y: this.y, cx: this.cx, cy: this.cy, zoom: this.zoom }, start = performance.now();
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
        this.goal = { x, y, view };
        const blend = (a, b, t) => a + (b - a) * t;
        const step = (now) => {
            const share = still ? 1 : Math.min(1, Math.max(0, (now - start) / TRAVEL_MS)), t = share * share * (3 - 2 * share);
            if (share < 1) {
                this.x = x.map((value, i) => blend(from.x[i], value, t)); this.y = y.map((value, i) => blend(from.y[i], value, t));
            } else { this.x = x; this.y = y; this.goal = null; }
            this.cx = blend(from.cx, view.x, t); this.cy = blend(from.cy, view.y, t);
            this.zoom = from.zoom * Math.pow(view.zoom / from.zoom, t);
            this.draw();
            if (share < 1) { this.travelling = requestAnimationFrame(step); }
        };
        cancelAnimationFrame(this.travelling);
        step(start);
    }

    // From map coordinates (0 to 1, y upwards) to pixels and back.
    scale() {
        const { clientWidth: width, clientHeight: height } = this.canvas;
        return { width, height, sx: width * (1 - 2 * MARGIN) * this.zoom, sy: height * (1 - 2 * MARGIN) * this.zoom };
    }
    toPixel(x, y, s) { return [s.width / 2 + (x - this.cx) * s.sx, s.height / 2 - (y - this.cy) * s.sy]; }
    toMap(px, py, s) { return [this.cx + (px - s.width / 2) / s.sx, this.cy - (py - s.height / 2) / s.sy]; }

    radius() {
        const size = Math.min(1, this.canvas.clientWidth / 500);
        const base = Math.max(1.6, size * Math.min(5.5, 130 / Math.sqrt(this.ids.length)));
        return base * Math.pow(this.zoom, 0.35);
    }

    draw() {
        if (!this.ids) { return; }
        const ratio = window.devicePixelRatio || 1, s = this.scale(), c = this.context;
        if (!s.width) { return; }
        this.canvas.width = Math.round(s.width * ratio); this.canvas.height = Math.round(s.height * ratio);
        c.setTransform(ratio, 0, 0, ratio, 0, 0);
        c.fillStyle = SKY; c.fillRect(0, 0, s.width, s.height);
        this.drawAxes(s);
        const rest = [], chosen = [];
        for (let i = 0; i < this.ids.length; i++) {
            (this.selected !== null && this.selected.has(i) ? chosen : rest).push(i);
        }
        this.drawPoints(rest, s, this.cells ? 0.1 : this.selected === null ? 1 : 0.13);
        this.drawPoints(chosen, s, 1);
        if (this.cells) { this.drawAtlas(s); } else { this.drawImages(s); }
        if (this.opened !== null) { this.drawHalo(this.opened, s, 3); }
        if (this.cursor >= 0 && this.root.getRootNode().activeElement === this.canvas) { this.drawHalo(this.cursor, s, 1.5); }
        this.drawShape(s);
    }

    drawAxes(s) {
        const c = this.context;
        c.globalAlpha = 0.75; c.fillStyle = TEXT; c.font = "14px " + getComputedStyle(this.root).fontFamily;
        c.textAlign = "right"; c.textBaseline = "bottom";
        c.fillText(this.titles[0] + " →", s.width - 8, s.height - 6);
        c.save(); c.translate(8, 10); c.rotate(-Math.PI / 2); c.textBaseline = "top";
        c.fillText(this.titles[1] + " →", 0, 0); c.restore();
        c.globalAlpha = 1;
    }

    drawPoints(rows, s, opacity) {
        const c = this.context, r = this.radius();
        // Dense maps are translucent, so that more galaxies look denser.
        const alpha = opacity * Math.min(0.95, Math.max(0.55, 40 * this.zoom / Math.sqrt(this.ids.length)));
        c.globalAlpha = alpha;
        const rgb = (array, i) => `rgb(${array[3 * i]},${array[3 * i + 1]},${array[3 * i + 2]})`;
        for (const i of rows) {
            const [px, py] = this.toPixel(this.x[i], this.y[i], s);
            if (px < -9 || py < -9 || px > s.width + 9 || py > s.height + 9) { continue; }
            if (this.ring) {
                c.fillStyle = rgb(this.ring, i);
                c.beginPath(); c.arc(px, py, r * 1.5, 0, 7); c.fill();
                if (r > 2) { c.lineWidth = 0.6; c.strokeStyle = OUTLINE; c.stroke(); }
            }
            c.fillStyle = rgb(this.fill, i);
            c.beginPath(); c.arc(px, py, this.ring ? r * 0.85 : r, 0, 7); c.fill();
            if (r > 2 && !this.ring) { c.lineWidth = 0.6; c.strokeStyle = OUTLINE; c.stroke(); }
        }
        c.globalAlpha = 1;
    }

    drawImages(s) {
        const c = this.context, side = Math.min(72, 40 * Math.sqrt(this.zoom));
        for (const i of this.shown) {
            const [px, py] = this.toPixel(this.x[i], this.y[i], s);
            if (px < -side || py < -side || px > s.width + side || py > s.height + side) { continue; }
            this.drawPicture(i, px, py, side);
        }
    }

    // One galaxy per cell of a grid over the map.
    drawAtlas(s) {
        const side = Math.min(s.sx, s.sy) / this.nCells - 6;
        this.shown.forEach((i, k) => {
            const [column, row] = this.cells[k];
            const [px, py] = this.toPixel((column + 0.5) / this.nCells, (row + 0.5) / this.nCells, s);
            if (px > -side && py > -side && px < s.width + side && py < s.height + side) { this.drawPicture(i, px, py, side); }
        });
    }

    drawPicture(i, px, py, side) {
        const c = this.context, picture = this.picture(i);
        c.globalAlpha = this.selected === null || this.selected.has(i) ? 1 : 0.2;
        c.fillStyle = `rgb(${this.fill[3 * i]},${this.fill[3 * i + 1]},${this.fill[3 * i + 2]})`;
        c.fillRect(px - side / 2 - 2, py - side / 2 - 2, side + 4, side + 4);
        if (picture.complete && picture.naturalWidth) { c.drawImage(picture, px - side / 2, py - side / 2, side, side); }
        c.globalAlpha = 1;
    }

    picture(i) {
        const source = this.images[i];
        if (!this.pictures.has(source)) {
            const picture = new Image();
            picture.onload = () => this.drawSoon();
            picture.src = source;
            this.pictures.set(source, picture);
        }
        return this.pictures.get(source);
    }

    drawSoon() {
        cancelAnimationFrame(this.request);
        this.request = requestAnimationFrame(() => this.draw());
    }

    drawHalo(i, s, width) {
        const c = this.context, [px, py] = this.toPixel(this.x[i], this.y[i], s);
        c.lineWidth = width; c.strokeStyle = ACCENT;
        c.beginPath(); c.arc(px, py, this.radius() * 1.5 + 5, 0, 7); c.stroke();
    }

    drawShape(s) {
        const shape = this.shape(s);
        if (!shape) { return; }
        const c = this.context;
        c.strokeStyle = ACCENT; c.fillStyle = ACCENT; c.lineWidth = 1.5;
        c.beginPath(); shape.forEach(([px, py], k) => (k ? c.lineTo(px, py) : c.moveTo(px, py))); c.closePath();
        c.globalAlpha = 0.12; c.fill(); c.globalAlpha = 1; c.stroke();
    }

    // The polygon that is being drawn, in pixels.
    shape(s) {
        if (this.anchor !== null && this.cursor >= 0) {
            return this.box(this.toPixel(this.x[this.anchor], this.y[this.anchor], s),
                this.toPixel(this.x[this.cursor], this.y[this.cursor], s), this.radius() + 3);
        }
        if (!this.drag || !this.drag.moved || this.drag.tool === "pan") { return null; }
        return this.drag.tool === "box" ? this.box(this.drag.path[0], this.drag.path.at(-1), 0) : this.drag.path;
    }
    box([a, b], [c, d], extra) {
        const [x0, x1] = [Math.min(a, c) - extra, Math.max(a, c) + extra];
        const [y0, y1] = [Math.min(b, d) - extra, Math.max(b, d) + extra];
        return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    }

    inside(polygon, s) {
        const rows = [];
        for (let i = 0; i < this.ids.length; i++) {
            const [px, py] = this.toPixel(this.x[i], this.y[i], s);
            let within = false;
            for (let j = 0, k = polygon.length - 1; j < polygon.length; k = j++) {
                const [xj, yj] = polygon[j], [xk, yk] = polygon[k];
                if (yj > py !== yk > py && px < (xk - xj) * (py - yj) / (yk - yj) + xj) { within = !within; }
            }
            if (within) { rows.push(i); }
        }
        return rows;
    }

    nearest(px, py, s, within) {
        let best = -1, least = within * within;
        for (let i = 0; i < this.ids.length; i++) {
            const [qx, qy] = this.toPixel(this.x[i], this.y[i], s), d = (qx - px) ** 2 + (qy - py) ** 2;
            if (d < least) { least = d; best = i; }
        }
        return best;
    }

    select(rows, event) {
        const how = event.shiftKey ? "add" : event.altKey ? "remove" : "replace";
        this.announce(rows.length === 1 ? "1 galaxy selected" : `${rows.length} galaxies selected`);
        this.send({ rows, how });
    }

    announce(text) { this.live.textContent = text; }

    zoomBy(factor, px, py) {
        const s = this.scale(), [mx, my] = this.toMap(px ?? s.width / 2, py ?? s.height / 2, s);
        const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor)), ratio = this.zoom / zoom;
        this.cx = mx + (this.cx - mx) * ratio; this.cy = my + (this.cy - my) * ratio; this.zoom = zoom;
        this.drawSoon();
    }
    resetView() { this.zoom = 1; this.cx = 0.5; this.cy = 0.5; this.drawSoon(); }

    setTool(tool) {
        this.tool = tool;
        this.canvas.dataset.tool = tool;
        for (const button of this.root.querySelectorAll("[data-tool]")) {
            if (button !== this.canvas) { button.setAttribute("aria-pressed", String(button.dataset.tool === tool)); }
        }
    }

    listen() {
        const canvas = this.canvas, at = (event) => [event.offsetX, event.offsetY];
        canvas.addEventListener("wheel", (event) => {
            event.preventDefault();
            this.zoomBy(Math.exp(-event.deltaY / 400), ...at(event));
        }, { passive: false });
        canvas.addEventListener("pointerdown", (event) => {
            if (event.button !== 0) { return; }
            canvas.setPointerCapture(event.pointerId);
            this.drag = { tool: this.tool, path: [at(event)], moved: false, cx: this.cx, cy: this.cy };
        });
        canvas.addEventListener("pointermove", (event) => {
            const here = at(event);
            if (!this.drag) { this.hover(here); return; }
            const [x0, y0] = this.drag.path[0];
            this.drag.moved ||= Math.hypot(here[0] - x0, here[1] - y0) > 4;
            if (this.drag.tool === "pan") {
                const s = this.scale();
                this.cx = this.drag.cx - (here[0] - x0) / s.sx; this.cy = this.drag.cy + (here[1] - y0) / s.sy;
            } else { this.drag.path.push(here); }
            this.tip.hidden = true;
            this.drawSoon();
        });
        canvas.addEventListener("pointerup", (event) => {
            const s = this.scale(), drag = this.drag, polygon = this.shape(s);
            this.drag = null;
            if (!drag) { return; }
            if (polygon) { this.select(this.inside(polygon, s), event); }
            else if (!drag.moved) {
                const row = this.nearest(...at(event), s, HIT_PX);
                if (row >= 0) {
                    this.cursor = row;
                    if (event.shiftKey || event.altKey) { this.select([row], event); } else { this.send({ row }); }
                }
            }
            this.drawSoon();
        });
        canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
        canvas.addEventListener("keydown", (event) => this.key_(event));
        canvas.addEventListener("focus", () => { if (this.cursor < 0) { this.centreCursor(); } this.drawSoon(); });
        canvas.addEventListener("blur", () => { this.tip.hidden = true; this.drawSoon(); });
        for (const button of this.root.querySelectorAll("button[data-tool]")) {
            button.addEventListener("click", () => this.setTool(button.dataset.tool));
        }
        const actions = { in: () => this.zoomBy(1.5), out: () => this.zoomBy(1 / 1.5), reset: () => this.resetView() };
        for (const button of this.root.querySelectorAll("button[data-action]")) {
            button.addEventListener("click", actions[button.dataset.action]);
        }
        this.setTool(this.tool);
    }

    centreCursor() {
        const s = this.scale();
        this.cursor = this.nearest(s.width / 2, s.height / 2, s, Infinity);
    }

    // Arrow keys go to the nearest galaxy within 45 degrees of their direction.
    key_(event) {
        const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const direction = directions[event.key], s = this.scale();
        if (direction) { this.moveCursor(direction, s); }
        else if (event.key === "Enter") { this.send({ row: this.cursor }); }
        else if (event.key === " ") { this.send({ rows: [this.cursor], how: "toggle" }); }
        else if (event.key === "b") {
            if (this.anchor === null) { this.anchor = this.cursor; this.announce("Box started"); }
            else { const shape = this.shape(s); this.anchor = null; this.select(this.inside(shape, s), event); }
        }
        else if (event.key === "+" || event.key === "=") { this.zoomBy(1.5, ...this.cursorPixel(s)); }
        else if (event.key === "-") { this.zoomBy(1 / 1.5, ...this.cursorPixel(s)); }
        else if (event.key === "0") { this.resetView(); }
        else if (event.key === "Escape") {
            if (this.anchor !== null) { this.anchor = null; } else { this.select([], event); }
        }
        else { return; }
        event.preventDefault();
        this.drawSoon();
    }

    cursorPixel(s) { return this.toPixel(this.x[this.cursor], this.y[this.cursor], s); }

    moveCursor([dx, dy], s) {
        const [px, py] = this.cursorPixel(s);
        let best = -1, least = Infinity;
        for (let i = 0; i < this.ids.length; i++) {
            if (i === this.cursor) { continue; }
            const [qx, qy] = this.toPixel(this.x[i], this.y[i], s), along = (qx - px) * dx + (qy - py) * dy;
            const aside = Math.abs((qx - px) * dy + (qy - py) * dx), cost = along + 2 * aside;
            if (along > 0 && aside <= along && cost < least) { least = cost; best = i; }
        }
        if (best < 0) { return; }
        this.cursor = best;
        const [qx, qy] = this.cursorPixel(s);
        if (qx < 0 || qy < 0 || qx > s.width || qy > s.height) { this.cx = this.x[best]; this.cy = this.y[best]; }
        this.announce(this.texts[best]);
        this.showTip(best, this.cursorPixel(s));
    }

    hover(here) {
        const row = this.nearest(...here, this.scale(), HIT_PX);
        if (row < 0) { this.tip.hidden = true; } else { this.showTip(row, here); }
    }

    showTip(row, [px, py]) {
        const picture = this.tip.querySelector("img");
        picture.hidden = !(this.images && this.images[row]);
        if (!picture.hidden) { picture.src = this.images[row]; }
        this.tip.querySelector("span").textContent = this.texts[row];
        this.tip.hidden = false;
        const s = this.scale(), left = px > s.width / 2;
        this.tip.style.left = left ? "" : `${px + 14}px`; this.tip.style.right = left ? `${s.width - px + 14}px` : "";
        this.tip.style.top = `${Math.min(py, s.height - 130)}px`;
    }
}

export default function(component) {
    const { data, parentElement, setTriggerValue } = component;
    if (!VIEWS.has(parentElement)) { VIEWS.set(parentElement, new GalaxyMap(parentElement.querySelector(".map"))); }
    VIEWS.get(parentElement).update(data, (value) => setTriggerValue("picked", value));
}
