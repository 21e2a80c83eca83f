// Galaxies as points in three dimensions, to rotate by mouse, touch and keyboard.
//
// Data from Python: see panels/point_cloud/__init__.py. Nothing is sent back: a rotation doesn't run the page again.
// A component's function runs again at each change of its data; how the visitor has rotated the cloud is kept by element.

const CLOUDS = new WeakMap();
// Dark in both themes, as the map of galaxies is: the middle of the colour scale can't be seen on white.
const SKY = "#0d1119", TEXT = "#d5dbe8", AXIS = "#7f8aa3", RING = "#4d6aa8", OUTLINE = "rgba(255, 255, 255, 0.4)";
// Lengths are in units of the largest standard deviation; half the canvas is EXTENT of them, the eye is EYE away.
const EXTENT = 4, EYE = 11, AXIS_DEVIATIONS = 3, RING_DEVIATIONS = 2, RING_PARTS = 90, TRAVEL_MS = 900;
const START = { yaw: -0.55, pitch: 0.35 }, KEY_STEP = Math.PI / 36, DRAG_STEP = 0.009;
const AXES = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

function bytes(text) { return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)); }

function degrees(angle) { return Math.round(angle * 180 / Math.PI); }

class PointCloud {
    constructor(root) {
        this.root = root;
        this.canvas = root.querySelector("canvas");
        this.context = this.canvas.getContext("2d");
        this.yaw = START.yaw; this.pitch = START.pitch;
        this.listen();
        this.resizing = new ResizeObserver(() => this.draw());
        this.resizing.observe(this.canvas);
    }

    // Python's data. The same galaxies elsewhere move there, others are shown at once.
    update(data) {
        const largest = Math.max(...data.deviations) || 1;
        const goal = {
            points: new Float32Array(bytes(data.coordinates).buffer).map((value) => value / largest),
            deviations: data.deviations.map((value) => value / largest),
        };
        const same = data.galaxies === this.galaxies;
        this.galaxies = data.galaxies; this.fill = bytes(data.fill);
        this.titles = data.titles; this.numbers = data.deviations;
        this.canvas.setAttribute("aria-label", data.description);
        this.showScale(data.scale);
        if (same) { this.travel(goal); } else { this.stop(); Object.assign(this, goal); this.drawSoon(); }
    }

    showScale({ title, domain, colours }) {
        const part = (name) => this.root.querySelector(`.scale .${name}`);
        part("low").textContent = domain[0]; part("high").textContent = domain[1]; part("title").textContent = title;
        part("bar").style.background = `linear-gradient(to right, ${colours.join(", ")})`;
    }

    // Move points and axes within a second; at once if the visitor prefers no motion.
    travel(goal) {
        this.stop();
        const from = { points: this.points, deviations: this.deviations }, start = performance.now();
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
        const step = (now) => {
            const share = still ? 1 : Math.min(1, Math.max(0, (now - start) / TRAVEL_MS)), t = share * share * (3 - 2 * share);
            for (const name of ["points", "deviations"]) {
                this[name] = share < 1 ? goal[name].map((value, i) => from[name][i] + (value - from[name][i]) * t) : goal[name];
            }
            this.draw();
            if (share < 1) { this.travelling = requestAnimationFrame(step); }
        };
        step(start);
    }

    stop() { cancelAnimationFrame(this.travelling); }

    drawSoon() {
        cancelAnimationFrame(this.request);
        this.request = requestAnimationFrame(() => this.draw());
    }

    // A function from coordinates to pixels, nearness (1 in the middle) and depth (larger is nearer).
    projection(width, height) {
        const [cy, sy, cp, sp] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
        const scale = Math.min(width, height) / 2 / EXTENT;
        return (x, y, z) => {
            const right = x * cy + z * sy, back = z * cy - x * sy;
            const up = y * cp - back * sp, depth = y * sp + back * cp, near = EYE / (EYE - depth);
            return [width / 2 + scale * right * near, height / 2 - scale * up * near, near, depth];
        };
    }

    draw() {
        const { clientWidth: width, clientHeight: height } = this.canvas;
        if (!this.points || !width) { return; }
        const ratio = window.devicePixelRatio || 1, c = this.context, project = this.projection(width, height);
        this.canvas.width = Math.round(width * ratio); this.canvas.height = Math.round(height * ratio);
        c.setTransform(ratio, 0, 0, ratio, 0, 0);
        c.fillStyle = SKY; c.fillRect(0, 0, width, height);
        this.drawRings(project);
        this.drawAxes(project, AXIS_DEVIATIONS, AXIS, 1);
        this.drawPoints(project, width);
        this.drawAxes(project, 1, TEXT, 3);
        this.drawTitles(project, width, height);
    }

