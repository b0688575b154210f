package dev.lora4j.server.vllm;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;

/** The routes of vLLM that OpenAI's protocol lacks: those that load and unload adapters. */
public final class VllmRoutes {
  private static final String LOAD = "/v1/load_lora_adapter";
  private static final String UNLOAD = "/v1/unload_lora_adapter";

  private VllmRoutes() {}

  /** Routes that change what these models have. */
  public static Routes of(ModelCatalogue models) {
    AdapterRoute adapters = new AdapterRoute(models);
    return Routes.none()
        .post(LOAD, VllmProblem.handler(adapters::load))
        .post(UNLOAD, VllmProblem.handler(adapters::unload))
        .problems(LOAD, VllmProblem::answer)
        .problems(UNLOAD, VllmProblem::answer);
  }
}
