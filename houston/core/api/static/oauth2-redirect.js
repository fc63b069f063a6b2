"use strict";

// Hands what the authorization page answered to the window that asked for it.
const { auth, state, redirectUrl, callback, errCb } = window.opener.swaggerUIRedirectOauth2;
const answer = new URLSearchParams(window.location.search);

if (answer.get("state") !== state) {
  errCb({ authId: auth.name, source: "auth", level: "error", message: "Another answer than asked for." });
} else if (answer.has("code")) {
  delete auth.state;
  callback({ auth: { ...auth, code: answer.get("code") }, redirectUrl });
} else {
  const message = answer.get("error_description") || answer.get("error") || "No code was given.";
  errCb({ authId: auth.name, source: "auth", level: "error", message });
}
window.close();
