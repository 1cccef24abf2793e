// The map that moves. It shows the list's places in the place kept by the still picture, and asks
// nobody else for anything unless the area names a basemap. The list stays the page.

const MAX_PAGES = 20; // of the GeoJSON that the list's filters give
const SHAPES_FROM = 15.5; // the zoom from which a plot is larger than its dot
const LAYERS = ["meanwhile-points", "meanwhile-shapes"]; // that can be opened
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
  const { gl, glCss, basemap, geojsonUrl, groundUrl } = figure.dataset;
  const [maplibre, places, ground] = await Promise.all([
    import(gl), allPages(geojsonUrl), groundUrl ? getJson(groundUrl) : nothing(), styleSheet(glCss),
  ]);
  const box = document.createElement("div");
  box.className = "mw-map__live";
  figure.querySelector(".mw-map__window").prepend(box);
  const over = basemap && (await attempt(() => mapOn(maplibre, box, basemap, figure)));
  const map = over || (await mapOn(maplibre, box, plainStyle(), figure));
  draw(map, figure, places, ground, Boolean(over));
  answer(map, maplibre, places);
  // Everything is drawn, not half of it; a basemap that dawdles is not waited for.
  await Promise.race([new Promise((done) => map.once("idle", done)), pause(5000)]);
}

// A basemap that does not answer is no reason to show nothing: null, and the plain ground is used.
async function attempt(make) {
  try {
    return await make();
  } catch {
    return null;
  }
}

async function mapOn(maplibre, box, style, figure) {
  const { bbox, attribution, wordsMap } = figure.dataset;
  const [west, south, east, north] = bbox.split(",").map(Number);
  const map = new maplibre.Map({
    container: box,
    style,
    bounds: [[west, south], [east, north]],
    attributionControl: { compact: false, customAttribution: attribution || undefined },
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { "Map.Title": wordsMap },
  });
  try {
    // Once the style is there, a tile or a letter that fails to come is the basemap's own small gap.
    await new Promise((done, fail) => {
      map.once("style.load", done);
      map.on("error", (event) => fail(event.error));
    });
  } catch (error) {
    map.remove();
    throw error;
  }
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  return map;
}

function pause(milliseconds) {
  return new Promise((done) => { setTimeout(done, milliseconds); });
}

function plainStyle() {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "plain", type: "background", paint: { "background-color": "#ece6da" } }],
  };
}

// Our names begin with the product's, so that no basemap has the same ones.
function draw(map, figure, places, ground, overBasemap) {
  const area = getComputedStyle(figure).getPropertyValue("--area-colour").trim();
  const colour = [...COLOURS, area];
  map.addSource("meanwhile-ground", { type: "geojson", data: ground });
  map.addSource("meanwhile-places", { type: "geojson", data: places });
  map.addSource("meanwhile-points", { type: "geojson", data: { type: "FeatureCollection", features: places.features.map(dot) } });
  if (!overBasemap) {
    map.addLayer({ id: "meanwhile-ground", type: "fill", source: "meanwhile-ground", paint: { "fill-color": "#fffdf9" } });
  }
  map.addLayer({ id: "meanwhile-borders", type: "line", source: "meanwhile-ground", paint: { "line-color": "#b9b09e" } });
  map.addLayer({ id: "meanwhile-shapes", type: "fill", source: "meanwhile-places", filter: ["in", "Polygon", ["geometry-type"]],
    paint: { "fill-color": colour, "fill-opacity": 0.35 } });
  map.addLayer({ id: "meanwhile-edges", type: "line", source: "meanwhile-places", filter: ["in", "Polygon", ["geometry-type"]],
    paint: { "line-color": colour, "line-width": 2 } });
  map.addLayer({ id: "meanwhile-points", type: "circle", source: "meanwhile-points",
    paint: { "circle-color": colour, "circle-stroke-color": "#fffdf9",
      "circle-radius": near(7), "circle-stroke-width": near(1.5) } });
}

// A size for dots: from near by, a place whose shape is drawn needs no dot on it.
function near(size) {
  return ["step", ["zoom"], size, SHAPES_FROM, ["case", ["get", "shaped"], 0, size]];
}

function dot(feature) {
  const shaped = feature.geometry.type !== "Point";
  return { ...point(feature), properties: { ...feature.properties, shaped } };
}

// A place can be opened with a finger or mouse, or with Enter: the one nearest the middle.
function answer(map, maplibre, places) {
  const open = (feature) => popup(maplibre, feature).setLngLat(point(feature).geometry.coordinates).addTo(map);
  for (const layer of LAYERS) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", (event) => {
    const around = [[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]];
    const [hit] = map.queryRenderedFeatures(around, { layers: LAYERS });
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
