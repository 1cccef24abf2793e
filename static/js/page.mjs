// Small help on every page; each page works without it.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink, createAll,
} from "../vendor/govuk/govuk-frontend.min.mjs";

// The components look for these classes before they start.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink]) {
  createAll(component);
}

// The map's code is a quarter of a megabyte: it comes only to a page that has a map.
if (document.querySelector("figure.mw-map:is([data-tiles], [data-geojson-url])")) {
  import("./map.mjs").then((map) => map.start());
}
if (document.querySelector("input[data-here]") && "geolocation" in navigator) {
  import("./here.mjs").then((here) => here.start());
}
const written = document.querySelector("form[data-saving]");
if (written) {
  import("./saving.mjs").then((saving) => saving.start(written));
}
