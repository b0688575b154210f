package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes factors for a layer of the published model out of those for the sites that have its rows.
 * Exact for LoRA and for whole differences; other methods have no such form.
 */
final class FusedLayers {
  /** Factors for a whole layer, and their differences from those of the sites. */
  record Fused(NativeName name, List<Factors> factors, List<String> changes) {}

  /** The rows of a layer that a site has, and the site's factors; none where it is not changed. */
  record Part(Site site, long from, long rows, boolean swapped, Optional<Factors> factors) {}

  private final SiteCatalogue sites;
  private final Map<String, List<NativeName>> byPath = new HashMap<>();

  FusedLayers(Family family) {
    sites = family.sites();
    family.natives().forEach(n -> byPath.computeIfAbsent(n.path(), p -> new ArrayList<>()).add(n));
  }

  /** Returns true if the layer's factors differ from the site's. */
  boolean changes(NativeName name) {
    return name.rows().isPresent() || name.swapped();
  }

  /**
   * The factors of the native layer at {@code path}.
   *
   * @param parts those of its sites, by site
   * @throws AdapterException if they have no exact form for the whole layer
   */
  Fused fuse(String path, SortedMap<String, List<Factors>> parts) {
    List<NativeName> names = byPath.getOrDefault(path, List.of());
    SortedMap<String, List<Part>> byMethod = new TreeMap<>();
    parts
        .values()
        .forEach(all -> all.forEach(f -> byMethod.putIfAbsent(f.method(), new ArrayList<>())));
    List<Factors> whole = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    byMethod.forEach(
        (method, list) -> {
          names.forEach(n -> list.add(part(n, method, parts.getOrDefault(n.site(), List.of()))));
          list.sort(Comparator.comparingLong(Part::from));
          List<Part> missing = list.stream().filter(p -> p.factors().isEmpty()).toList();
          missing.forEach(p -> changes.add(p.site().name() + " is written with factors of 0."));
          whole.add(fuse(path, method, list));
        });
    return new Fused(names.get(0), whole, changes);
  }

  private Part part(NativeName name, String method, List<Factors> factors) {
    Site site =
        sites
            .find(name.site())
            .orElseThrow(() -> new AdapterException("The base has no layer " + name.site() + "."));
    Optional<Factors> own = factors.stream().filter(f -> f.method().equals(method)).findFirst();
    NativeName.Rows rows = name.rows().orElse(new NativeName.Rows(0, site.out()));
    return new Part(site, rows.from(), rows.count(), name.swapped(), own);
  }

  private static Factors fuse(String path, String method, List<Part> parts) {
    return switch (method) {
      case "lora" -> FusedLora.of(path, parts);
      case "diff", "bias" -> stacked(path, method, parts);
      default ->
          throw new AdapterException(
              "kohya's layout has "
                  + String.join(", ", parts.stream().map(p -> p.site().name()).toList())
                  + " as one layer, "
                  + path
                  + ", and factors of the method "
                  + method
                  + " cannot be put together exactly. Write diffusers' or PEFT's layout, or turn"
                  + " the adapter into LoRA first.");
    };
  }

  /** Stacks a tensor's rows in the order of the layer's rows. */
  private static Factors stacked(String path, String method, List<Part> parts) {
    Factors some = parts.stream().flatMap(p -> p.factors().stream()).findFirst().orElseThrow();
    String role = method.equals("diff") ? "diff" : "diff_b";
    for (Part part : parts) {
      if (part.factors().filter(f -> !f.settings().equals(some.settings())).isPresent()) {
        throw unequal(path, part);
      }
    }
    HostTensor rows = BlockMatrix.stacked(role, parts, some.tensor(role).dtype());
    return Factors.of(method, Collections.singletonMap(role, rows), some.settings());
  }

  static AdapterException unequal(String path, Part part) {
    return new AdapterException(
        "kohya's layout has "
            + part.site().name()
            + " in one layer with others, "
            + path
            + ", whose scales or element types are not the same, so that they cannot be put together"
            + " exactly. Multiply the scales into the factors and give one element type, or write"
            + " diffusers' layout.");
  }
}
