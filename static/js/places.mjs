// The places on the map: counts up to zoom 12, each by itself from 13, with the list's own filters. A place is opened
// with a finger or mouse, or with Enter: the one nearest the middle.

const COLOURS = ["match", ["get", "kind"], "building", "#9a4a1f", "room", "#33528c"];
const COUNTS_TO = 13; // counts below this zoom, places from it
const DEEPEST = 16; // tiles beyond are these, drawn larger
const NUMBER = "meanwhile-number-";

export async function places(map, maplibre, figure, words, say) {
  const area = getComputedStyle(figure).getPropertyValue("--area-colour").trim();
  const { tiles, geojsonUrl } = figure.dataset;
  if (tiles) {
    const url = new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
    map.addSource("meanwhile-places", { type: "vector", tiles: [url], minzoom: 0, maxzoom: DEEPEST });
    addCounts(map, area);
  } else {
    map.addSource("meanwhile-places", { type: "geojson", data: geojsonUrl });
  }
  addPlaces(map, [...COLOURS, area], Boolean(tiles));
  answer(map, maplibre, words, say);
}

function addPlaces(map, colour, tiled) {
  const from = { source: "meanwhile-places", ...(tiled ? { "source-layer": "assets", minzoom: COUNTS_TO } : {}) };
  const polygons = ["in", "Polygon", ["geometry-type"]];
  map.addLayer({ id: "meanwhile-shapes", type: "fill", ...from, filter: polygons, paint: { "fill-color": colour, "fill-opacity": 0.35 } });
  map.addLayer({ id: "meanwhile-edges", type: "line", ...from, filter: polygons, paint: { "line-color": colour, "line-width": 2.5 } });
  map.addLayer({ id: "meanwhile-points", type: "circle", ...from, filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-color": colour, "circle-stroke-color": "#fffdf9", "circle-radius": 7, "circle-stroke-width": 1.5 } });
}

function addCounts(map, colour) {
  const from = { source: "meanwhile-places", "source-layer": "counts", maxzoom: COUNTS_TO };
  map.addLayer({ id: "meanwhile-counts", type: "circle", ...from, paint: {
    "circle-color": colour, "circle-stroke-color": "#fffdf9", "circle-stroke-width": 1.5,
    "circle-radius": ["step", ["get", "count"], 7, 2, 13, 10, 15, 100, 18, 1000, 22, 10000, 26] } });
  // The numbers are pictures drawn here: letters for maps would have to come from somebody else.
  map.setMissingStyleImageResolver((id) => {
    if (id.startsWith(NUMBER)) map.addImage(id, numberPicture(id.slice(NUMBER.length)), { pixelRatio: 2 });
  });
  map.addLayer({ id: "meanwhile-numbers", type: "symbol", ...from, filter: [">", ["get", "count"], 1], layout: {
    "icon-image": ["concat", NUMBER, ["to-string", ["get", "count"]]], "icon-allow-overlap": true, "icon-ignore-placement": true } });
}

function numberPicture(text) {
  const number = Number(text);
  const shown = number < 1000 ? text : number < 10000 ? `${Math.round(number / 100) / 10}k` : `${Math.round(number / 1000)}k`;
  const canvas = Object.assign(document.createElement("canvas"), { width: 80, height: 32 });
  const pen = canvas.getContext("2d");
  pen.font = `600 ${shown.length > 3 ? 22 : 25}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = "#fff";
  pen.fillText(shown, 40, 17);
  return pen.getImageData(0, 0, 80, 32);
}

const OPENED = ["meanwhile-points", "meanwhile-shapes", "meanwhile-counts"];

function answer(map, maplibre, words, say) {
  const layers = OPENED.filter((id) => map.getLayer(id));
  const open = (feature) => show(map, maplibre, words, feature);
  for (const layer of layers) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", (event) => {
    if (map.meanwhileDraws) return;
    const around = [[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]];
    const [hit] = map.queryRenderedFeatures(around, { layers });
    if (hit) open(hit);
  });
  // Enter opens what is said, and what is said of a map that still moves is out of date: it waits, and is heard once.
  let asked = false;
  map.getCanvas().addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || map.meanwhileDraws || asked) return;
    asked = true;
    await atRest(map, 2000);
    asked = false;
    const nearest = nearestOf(map, layers);
    if (nearest) open(nearest);
  });
  map.on("idle", () => {
    if (document.activeElement === map.getCanvas() && !map.meanwhileDraws) say(told(map, layers, words));
    followed(map);
  });
}

// What a screen reader hears once the map stands still.
function told(map, layers, words) {
  const seen = unique(map.queryRenderedFeatures({ layers }));
  const total = seen.reduce((sum, feature) => sum + (feature.properties.count ?? 1), 0);
  const nearest = nearestOf(map, layers);
  const name = nearest && (nearest.properties.name ?? words.together.replace("{n}", nearest.properties.count));
  return words.inView.replace("{n}", total) + (name ? ` ${words.middle.replace("{name}", name)}` : "");
}

// A link that lists what the map shows follows the map.
function followed(map) {
  const link = document.querySelector("a[data-follows-map]");
  if (!link) return;
  const { _sw: sw, _ne: ne } = map.getBounds();
  const to = new URL(link.href);
  to.searchParams.set("bbox", [sw.lng, sw.lat, ne.lng, ne.lat].map((n) => n.toFixed(5)).join(","));
  link.href = to.href;
  link.hidden = false;
}

function unique(features) {
  return [...new Map(features.map((f) => [`${f.layer.id === "meanwhile-counts" ? middle(f) : f.id}`, f])).values()];
}

function nearestOf(map, layers) {
  const centre = map.project(map.getCenter());
  const far = (feature) => map.project(middle(feature)).dist(centre);
  const seen = map.queryRenderedFeatures({ layers });
  return seen.length ? seen.reduce((best, next) => (far(next) < far(best) ? next : best)) : null;
}

// Everything is drawn, not half of it; a basemap that dawdles is not waited for longer than so many milliseconds.
export function atRest(map, atMost) {
  return new Promise((done) => {
    map.once("idle", done);
    map.triggerRepaint();
    setTimeout(done, atMost);
  });
}

function show(map, maplibre, words, feature) {
  const { count, asset, name } = feature.properties;
  if (count > 1) {
    map.easeTo({ center: middle(feature), zoom: Math.min(map.getZoom() + 2.5, COUNTS_TO + 1), duration: still() ? 0 : 400 });
  } else if (asset && !name) {
    location.assign(words.asset.replace("0", asset));
  } else {
    popup(maplibre, words, feature).setLngLat(middle(feature)).addTo(map);
  }
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function popup(maplibre, words, feature) {
  const { name, kind, status, holder } = feature.properties;
  const content = document.createElement("div");
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = words.asset.replace("0", feature.id);
  link.textContent = name;
  if (window !== window.top) link.target = "_top"; // in another body's frame
  const more = document.createElement("p");
  more.textContent = [words.kinds[kind], words.statuses[status], holder].filter(Boolean).join(" · ");
  content.append(link, more);
  return new maplibre.Popup({ maxWidth: "280px" }).setDOMContent(content);
}

// The middle of a shape's box: good enough for a note that says "here".
function middle(feature) {
  const pairs = feature.geometry.coordinates.flat(Infinity);
  if (pairs.length === 2) return pairs;
  const axis = (n) => pairs.filter((_, index) => index % 2 === n);
  const between = (numbers) => (Math.min(...numbers) + Math.max(...numbers)) / 2;
  return [between(axis(0)), between(axis(1))];
}
