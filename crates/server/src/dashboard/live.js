// While something on the page may still change, fetches the page again and puts its main part in.
"use strict";
(() => {
  const pause = 1500;
  async function again() {
    const shown = document.querySelector("main[data-live]");
    if (!shown) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { credentials: "same-origin" });
        if (answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.querySelector("main");
          if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
        }
      } catch {
        // The server is away for a moment: what is shown stays until it is back.
      }
    }
    setTimeout(again, pause);
  }
  setTimeout(again, pause);
})();
