// The map that moves. It stands in the place kept by the still picture, and asks nobody else for anything unless the
// area names a basemap. The list stays the page: whatever the map shows, the list says.
import { atRest, places } from "./places.mjs";
import { drawing } from "./drawing.mjs";

export function start() {
  for (const figure of document.querySelectorAll("figure.mw-map:is([data-tiles], [data-geojson-url])")) {
    const button = figure.querySelector(".mw-map__open");
    button.hidden = false;
    button.addEventListener("click", () => toggle(figure, button));
    if ("opened" in figure.dataset) toggle(figure, button);
  }
}

async function toggle(figure, button) {
  const words = JSON.parse(figure.dataset.words);
  const live = figure.querySelector(".mw-map__live");
  if (live) {
    live.hidden = !live.hidden;
    button.textContent = live.hidden ? words.show : words.hide;
    return;
  }
  button.disabled = true;
  try {
    await open(figure, words);
    button.textContent = words.hide;
    const { draws, pins } = figure.dataset;
    say(figure, draws ? words.drawKeys : pins ? words.pinKeys : words.keys);
  } catch (error) {
    console.warn("The map cannot be shown:", error);
    figure.querySelector(".mw-map__live")?.remove();
    button.hidden = true;
    say(figure, words.failed);
  }
  button.disabled = false;
}

function say(figure, words) {
  figure.querySelector("[role=status]").textContent = words;
}

async function open(figure, words) {
  const { gl, glCss, basemap, groundUrl } = figure.dataset;
  const [maplibre, ground] = await Promise.all([
    import(gl), groundUrl ? getJson(groundUrl) : nothing(), styleSheet(glCss),
  ]);
  const box = document.createElement("div");
  box.className = "mw-map__live";
  figure.querySelector(".mw-map__window").prepend(box);
  const over = basemap && (await attempt(() => mapOn(maplibre, box, basemap, figure, words)));
  const map = over || (await mapOn(maplibre, box, plainStyle(), figure, words));
  figure.map = map; // for whoever looks at the page with tools
  drawGround(map, ground, Boolean(over));
  await places(map, maplibre, figure, words, (text) => say(figure, text));
  if (figure.dataset.draws || figure.dataset.pins) drawing(map, figure, words, (text) => say(figure, text));
  await atRest(map, 5000);
}

// A basemap that does not answer is no reason to show nothing: null, and the plain ground is used.
async function attempt(make) {
  try {
    return await make();
  } catch {
    return null;
  }
}

async function mapOn(maplibre, box, style, figure, words) {
  const { bbox, attribution } = figure.dataset;
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
    maxZoom: 20,
    locale: { "Map.Title": words.map },
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

// Our names begin with the product's, so that no basemap has the same ones.
function drawGround(map, ground, overBasemap) {
  map.addSource("meanwhile-ground", { type: "geojson", data: ground });
  if (!overBasemap) {
    map.addLayer({ id: "meanwhile-ground", type: "fill", source: "meanwhile-ground", paint: { "fill-color": "#fffdf9" } });
  }
  map.addLayer({ id: "meanwhile-borders", type: "line", source: "meanwhile-ground", paint: { "line-color": "#b9b09e" } });
}

function plainStyle() {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "plain", type: "background", paint: { "background-color": "#ece6da" } }],
  };
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
