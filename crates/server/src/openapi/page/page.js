// Fills the reader's key and this server's address into the commands, and copies them.
"use strict";
(() => {
  const key = document.getElementById("key");
  const commands = [...document.querySelectorAll("pre.command")].map((pre) => {
    const code = pre.querySelector("code");
    return { pre, code, source: code.textContent };
  });
  const fill = () => {
    for (const { code, source } of commands) {
      const filled = source.replaceAll("$DOCKET_URL", location.origin);
      code.textContent = key.value ? filled.replaceAll("$DOCKET_API_KEY", key.value.trim()) : filled;
    }
  };
  for (const { pre, code } of commands) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    pre.append(button);
  }
  key.form.hidden = false;
  key.form.addEventListener("submit", (event) => event.preventDefault());
  key.addEventListener("input", fill);
  fill();
})();
