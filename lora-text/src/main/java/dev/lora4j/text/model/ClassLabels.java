package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Names of a model's classes. */
public final class ClassLabels {
  private static final String HEAD = "ForSequenceClassification";
  private static final String TOKEN_HEAD = "ForTokenClassification";
  private static final String PROBLEM = "problem_type";
  private static final int MOST = 1_000_000;

  private ClassLabels() {}

  /**
   * Labels of the head that a model was saved with; none if it was saved without one.
   *
   * @throws ModelException if it is no head for single-label classification
   */
  public static List<String> of(ConfigFile config) {
    if (!head(config, HEAD)) {
      return List.of();
    }
    // A head of one label gives a number, as those of reward models do.
    if (count(config) != 1 || !config.text(PROBLEM, "").equals("regression")) {
      config.require(PROBLEM, "single_label_classification");
    }
    return named(config);
  }

  /** Labels of the head for tokens that a model was saved with; none if it has no such head. */
  public static List<String> ofTokens(ConfigFile config) {
    return head(config, TOKEN_HEAD) ? named(config) : List.of();
  }

  private static boolean head(ConfigFile config, String ending) {
    return config.has("architectures")
        && config.texts("architectures").stream().anyMatch(a -> a.endsWith(ending));
  }

  private static int count(ConfigFile config) {
    return config
        .section("id2label")
        .map(ConfigFile::size)
        .orElseGet(() -> config.integer("num_labels", 2));
  }

  private static List<String> named(ConfigFile config) {
    Optional<ConfigFile> named = config.section("id2label");
    int count = count(config);
    if (count < 1 || count > MOST) {
      throw new ModelException(
          config.file()
              + ": 'num_labels' is "
              + count
              + "; a head tells 1 to "
              + MOST
              + " classes.");
    }
    return IntStream.range(0, count)
        .mapToObj(i -> named.map(n -> n.text(String.valueOf(i), name(i))).orElse(name(i)))
        .toList();
  }

  /** Labels of the head that a model was saved with if they are so many; else numbers. */
  public static List<String> of(ConfigFile config, int count) {
    List<String> own = of(config);
    return own.size() == count ? own : numbered(count);
  }

  /** Names of so many classes without labels, as in transformers. */
  public static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(ClassLabels::name).toList();
  }

  private static String name(int number) {
    return "LABEL_" + number;
  }
}
