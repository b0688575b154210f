package dev.lora4j.core.format.peft;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names layers so that PEFT finds these in a model and no others. */
final class Targets {
  private Targets() {}

  /**
   * A list of names, such as {@code q_proj}, where all layers of that name are meant, and of paths
   * where not; where another layer of the base ends in one of them, which PEFT would change too,
   * one expression for whole paths.
   */
  static JsonElement of(Collection<PeftSite> targets, SiteCatalogue base) {
    SortedSet<String> paths = new TreeSet<>();
    targets.forEach(t -> paths.add(t.pattern()));
    String model = targets.iterator().next().model();
    List<PeftSite> others =
        base.all().stream()
            .map((Site s) -> PeftSite.of(s.name(), base, List.of()))
            .filter(s -> s.model().equals(model) && !paths.contains(s.pattern()))
            .toList();
    boolean ambiguous = others.stream().anyMatch(s -> Patterns.endsInAny(s.pattern(), paths));
    if (ambiguous) {
      return new JsonPrimitive(
          paths.stream()
              .map(p -> p.matches("[\\w.]+") ? p.replace(".", "\\.") : Pattern.quote(p))
              .collect(Collectors.joining("|", "(text_model\\.)?(", ")")));
    }
    SortedSet<String> names = new TreeSet<>();
    for (String path : paths) {
      String name = path.substring(path.lastIndexOf('.') + 1);
      boolean shared =
          base.all().isEmpty()
              || others.stream().anyMatch(o -> Patterns.endsInAny(o.pattern(), Set.of(name)));
      names.add(shared ? path : name);
    }
    JsonArray list = new JsonArray();
    names.forEach(list::add);
    return list;
  }

  /** Whether the model has weights of such layers as [in, out]; PEFT asks it once for all. */
  static boolean turned(Collection<PeftSite> targets) {
    return targets.stream().anyMatch(PeftSite::turned);
  }
}
