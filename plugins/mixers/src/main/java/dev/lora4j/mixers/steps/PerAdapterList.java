package dev.lora4j.mixers.steps;

import dev.lora4j.core.mix.MixPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of a list for each adapter: {@code NAME=VALUE} for those that it names, one {@code VALUE}
 * for all, or one {@code VALUE} for each in their order.
 */
final class PerAdapterList {
  private PerAdapterList() {}

  /**
   * Values for each part of a plan; empty for those that the list does not name.
   *
   * @param setting the list's name, for errors
   * @throws IllegalArgumentException if it is another form, or names others
   */
  static List<Optional<String>> of(String setting, List<String> said, MixPlan plan) {
    int parts = plan.parts().size();
    long named = said.stream().filter(s -> s.indexOf('=') > 0).count();
    if (named == 0 && (said.size() == 1 || said.size() == parts || said.isEmpty())) {
      List<Optional<String>> all = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        all.add(said.isEmpty() ? Optional.empty() : Optional.of(said.get(i % said.size())));
      }
      return all;
    }
    if (named < said.size()) {
      throw new IllegalArgumentException(
          setting
              + " has "
              + said.size()
              + " values, of which "
              + named
              + " have a name; it takes NAME=VALUE, one VALUE for all, or one for each of "
              + PlanAdapters.names(plan));
    }
    Map<String, String> byName = new LinkedHashMap<>();
    for (String one : said) {
      String name = one.substring(0, one.lastIndexOf('='));
      boolean known = plan.adapters().stream().anyMatch(a -> a.name().equals(name));
      if (!known || byName.put(name, one.substring(name.length() + 1)) != null) {
        throw new IllegalArgumentException(
            setting
                + (known ? " says two things of " : " is for ")
                + name
                + "; it takes each of these once: "
                + PlanAdapters.names(plan));
      }
    }
    return plan.adapters().stream().map(a -> Optional.ofNullable(byName.get(a.name()))).toList();
  }
}
