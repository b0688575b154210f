package dev.lora4j.server.command;

import dev.lora4j.server.a1111.A1111Routes;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.embedding.EncoderService;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.lorax.LoraxRoutes;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.openai.OpenAiRoutes;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.text.TextService;
import dev.lora4j.server.vllm.VllmRoutes;
import dev.lora4j.server.work.WorkQueue;
import dev.lora4j.text.generate.PrefixCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** All routes of a server: its faces, metrics and probes. */
final class ServerRoutes {
  private final ModelCatalogue catalogue;

  private ServerRoutes(ModelCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  static Routes of(ModelCatalogue catalogue, ServerMetrics metrics) {
    ServerRoutes routes = new ServerRoutes(catalogue);
    metrics.gauge("vllm:num_requests_waiting", "Requests in the queue.", routes::lengths);
    metrics.adapters(routes.rows(), routes::running, routes::waiting);
    metrics.counts(
        "vllm:prefix_cache_queries",
        "Tokens of prompts that were looked for in the cache of prefixes.",
        () -> routes.prefixes(PrefixCounts::queries));
    metrics.counts(
        "vllm:prefix_cache_hits",
        "Those of them that were there.",
        () -> routes.prefixes(PrefixCounts::hits));
    return Routes.none()
        .get("/health", request -> routes.health())
        .get("/ready", request -> routes.health())
        .get("/ping", request -> routes.health())
        .get("/metrics", request -> HttpAnswer.bytes(ServerMetrics.MEDIA_TYPE, metrics.text()))
        .with(OpenAiRoutes.of(catalogue))
        .with(VllmRoutes.of(catalogue))
        .with(LoraxRoutes.of(catalogue))
        .with(A1111Routes.of(catalogue));
  }

  /** Status 503 if a worker has ended, as its requests would wait for ever. */
  private HttpAnswer health() {
    List<String> dead = new ArrayList<>();
    catalogue
        .work()
        .forEach(
            (name, work) -> {
              if (!work.alive()) {
                dead.add(name);
              }
            });
    return dead.isEmpty()
        ? HttpAnswer.text("ok\n")
        : HttpAnswer.text("no worker for " + String.join(", ", dead) + "\n").status(503);
  }

  /** Every row of a batch may have an adapter of its own. */
  private int rows() {
    return catalogue.pictures().stream().mapToInt(PictureService::rows).sum()
        + catalogue.texts().stream().mapToInt(TextService::rows).sum()
        + catalogue.encoders().stream().mapToInt(EncoderService::rows).sum();
  }

  private Set<String> running() {
    Set<String> all = new TreeSet<>();
    catalogue.work().values().forEach(work -> all.addAll(work.adaptersAtWork()));
    return all;
  }

  private Set<String> waiting() {
    Set<String> all = new TreeSet<>();
    for (WorkQueue<?, ?> work : catalogue.work().values()) {
      work.waiting().waiting().keySet().forEach(account -> all.add(account.adapter()));
    }
    return all;
  }

  private Map<String, Double> lengths() {
    Map<String, Double> all = new LinkedHashMap<>();
    catalogue.work().forEach((name, work) -> all.put(name, (double) work.waiting().size()));
    return all;
  }

  private Map<String, Double> prefixes(ToDoubleFunction<PrefixCounts> number) {
    Map<String, Double> all = new LinkedHashMap<>();
    for (TextService service : catalogue.texts()) {
      all.put(service.name(), number.applyAsDouble(service.prefixes()));
    }
    return all;
  }
}
