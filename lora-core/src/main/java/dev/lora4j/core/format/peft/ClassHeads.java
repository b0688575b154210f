package dev.lora4j.core.format.peft;

import dev.lora4j.core.format.SiteCatalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Classification heads, by PEFT's names. For a configuration with one of the tasks {@link #TASKS},
 * PEFT requires these modules whole in the file, whatever {@code modules_to_save} is ({@code
 * PeftModelForSequenceClassification}, {@code PeftModelForTokenClassification}).
 *
 * @param modules those that the base has
 * @param paths of the layers of each
 */
record ClassHeads(List<String> modules, List<List<String>> paths) {
  /** Tasks of sequence and token classification. */
  static final Set<String> TASKS = Set.of("SEQ_CLS", "TOKEN_CLS");

  private static final List<String> NAMES = List.of("classifier", "score");

  /** Heads of one model of a base. */
  static ClassHeads of(String model, SiteCatalogue base) {
    List<String> modules = new ArrayList<>();
    List<List<String>> paths = new ArrayList<>();
    for (String name : NAMES) {
      List<String> own =
          base.all().stream()
              .map(s -> PeftSite.of(s.name(), base, List.of()))
              .filter(s -> s.model().equals(model))
              .map(PeftSite::pattern)
              .filter(p -> p.equals(name) || p.startsWith(name + "."))
              .toList();
      if (!own.isEmpty()) {
        modules.add(name);
        paths.add(own);
      }
    }
    return new ClassHeads(List.copyOf(modules), List.copyOf(paths));
  }

  /** Returns true if all layers of all heads are among these. */
  boolean within(Collection<String> saved) {
    return paths.stream().allMatch(saved::containsAll);
  }

  /** The same layers, with each complete head as one name. */
  List<String> joined(Collection<String> saved) {
    Set<String> names = new TreeSet<>(saved);
    for (int i = 0; i < modules.size(); i++) {
      if (saved.containsAll(paths.get(i))) {
        paths.get(i).forEach(names::remove);
        names.add(modules.get(i));
      }
    }
    return List.copyOf(names);
  }
}
