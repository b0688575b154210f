package dev.lora4j.server.openai;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;

/** The routes of OpenAI's protocol, all below {@code /v1/}. */
public final class OpenAiRoutes {
  private OpenAiRoutes() {}

  /** Routes that serve these models. */
  public static Routes of(ModelCatalogue models) {
    ModelRoute listing = new ModelRoute(models);
    TextRoute texts = new TextRoute(models);
    ImageRoute images = new ImageRoute(models);
    EmbeddingRoute embeddings = new EmbeddingRoute(models);
    return Routes.none()
        .get("/v1/models", OpenAiProblem.handler(listing::list))
        .get("/v1/models/{id}", OpenAiProblem.handler(listing::one))
        .post("/v1/chat/completions", OpenAiProblem.handler(texts::chat))
        .post("/v1/completions", OpenAiProblem.handler(texts::complete))
        .post("/v1/embeddings", OpenAiProblem.handler(embeddings::embed))
        .post("/v1/images/generations", OpenAiProblem.handler(images::generate))
        .problems("/v1/", OpenAiProblem::answer);
  }
}
