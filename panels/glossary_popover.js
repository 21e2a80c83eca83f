// A click on a term shows its meaning beside it, instead of opening the glossary in a new tab.
const ID = "galviz_term";

function popover() {
    const existing = document.getElementById(ID);
    if (existing) { return existing; }
    const box = document.createElement("div");
    box.id = ID;
    box.popover = "auto";
    box.tabIndex = -1;
    box.setAttribute("role", "dialog");
    document.querySelector("[data-testid=stApp]").append(box);  // which has the theme's color-scheme
    return box;
}

function show(link, { term, meaning }) {
    const box = popover(), title = document.createElement("strong"), text = document.createElement("p");
    const more = document.createElement("a");
    title.textContent = term;
    text.textContent = meaning;
    more.textContent = "Open the glossary";
    more.href = link.href;
    more.target = "_blank";
    box.replaceChildren(title, text, more);
    box.setAttribute("aria-label", term);
    box.showPopover();
    const place = link.getBoundingClientRect(), size = box.getBoundingClientRect();
    const left = Math.min(place.left, innerWidth - size.width - 12);
    const fitsBelow = place.bottom + size.height + 12 < innerHeight;
    box.style.left = `${Math.max(12, left)}px`;
    box.style.top = `${fitsBelow ? place.bottom + 6 : Math.max(12, place.top - size.height - 6)}px`;
    box.focus({ preventScroll: true });
}

export default function({ data }) {
    const isFirst = window.galvizTerms === undefined;
    window.galvizTerms = data.terms;
    if (!isFirst) { return; }
    document.addEventListener("click", (event) => {
        const link = event.target.closest?.(".st-key-lesson_step a[href*='glossary#']");
        const entry = link && window.galvizTerms[link.hash.slice(1)];
        // With these keys the visitor asks for another tab or window.
        if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
        event.preventDefault();
        show(link, entry);
    });
}
