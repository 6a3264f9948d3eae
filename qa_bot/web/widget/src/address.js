// Addresses: where the bot is, and where cited words stand.

/** The folder that a script lies in, with a closing slash, or "" for no usable address. */
export function folder(address) {
  try {
    const url = new URL(address, document.baseURI);
    if (url.protocol !== "https:" && url.protocol !== "http:") return "";
    return url.origin + url.pathname.replace(/[^/]*$/, "");
  } catch {
    return "";
  }
}

/** The bot's address from what a page's author wrote: with or without the last slash. */
export function server(address) {
  return folder(/[/]$/.test(address) ? address : address + "/");
}

/**
 * The source view at the words with these character numbers.
 * @param {string} base the bot's address, ending in a slash
 */
export function sourceLink(base, documentId, start, end) {
  const place = Number.isInteger(start) && Number.isInteger(end) ? `#${start}-${end}` : "";
  return `${base}source/${encoded(documentId)}${place}`;
}

/** The page of the original file with these words marked. */
export function pageLink(base, documentId, start, end) {
  return `${base}page/${encoded(documentId)}?start=${Number(start)}&end=${Number(end)}`;
}

function encoded(documentId) {
  return String(documentId).split("/").map(encodeURIComponent).join("/");
}

/** An address as it is, if it is one of the web; else "": it could be javascript:. */
export function webAddress(text) {
  return /^https?:\/\/[^/]/i.test(text || "") ? text : "";
}

/** The chat page itself, with a question to ask there. */
export function chatLink(base, question) {
  return question ? `${base}?q=${encodeURIComponent(question)}` : base;
}