    // Lines of a number of standard deviations to both sides of the middle.
    drawAxes(project, length, colour, lineWidth) {
        const c = this.context;
        c.strokeStyle = colour; c.lineWidth = lineWidth; c.lineCap = "round";
        AXES.forEach((axis, k) => {
            const end = (sign) => project(...axis.map((part) => part * sign * length * this.deviations[k]));
            const from = length === 1 ? project(0, 0, 0) : end(-1);
            c.beginPath(); c.moveTo(from[0], from[1]); c.lineTo(...end(1).slice(0, 2)); c.stroke();
        });
    }

    // An ellipse in the plane of each two axes: a stripe has long ones, a ball circles.
    drawRings(project) {
        const c = this.context;
        c.strokeStyle = RING; c.lineWidth = 1;
        AXES.forEach((axis, k) => {
            c.beginPath();
            for (let i = 0; i <= RING_PARTS; i++) {
                const angle = 2 * Math.PI * i / RING_PARTS, at = [0, 0, 0];
                at[k] = RING_DEVIATIONS * this.deviations[k] * Math.cos(angle);
                at[(k + 1) % 3] = RING_DEVIATIONS * this.deviations[(k + 1) % 3] * Math.sin(angle);
                c.lineTo(...project(...at).slice(0, 2));
            }
            c.stroke();
        });
    }

    drawTitles(project, width, height) {
        const c = this.context;
        c.font = "600 14px " + getComputedStyle(this.root).fontFamily;
        c.textBaseline = "middle"; c.lineWidth = 4; c.lineJoin = "round"; c.strokeStyle = SKY; c.fillStyle = TEXT;
        this.titles.forEach((title, k) => {
            const text = `${title}, σ = ${this.numbers[k].toPrecision(2)}`, half = c.measureText(text).width / 2;
            const at = AXES[k].map((part) => part * (AXIS_DEVIATIONS * this.deviations[k] + 0.25));
            const [px, py] = project(...at);
            const [x, y] = [Math.min(width - half - 6, Math.max(half + 6, px)), Math.min(height - 14, Math.max(14, py))];
            c.textAlign = "center";
            c.strokeText(text, x, y); c.fillText(text, x, y);
        });
    }

    // The farthest first; nearer points are larger and less translucent.
    drawPoints(project, width) {
        const c = this.context, n = this.points.length / 3, p = this.points;
        const radius = Math.max(1.6, Math.min(5, 85 / Math.sqrt(n)) * Math.min(1, width / 480));
        const places = Array.from({ length: n }, (_, i) => [...project(p[3 * i], p[3 * i + 1], p[3 * i + 2]), i]);
        places.sort((one, other) => one[3] - other[3]);
        for (const [px, py, near, , i] of places) {
            const size = radius * Math.min(2, near * near);
            c.globalAlpha = Math.min(1, Math.max(0.35, 0.8 * near * near));
            c.fillStyle = `rgb(${this.fill[3 * i]},${this.fill[3 * i + 1]},${this.fill[3 * i + 2]})`;
            c.beginPath(); c.arc(px, py, size, 0, 7); c.fill();
            if (size > 2) { c.lineWidth = 0.6; c.strokeStyle = OUTLINE; c.stroke(); }
        }
        c.globalAlpha = 1;
    }

    // Positive angles turn the near side to the right, and down.
    rotate(right, down) {
        this.yaw = (this.yaw + right) % (2 * Math.PI);
        this.pitch = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, this.pitch + down));
        this.drawSoon();
    }

    reset() { this.yaw = START.yaw; this.pitch = START.pitch; this.drawSoon(); this.announce("View reset"); }

    announce(text) { this.root.querySelector("[aria-live]").textContent = text; }

    listen() {
        const canvas = this.canvas;
        let last = null;
        canvas.addEventListener("pointerdown", (event) => {
            if (event.button !== 0) { return; }
            canvas.setPointerCapture(event.pointerId);
            canvas.classList.add("dragged");
            last = event;
        });
        canvas.addEventListener("pointermove", (event) => {
            if (!last || event.pointerId !== last.pointerId) { return; }
            this.rotate((event.clientX - last.clientX) * DRAG_STEP, (event.clientY - last.clientY) * DRAG_STEP);
            last = event;
        });
        for (const end of ["pointerup", "pointercancel"]) {
            canvas.addEventListener(end, () => { last = null; canvas.classList.remove("dragged"); });
        }
        canvas.addEventListener("keydown", (event) => this.press(event));
        this.root.querySelector("button").addEventListener("click", () => this.reset());
    }

    press(event) {
        const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }, step = steps[event.key];
        if (event.key === "0") { this.reset(); }
        else if (step) {
            this.rotate(step[0] * KEY_STEP, step[1] * KEY_STEP);
            this.announce(`Rotated to ${degrees(this.yaw)} degrees, tilted by ${degrees(this.pitch)} degrees`);
        } else { return; }
        event.preventDefault();
    }
}

export default function({ data, parentElement }) {
    if (!CLOUDS.has(parentElement)) { CLOUDS.set(parentElement, new PointCloud(parentElement.querySelector(".cloud"))); }
    CLOUDS.get(parentElement).update(data);
}
