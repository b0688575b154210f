package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.request.Prompt;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Report of the textual inversions that took part in pictures. */
final class EmbeddingReport {
  private final Set<Embedding> used = new LinkedHashSet<>();

  EmbeddingReport(List<Prompt> prompts) {
    prompts.forEach(p -> used.addAll(p.usedEmbeddings()));
  }

  /** One line each. */
  List<String> lines() {
    return used.stream()
        .map(
            e ->
                Printable.of(e.name(), 80)
                    + " textual inversion, vectors "
                    + e.count()
                    + ", identity "
                    + e.identity())
        .toList();
  }

  /** The same for programs. */
  List<Map<String, Object>> json() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Embedding embedding : used) {
      all.add(
          new Json()
              .put("name", embedding.name())
              .put("vectors", embedding.count())
              .put("identity", embedding.identity())
              .fields());
    }
    return all;
  }
}
