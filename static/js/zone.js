// @ts-check
// Tells the server the reader's time zone, at the door already, so that the first page shows their hours.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in Firefox and on plain HTTP
if (zone) document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
