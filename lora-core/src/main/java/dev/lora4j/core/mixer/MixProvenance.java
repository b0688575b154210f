package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.mix.MixPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Provenance of a mixed adapter: the adapters that it was mixed of, their weights, and by what.
 *
 * @param mixer the mixer with its settings, for people
 * @param plan the adapters with the requested weights
 * @param seed of random mixers
 */
record MixProvenance(String mixer, MixPlan plan, long seed) {
  /** A copy of {@code mixed} with these metadata; one adapter that stays as it is keeps its own. */
  Adapter describe(Adapter mixed) {
    return mixed.described(mixed.name(), metadata(mixed).entries());
  }

  private Metadata metadata(Adapter mixed) {
    List<Adapter> adapters = plan.adapters();
    List<Metadata> parts = adapters.stream().map(a -> new Metadata(a.metadata())).toList();
    if (parts.size() == 1
        && plan.parts().get(0).weight().value() == 1
        && mixed.identity().equals(adapters.get(0).identity())) {
      return parts.get(0);
    }
    List<String> names = adapters.stream().map(Adapter::name).toList();
    String weights =
        plan.parts().stream().map(MixProvenance::weight).collect(Collectors.joining(", "));
    return Provenance.mixed(
        Provenance.merged(parts, names, mixed), mixer + "; weights " + weights + "; seed " + seed);
  }

  private static String weight(MixPlan.Part part) {
    List<String> more = new ArrayList<>();
    part.text().ifPresent(w -> more.add("text " + w));
    if (!part.shares().all()) {
      more.add("blocks " + part.shares().text());
    }
    String where = more.isEmpty() ? "" : " (" + String.join("; ", more) + ")";
    return part.weight().value() + where;
  }
}
