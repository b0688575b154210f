package dev.lora4j.server.vllm;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.AdapterKey;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnusableAdapterException;
import java.util.List;

/**
 * Answers {@code POST /v1/load_lora_adapter} and {@code POST /v1/unload_lora_adapter}. An adapter
 * is loaded for the first base that it fits, under a name of the tenant that asks.
 */
final class AdapterRoute {
  private final ModelCatalogue models;

  AdapterRoute(ModelCatalogue models) {
    this.models = models;
  }

  HttpAnswer load(HttpRequest request) {
    JsonFields body = JsonFields.parse(request.text());
    String name = body.text("lora_name").orElse("");
    String path = body.text("lora_path").orElse("");
    if (name.isEmpty() || path.isEmpty()) {
      throw VllmProblem.invalid(
          "Both 'lora_name' and 'lora_path' must be given.",
          name.isEmpty() ? "lora_name" : "lora_path");
    }
    boolean inPlace = body.flag("load_inplace", false);
    // Three-dimensional weights of mixtures of experts are found in the file itself.
    body.flag("is_3d_lora_weight", false);
    load(new AdapterKey(Tenants.of(request.principal()), name), path, inPlace);
    return HttpAnswer.text("Success: LoRA adapter '" + name + "' added successfully.");
  }

  private void load(AdapterKey key, String path, boolean inPlace) {
    if (models.bases().contains(key.name())) {
      throw VllmProblem.invalid(
          "'" + key.name() + "' is a base of this server. Choose another name.", "lora_name");
    }
    List<AdapterCache> caches = models.caches();
    // Under one name there is one adapter, whatever base has it in memory.
    if (!inPlace && caches.stream().anyMatch(cache -> holds(cache, key))) {
      throw VllmProblem.invalid(
          "The LoRA adapter '"
              + key.name()
              + "' has already been loaded. Unload it first, or set load_inplace to true.",
          "lora_name");
    }
    UnusableAdapterException first = null;
    for (AdapterCache cache : caches) {
      try {
        cache.load(key.owner(), key.name(), path, inPlace);
        return;
      } catch (UnusableAdapterException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new IllegalStateException("a server without bases") : first;
  }

  private static boolean holds(AdapterCache cache, AdapterKey key) {
    return cache.held().stream().anyMatch(held -> held.current() && held.key().equals(key));
  }

  HttpAnswer unload(HttpRequest request) {
    JsonFields body = JsonFields.parse(request.text());
    // Names alone tell adapters apart here; the number is read and of no effect.
    body.whole("lora_int_id", Long.MIN_VALUE, Long.MAX_VALUE);
    String name = body.text("lora_name").orElse("");
    if (name.isEmpty()) {
      throw VllmProblem.invalid("'lora_name' must be given.", "lora_name");
    }
    Tenant tenant = Tenants.of(request.principal());
    List<AdapterCache> caches = models.caches();
    AdapterKey key = new AdapterKey(tenant, name);
    // The name goes from the library for all bases; memory at once where it is.
    caches.stream()
        .filter(cache -> holds(cache, key))
        .findFirst()
        .orElseGet(() -> caches.get(0))
        .unload(tenant, name);
    return HttpAnswer.text("Success: LoRA adapter '" + name + "' removed successfully.");
  }
}
