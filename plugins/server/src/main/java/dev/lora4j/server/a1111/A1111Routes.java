package dev.lora4j.server.a1111;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;
import java.util.List;

/** The routes of A1111's protocol, all below {@code /sdapi/v1/}. */
public final class A1111Routes {
  private static final String ROOT = "/sdapi/v1/";

  /** Lists of what this server never has. */
  private static final List<String> EMPTY =
      List.of(
          "upscalers",
          "latent-upscale-modes",
          "sd-vae",
          "sd-modules",
          "hypernetworks",
          "face-restorers",
          "realesrgan-models",
          "prompt-styles",
          "script-info",
          "extensions");

  /** Orders to look for such again, which find nothing. */
  private static final List<String> NOTHING_NEW =
      List.of("refresh-checkpoints", "refresh-vae", "refresh-embeddings");

  private A1111Routes() {}

  /** Routes that serve these models. */
  public static Routes of(ModelCatalogue models) {
    TenantSettings settings = new TenantSettings();
    RunningRequests running = new RunningRequests();
    PictureRoute pictures = new PictureRoute(models, settings, running);
    OptionRoute options = new OptionRoute(models, settings);
    ProgressRoute progress = new ProgressRoute(running);
    ListRoute lists = new ListRoute(models);
    Routes routes =
        Routes.none()
            .post(ROOT + "txt2img", A1111Problem.handler(pictures::fromText))
            .post(ROOT + "img2img", A1111Problem.handler(pictures::fromImage))
            .post(ROOT + "png-info", A1111Problem.handler(PngInfoRoute::info))
            .get(ROOT + "progress", progress::progress)
            .post(ROOT + "interrupt", progress::interrupt)
            .post(ROOT + "skip", progress::skip)
            .get(ROOT + "options", options::get)
            .post(ROOT + "options", A1111Problem.handler(options::set))
            .get(ROOT + "sd-models", lists::bases)
            .get(ROOT + "loras", A1111Problem.handler(lists::adapters))
            .post(ROOT + "refresh-loras", A1111Problem.handler(lists::refresh))
            .get(ROOT + "samplers", lists::samplers)
            .get(ROOT + "schedulers", lists::schedulers)
            .get(ROOT + "memory", lists::memory)
            .get(ROOT + "cmd-flags", ListRoute.always("{\"api\":true}"))
            .get(ROOT + "scripts", ListRoute.always("{\"txt2img\":[],\"img2img\":[]}"))
            .get(ROOT + "embeddings", ListRoute.always("{\"loaded\":{},\"skipped\":{}}"));
    for (String name : EMPTY) {
      routes = routes.get(ROOT + name, ListRoute.always("[]"));
    }
    for (String name : NOTHING_NEW) {
      routes = routes.post(ROOT + name, ListRoute.always("null"));
    }
    return routes.problems(ROOT, A1111Problem::answer);
  }
}
