package dev.lora4j.core.format.peft;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names layers so that PEFT finds these in a model and no others. */
final class Targets {
  private Targets() {}

  /**
   * A list of paths; where another layer of the base ends in one of them, which PEFT would change
   * too, one expression for whole paths.
   */
  static JsonElement of(Collection<PeftSite> targets, SiteCatalogue base) {
    SortedSet<String> paths = new TreeSet<>();
    targets.forEach(t -> paths.add(t.pattern()));
    String model = targets.iterator().next().model();
    boolean ambiguous =
        base.all().stream()
            .map((Site s) -> PeftSite.of(s.name(), Optional.empty(), List.of()))
            .filter(s -> s.model().equals(model) && !paths.contains(s.pattern()))
            .anyMatch(s -> Patterns.endsInAny(s.pattern(), paths));
    if (ambiguous) {
      return new JsonPrimitive(
          paths.stream()
              .map(p -> p.matches("[\\w.]+") ? p.replace(".", "\\.") : Pattern.quote(p))
              .collect(Collectors.joining("|", "(text_model\\.)?(", ")")));
    }
    JsonArray list = new JsonArray();
    paths.forEach(list::add);
    return list;
  }
}
