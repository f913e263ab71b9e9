// Beside each password a button that shows what was typed; without scripts the form is the same without it.
for (const input of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  const say = (shown) => {
    button.textContent = shown ? input.dataset.hide : input.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.type = "button";
  button.className = "show-password";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    say(input.type === "text");
  });
  // It is a password again before it is sent: browsers keep what was in fields of text.
  input.form.addEventListener("submit", () => { input.type = "password"; });
  say(false);
  input.after(button);
}
