// Recovery codes: buttons that copy and print the list, which without script is selected by hand.
{
  const codes = document.getElementById("recovery-codes");
  const buttons = document.querySelector(".recovery-buttons");
  const status = buttons.querySelector("[role=status]");

  buttons.querySelector("[data-action=copy]").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(codes.textContent);
      status.textContent = status.dataset.copied;
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
  buttons.querySelector("[data-action=print]").addEventListener("click", () => window.print());
  buttons.hidden = false;
}
