package dev.lora4j.server.lorax;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;

/** The routes of LoRAX's protocol that OpenAI's lacks. */
public final class LoraxRoutes {
  private LoraxRoutes() {}

  /** Routes that serve these models. */
  public static Routes of(ModelCatalogue models) {
    GenerateRoute texts = new GenerateRoute(models);
    InfoRoute info = new InfoRoute(models);
    return Routes.none()
        .post("/", LoraxProblem.handler(texts::either))
        .post("/generate", LoraxProblem.handler(texts::generate))
        .post("/generate_stream", LoraxProblem.handler(texts::stream))
        .get("/info", LoraxProblem.handler(info::info))
        .problems("/generate", LoraxProblem::answer)
        .problems("/info", LoraxProblem::answer);
  }
}
