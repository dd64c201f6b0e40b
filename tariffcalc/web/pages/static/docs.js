"use strict";
const target = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: target.dataset.contract, domNode: target, deepLinking: true, docExpansion: "list", validatorUrl: null });
