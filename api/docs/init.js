// A file of its own, because the page's policy allows no inline script.
window.addEventListener("load", function () {
  SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#docs", deepLinking: true, defaultModelsExpandDepth: 0,
    validatorUrl: null, persistAuthorization: false, supportedSubmitMethods: ["get", "post", "put", "delete"],
  });
});
