// The map that moves. It shows the list's places in the place kept by the still picture, and asks
// nobody else for anything unless the area names a basemap. The list stays the page.

const MAX_PAGES = 20; // of the GeoJSON that the list's filters give
const COLOURS = ["match", ["get", "kind"], "building", "#9a4a1f", "room", "#33528c"];

export function start() {
  for (const figure of document.querySelectorAll("figure.mw-map[data-geojson-url]")) {
    const button = figure.querySelector(".mw-map__open");
    button.hidden = false;
    button.addEventListener("click", () => toggle(figure, button));
    if ("opened" in figure.dataset) toggle(figure, button);
  }
}

async function toggle(figure, button) {
  const live = figure.querySelector(".mw-map__live");
  if (live) {
    live.hidden = !live.hidden;
    button.textContent = live.hidden ? figure.dataset.wordsShow : figure.dataset.wordsHide;
    return;
  }
  button.disabled = true;
  try {
    await open(figure);
    button.textContent = figure.dataset.wordsHide;
    say(figure, figure.dataset.wordsKeys);
  } catch {
    figure.querySelector(".mw-map__live")?.remove();
    button.hidden = true;
    say(figure, figure.dataset.wordsFailed);
  }
  button.disabled = false;
}

function say(figure, words) {
  figure.querySelector("[role=status]").textContent = words;
}

async function open(figure) {
  const { gl, glCss, bbox, basemap, attribution, geojsonUrl, groundUrl, wordsMap } = figure.dataset;
  const [maplibre, places, ground] = await Promise.all([
    import(gl), allPages(geojsonUrl), groundUrl ? getJson(groundUrl) : nothing(), styleSheet(glCss),
  ]);
  const box = document.createElement("div");
  box.className = "mw-map__live";
  figure.querySelector(".mw-map__window").prepend(box);
  const [west, south, east, north] = bbox.split(",").map(Number);
  const map = new maplibre.Map({
    container: box,
    style: basemap || plainStyle(),
    bounds: [[west, south], [east, north]],
    attributionControl: { compact: false, customAttribution: attribution || undefined },
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { "Map.Title": wordsMap },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  await new Promise((done, fail) => {
    map.once("load", done);
    map.once("error", (event) => fail(event.error));
  });
  draw(map, figure, places, ground, Boolean(basemap));
  answer(map, maplibre, places);
  await new Promise((done) => map.once("idle", done)); // everything is drawn, not half of it
}

function plainStyle() {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "plain", type: "background", paint: { "background-color": "#ece6da" } }],
  };
}

function draw(map, figure, places, ground, overBasemap) {
  const area = getComputedStyle(figure).getPropertyValue("--area-colour").trim();
  const colour = [...COLOURS, area];
  map.addSource("ground", { type: "geojson", data: ground });
  map.addSource("places", { type: "geojson", data: places });
  map.addSource("points", { type: "geojson", data: { type: "FeatureCollection", features: places.features.map(point) } });
  if (!overBasemap) {
    map.addLayer({ id: "ground", type: "fill", source: "ground", paint: { "fill-color": "#fffdf9" } });
  }
  map.addLayer({ id: "borders", type: "line", source: "ground", paint: { "line-color": "#b9b09e" } });
  map.addLayer({ id: "shapes", type: "fill", source: "places", filter: ["in", "Polygon", ["geometry-type"]],
    paint: { "fill-color": colour, "fill-opacity": 0.35 } });
  map.addLayer({ id: "edges", type: "line", source: "places", filter: ["in", "Polygon", ["geometry-type"]],
    paint: { "line-color": colour, "line-width": 2 } });
  map.addLayer({ id: "points", type: "circle", source: "points",
    paint: { "circle-color": colour, "circle-radius": 7, "circle-stroke-color": "#fffdf9", "circle-stroke-width": 1.5 } });
}

// A place can be opened with a finger or mouse, or with Enter: the one nearest the middle.
function answer(map, maplibre, places) {
  const open = (feature) => popup(maplibre, feature).setLngLat(point(feature).geometry.coordinates).addTo(map);
  for (const layer of ["points", "shapes"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", (event) => {
    const around = [[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]];
    const [hit] = map.queryRenderedFeatures(around, { layers: ["points", "shapes"] });
    if (hit) open(hit);
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !places.features.length) return;
    const middle = map.project(map.getCenter());
    const far = (feature) => map.project(point(feature).geometry.coordinates).dist(middle);
    open(places.features.reduce((best, next) => (far(next) < far(best) ? next : best)));
  });
}

function popup(maplibre, feature) {
  const { name, url, words } = feature.properties;
  const content = document.createElement("div");
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = url;
  link.textContent = name;
  content.append(link);
  if (words) {
    const more = document.createElement("p");
    more.textContent = words;
    content.append(more);
  }
  return new maplibre.Popup({ maxWidth: "280px" }).setDOMContent(content);
}

// The middle of a shape's box: good enough for a dot that says "here".
function point(feature) {
  if (feature.geometry.type === "Point") return feature;
  const pairs = feature.geometry.coordinates.flat(Infinity);
  const axis = (n) => pairs.filter((_, index) => index % 2 === n);
  const middle = (numbers) => (Math.min(...numbers) + Math.max(...numbers)) / 2;
  return { ...feature, type: "Feature", properties: feature.properties,
    geometry: { type: "Point", coordinates: [middle(axis(0)), middle(axis(1))] } };
}

async function allPages(url) {
  const all = { type: "FeatureCollection", features: [] };
  for (let page = 0; url && page < MAX_PAGES; page += 1) {
    const part = await getJson(url);
    all.features.push(...part.features.filter((feature) => feature.geometry));
    url = (part.links || []).find((link) => link.rel === "next")?.href;
  }
  return all;
}

async function getJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

function nothing() {
  return { type: "FeatureCollection", features: [] };
}

function styleSheet(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(link);
  return new Promise((done) => { link.onload = done; link.onerror = done; });
}
