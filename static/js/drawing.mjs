// Putting places on the map: the corners of an area, or one pin. What is put there stands in a text field of the page,
// which says the same without any map. With the keyboard: arrows move the map, Enter takes the cross in its middle,
// Backspace takes the last one away.

const PAIR = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/;

export function drawing(map, figure, words, say) {
  const one = Boolean(figure.dataset.pins);
  const field = document.getElementById(figure.dataset.pins || figure.dataset.draws);
  map.meanwhileDraws = true;
  cross(figure);
  map.addSource("meanwhile-drawn", { type: "geojson", data: collection([]) });
  addLayers(map, getComputedStyle(figure).getPropertyValue("--ink").trim() || "#1f2723");
  const redraw = () => map.getSource("meanwhile-drawn").setData(collection(read(field), one));
  const mark = field.form?.querySelector("[data-pin]"); // tells the server that a pin was put, not a text typed
  const put = ({ lng, lat }) => {
    const line = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
    field.value = one ? line : [...lines(field), line].join("\n");
    if (mark) mark.value = line;
    told();
  };
  const back = () => {
    field.value = one ? "" : lines(field).slice(0, -1).join("\n");
    told();
  };
  const told = () => {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    redraw();
    say(one ? words.pinned : words.corners.replace("{n}", lines(field).length));
  };
  map.on("click", (event) => put(event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") put(map.getCenter());
    else if (event.key === "Backspace" || event.key === "Delete") back();
    else return;
    event.preventDefault();
  });
  buttons(figure, [[one ? words.pinHere : words.cornerHere, () => put(map.getCenter())], ...(one ? [] : [[words.cornerBack, back]])]);
  field.addEventListener("input", (event) => { if (event.isTrusted && mark) mark.value = ""; });
  field.addEventListener("change", redraw);
  redraw();
}

function lines(field) {
  return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
}

// Only what is written as coordinates can be shown; the server knows postcodes and streets too.
function read(field) {
  return lines(field).map((line) => line.match(PAIR)).filter(Boolean).map(([, lat, lng]) => [Number(lng), Number(lat)]);
}

function collection(pairs, one) {
  const shapes = pairs.map((pair) => ({ type: "Point", coordinates: pair }));
  if (!one && pairs.length > 1) shapes.push({ type: "LineString", coordinates: [...pairs, pairs[0]] });
  if (!one && pairs.length > 2) shapes.push({ type: "Polygon", coordinates: [[...pairs, pairs[0]]] });
  return { type: "FeatureCollection", features: shapes.map((geometry) => ({ type: "Feature", properties: {}, geometry })) };
}

function addLayers(map, ink) {
  const from = { source: "meanwhile-drawn" };
  map.addLayer({ id: "meanwhile-drawn-fill", type: "fill", ...from, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ink, "fill-opacity": 0.12 } });
  map.addLayer({ id: "meanwhile-drawn-line", type: "line", ...from, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ink, "line-width": 2.5, "line-dasharray": [2, 1] } });
  map.addLayer({ id: "meanwhile-drawn-points", type: "circle", ...from, filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-color": "#ffd166", "circle-stroke-color": ink, "circle-radius": 7, "circle-stroke-width": 2.5 } });
}

function cross(figure) {
  const mark = document.createElement("div");
  mark.className = "mw-map__cross";
  mark.setAttribute("aria-hidden", "true");
  figure.querySelector(".mw-map__live").append(mark);
}

function buttons(figure, made) {
  const group = document.createElement("div");
  group.className = "govuk-button-group mw-map__tools";
  for (const [text, act] of made) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button govuk-button--secondary", textContent: text });
    button.addEventListener("click", act);
    group.append(button);
  }
  figure.querySelector(".mw-map__window").after(group);
}
