// Tells a map which galaxies are selected and which one is open; see map.js.

export default function({ data }) {
    (globalThis.galvizHighlights ??= new Map()).set(data.name, data);
    globalThis.galvizMaps?.get(data.name)?.highlight(data);
}
