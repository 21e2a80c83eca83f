// A network as blocks with arrows between them; see panels/network_diagram/__init__.py.
//
// Event to Python: "selected", the name of a block. Buttons are made once, so that the focus stays where it is.

const DIAGRAMS = new WeakMap();
// How far each picture of a stack lies to the right of, and above, the one before.
const SHIFT_PX = 5;

function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
}

class Diagram {
    constructor(root) {
        this.root = root;
        this.list = root.querySelector("ol");
    }

    update({ blocks, selected, subject }, send) {
        this.send = send;
        const names = blocks.map((block) => block.name).join();
        if (names !== this.names) { this.list.replaceChildren(...blocks.map((block, i) => this.item(block, i, blocks.length))); }
        this.names = names;
        blocks.forEach((block, i) => this.fill(this.list.children[i], block));
        this.press(selected);
        if (subject !== this.subject) { this.flow(); }
        this.subject = subject;
    }

    item({ name }, place, count) {
        const item = element("li", ""), button = element("button", ""), words = element("span", "words");
        button.type = "button"; button.dataset.name = name;
        words.append(element("span", "name", name), element("span", "note"), element("span", "hidden"));
        button.append(element("span", "picture"), words);
        button.addEventListener("click", () => { this.press(name); this.send(name); });
        item.style.setProperty("--place", place);
        item.append(button);
        if (place < count - 1) { item.append(this.arrow()); }
        return item;
    }

    // Screen readers have the shape from the block.
    arrow() {
        const arrow = element("span", "arrow");
        arrow.setAttribute("aria-hidden", "true");
        arrow.append(element("span", "channels"), element("span", "line"), element("span", "places"));
        return arrow;
    }

    fill(item, block) {
        const shape = [block.channels, block.places].filter(Boolean).join(" × "), part = (name) => item.querySelector(`.${name}`);
        part("note").textContent = block.note;
        part("hidden").textContent = `output ${block.value || shape}`;
        part("picture").replaceChildren(block.value ? element("span", "value", block.value) : this.stack(block));
        if (part("arrow")) {
            part("channels").textContent = block.places ? `${block.channels} × ` : block.channels;
            part("places").textContent = block.places;
        }
    }

    stack({ pictures, height }) {
        const stack = element("span", "stack"), extra = SHIFT_PX * (pictures.length - 1);
        pictures.forEach((source, k) => {
            const picture = new Image();
            picture.alt = "";
            picture.src = source;
            Object.assign(picture.style, {
                left: `${SHIFT_PX * k}px`, top: `${extra - SHIFT_PX * k}px`, height: `${height}px`, zIndex: pictures.length - k,
            });
            if (k === 0) {
                picture.onload = () => { stack.style.width = `${height * picture.naturalWidth / picture.naturalHeight + extra}px`; };
            }
            stack.append(picture);
        });
        stack.style.height = `${height + Math.max(0, extra)}px`;
        return stack;
    }

    press(selected) {
        for (const button of this.list.querySelectorAll("button")) {
            button.setAttribute("aria-pressed", String(button.dataset.name === selected));
        }
    }

    // The blocks appear in the order of the forward pass.
    flow() {
        this.root.classList.remove("flowing");
        void this.root.offsetWidth;  // so that the animation starts again
        this.root.classList.add("flowing");
    }
}

export default function({ data, parentElement, setTriggerValue }) {
    if (!DIAGRAMS.has(parentElement)) { DIAGRAMS.set(parentElement, new Diagram(parentElement.querySelector(".diagram"))); }
    DIAGRAMS.get(parentElement).update(data, (name) => setTriggerValue("selected", name));
}
