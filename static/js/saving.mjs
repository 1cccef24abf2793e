// Saves a page that somebody writes on every twenty seconds, and says so. The page works without it.
const EVERY = 20_000;
const NOT_TYPED = new Set(["csrf_token", "version"]);

export function start(form) {
  const says = form.querySelector("[data-says]");
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => !NOT_TYPED.has(name)));
  let kept = typed(); // what the server has
  let under_way = null;
  let held = false; // somebody else wrote here: a person has to look, by pressing Save

  async function send() {
    const sent = typed();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        keepalive: true,
      });
      const told = await answer.json();
      says.textContent = told.said ?? told.detail;
      if (told.token) form.elements.csrf_token.value = told.token;
      if (told.version !== undefined) form.elements.version.value = told.version;
      if (answer.ok) kept = sent;
      held = Boolean(told.clash);
    } catch {
      says.textContent = form.dataset.saving;
    }
  }

  async function save() {
    if (under_way || held || typed() === kept) return;
    under_way = send();
    await under_way;
    under_way = null;
  }

  setInterval(save, EVERY);
  document.addEventListener("visibilitychange", () => document.hidden && save());
  // A save under way must end first: its answer says from which version the page goes on.
  form.addEventListener("submit", async (event) => {
    if (!under_way) return;
    event.preventDefault();
    await under_way;
    form.requestSubmit(event.submitter);
  });
}
