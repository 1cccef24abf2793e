// "Use where I am": the device is asked only when the button is pressed, and its answer goes into the text field.

const PLACES = 4; // some ten metres: enough to look nearby, too little for a front door

export function start() {
  const words = JSON.parse(document.body.dataset.here);
  for (const field of document.querySelectorAll("input[data-here]")) {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "govuk-button govuk-button--secondary mw-here", textContent: words.use,
    });
    const status = Object.assign(document.createElement("p"), { className: "mw-source mw-here__said" });
    status.setAttribute("role", "status");
    field.after(button, status);
    button.addEventListener("click", () => ask(field, button, status, words));
  }
}

function ask(field, button, status, words) {
  button.disabled = true;
  status.textContent = words.waiting;
  const done = (text) => {
    status.textContent = text;
    button.disabled = false;
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      field.value = `${coords.latitude.toFixed(PLACES)}, ${coords.longitude.toFixed(PLACES)}`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      done(words.found);
    },
    () => done(words.failed),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
}
