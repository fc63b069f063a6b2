"use strict";

const place = document.getElementById("documentation");

const page = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  oauth2RedirectUrl: new URL(place.dataset.redirect, window.location).href,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});

page.initOAuth({
  clientId: place.dataset.client,
  usePkceWithAuthorizationCodeGrant: true,
});
