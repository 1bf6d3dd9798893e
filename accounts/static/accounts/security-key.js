// Asks the browser for a security key when a form with data-security-key is sent, and sends its answer along.
for (const form of document.querySelectorAll("form[data-security-key]")) {
  const options = JSON.parse(document.getElementById("js_data").textContent);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = options.creation_options
        ? await webauthnJSON.create(options.creation_options)
        : await webauthnJSON.get(options.request_options);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      form.querySelector("[role=alert]").hidden = false;
    }
  });
}
