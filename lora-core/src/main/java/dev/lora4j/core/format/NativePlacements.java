package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Locations of a denoiser's layers in a file of the layout that models of its structure were first
 * published in, as ComfyUI, stable-diffusion.cpp and the models' own programs write it.
 */
public final class NativePlacements {
  private static final String DENOISER = "diffusion_model.";

  /** Prefixes of denoisers: whole checkpoints, ComfyUI's parts, bare files. */
  public static final List<String> PREFIXES = List.of("model." + DENOISER, DENOISER, "");

  private final Map<String, NativeName> bySite = new HashMap<>();
  private final Map<String, Long> fused = new HashMap<>();
  private final SiteCatalogue sites;
  private final BaseFamily names;
  private final String part;
  private final String prefix;

  /**
   * The locations of a model's layers.
   *
   * @param family its layers with their native names
   * @param names of what each layer consists of
   * @param part of the checkpoint, see {@link Placement#part}
   * @param prefix of the denoiser's tensors, one of {@link #PREFIXES}
   */
  public NativePlacements(Family family, BaseFamily names, String part, String prefix) {
    this.sites = family.sites();
    this.names = names;
    this.part = part;
    this.prefix = prefix;
    for (NativeName name : family.natives()) {
      bySite.put(name.site(), name);
      name.rows().ifPresent(r -> fused.merge(name.path(), r.count(), Long::sum));
    }
  }

  /**
   * The locations in a file; empty if it has not more than half of the denoiser's layers under
   * their native names, or the family has no such names.
   *
   * @param family the layers of a base
   * @param tensors names of all tensors in the file
   */
  public static Optional<NativePlacements> of(Family family, Set<String> tensors) {
    Optional<BaseFamily> names = Families.of(family.name()).or(() -> Families.of(family.sites()));
    return names.flatMap(
        found ->
            PREFIXES.stream()
                .map(prefix -> new NativePlacements(family, found, "", prefix))
                .filter(places -> places.mostIn(tensors))
                .findFirst());
  }

  /** Models of other structures have names of few layers in common. */
  private boolean mostIn(Set<String> tensors) {
    List<NativeName> all =
        bySite.values().stream().filter(name -> name.path().startsWith(DENOISER)).toList();
    long there = all.stream().filter(name -> in(tensors, name)).count();
    return 2 * there > all.size();
  }

  private boolean in(Set<String> tensors, NativeName name) {
    return of(name.site(), "weight").stream().anyMatch(p -> tensors.contains(p.tensor()));
  }

  /** Prefix of the denoiser's tensors. */
  public String prefix() {
    return prefix;
  }

  /**
   * Possible locations of a layer's weight or bias, likeliest first; none if it has no native name,
   * or belongs to no denoiser.
   *
   * @param site the layer's name, for example {@code transformer.proj_out}
   * @param parameter {@code weight} or {@code bias}
   */
  public List<Placement> of(String site, String parameter) {
    NativeName name = bySite.get(site);
    if (name == null || !name.path().startsWith(DENOISER)) {
      return List.of();
    }
    String path = prefix + name.path().substring(DENOISER.length()) + ".";
    Site layer = sites.find(site).orElseThrow();
    Optional<Placement.Rows> rows = name.rows().map(r -> rows(name, r));
    return names.parameterNames(layer, parameter).stream()
        .map(named -> new Placement(part, path + named, rows, false, name.swapped()))
        .toList();
  }

  private Placement.Rows rows(NativeName name, NativeName.Rows rows) {
    long all = fused.getOrDefault(name.path(), rows.count());
    return new Placement.Rows(rows.from(), rows.count(), all);
  }
}
