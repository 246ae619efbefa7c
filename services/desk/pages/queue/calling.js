// Whom a whistle will call is said before it is blown, while it is put together.

function say(form) {
  const box = form && form.querySelector(".calling");
  if (!box) return;
  const ticked = [...form.querySelectorAll('[type="checkbox"][name="f.called"]:checked')].map((one) => one.closest("label").textContent.trim());
  const typed = [...form.querySelectorAll('.further[name="f.called"]')].map((one) => one.value.trim());
  const units = [...new Set([...ticked, ...typed])].filter(Boolean).join(box.dataset.between);
  const kind = form.querySelector('[name="f.kind"]').selectedOptions[0].textContent;
  box.textContent = units ? box.dataset.called.replace("{units}", () => units).replace("{kind}", () => kind) : box.dataset.none;
}

for (const form of document.querySelectorAll("form")) say(form);
document.addEventListener("input", (event) => say(event.target.form));
document.addEventListener("toggle", (event) => say(event.target.querySelector("form")), true);
