package dev.lora4j.server.lorax;

import dev.lora4j.server.text.TextService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The merged adapters of all language models. */
final class MergedByModel {
  private final Map<TextService, MergedAdapters> all = new ConcurrentHashMap<>();

  /** Those of one model. */
  MergedAdapters of(TextService service) {
    return all.computeIfAbsent(service, MergedAdapters::new);
  }
}
