package dev.lora4j.core.format.peft;

import dev.lora4j.core.format.writing.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The layers of an adapter by the model they are in, for layouts that keep models apart. */
public final class PeftModels {
  private PeftModels() {}

  /** Layers with their factors, by the model's name. */
  public static SortedMap<String, List<PeftSite>> of(WriteRequest request) {
    SortedMap<String, List<PeftSite>> models = new TreeMap<>();
    request
        .adapter()
        .sites()
        .forEach(
            (name, factors) -> {
              PeftSite site = PeftSite.of(name, request.family().sites(), factors);
              models.computeIfAbsent(site.model(), m -> new ArrayList<>()).add(site);
            });
    return models;
  }
}
