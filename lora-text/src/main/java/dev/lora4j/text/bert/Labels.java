package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What the classes of a model are called. */
final class Labels {
  private static final String HEAD = "ForSequenceClassification";

  private Labels() {}

  /** Those of the head that a model was saved with; none if it was saved without one. */
  static List<String> of(ConfigFile config) {
    boolean head =
        config.has("architectures")
            && config.texts("architectures").stream().anyMatch(a -> a.endsWith(HEAD));
    if (!head) {
      return List.of();
    }
    Optional<ConfigFile> named = config.section("id2label");
    int count = named.map(ConfigFile::size).orElse(config.integer("num_labels", 2));
    return IntStream.range(0, count)
        .mapToObj(i -> named.map(n -> n.text(String.valueOf(i), name(i))).orElse(name(i)))
        .toList();
  }

  /** So many, called as transformers calls them. */
  static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(Labels::name).toList();
  }

  private static String name(int number) {
    return "LABEL_" + number;
  }
}
