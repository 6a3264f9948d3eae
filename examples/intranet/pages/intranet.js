// What the intranet's own script does with the bot: asks it something, and listens.

document.getElementById("ask-theme").addEventListener("click", () => {
  const bot = document.querySelector("qa-bot-button");
  if (bot) bot.ask("What was the overarching theme of the two dialogues?");
});

document.addEventListener("qa-bot:answer", (event) => {
  const answer = event.detail;
  const last = document.getElementById("last");
  last.hidden = false;
  last.textContent = answer.found
    ? `Last asked here: “${answer.question}”, ${answer.citations.length} quotation(s).`
    : `Last asked here: “${answer.question}”, not found.`;
});
