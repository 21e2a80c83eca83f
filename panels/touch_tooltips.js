// A tap on a chart shows the tooltip of the mark under the finger, or next to it; the next tap hides it.
//
// Vega picks a mark when the pointer moves. A finger that taps doesn't move: the browser sends pointerdown, pointerup and
// pointerout, then mousedown, mouseup and click. Before mousedown, Vega is sent the move that a mouse would have made, so
// that a click chooses the same mark.
const CHART = "[data-testid=stVegaLiteChart]", TOOLTIP = "vg-tooltip-element", FINGER_PX = 12, STEP_PX = 4;

// Places around a finger, the nearest first.
const PLACES = [];
for (let x = -FINGER_PX; x <= FINGER_PX; x += STEP_PX) {
    for (let y = -FINGER_PX; y <= FINGER_PX; y += STEP_PX) {
        if (Math.hypot(x, y) <= FINGER_PX) { PLACES.push([x, y]); }
    }
}
PLACES.sort((one, other) => Math.hypot(...one) - Math.hypot(...other));

let byTouch = false, shown = null;

// Returns the element that the pointer was moved to, or null outside the chart.
function move(chart, clientX, clientY) {
    const target = document.elementFromPoint(clientX, clientY);
    if (!target || !chart.contains(target)) { return null; }
    target.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true, pointerType: "touch" }));
    return target;
}

function showTooltip(event) {
    const chart = byTouch && event.target.closest?.(CHART);
    if (!chart) { return; }
    for (const [x, y] of PLACES) {
        const target = move(chart, event.clientX + x, event.clientY + y);
        if (document.getElementById(TOOLTIP)?.classList.contains("visible")) { shown = target; return; }
    }
    move(chart, event.clientX, event.clientY);
}

function hideTooltip(event) {
    byTouch = event.pointerType === "touch";
    // A canvas hides it at pointerout, an SVG at mouseout.
    shown?.dispatchEvent(new PointerEvent("pointerout", { bubbles: true }));
    shown?.dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));
    shown = null;
}

export default function() {
    if (window.galvizTouchTooltips) { return; }
    window.galvizTouchTooltips = true;
    document.addEventListener("pointerdown", hideTooltip, true);
    document.addEventListener("mousedown", showTooltip, true);
}
