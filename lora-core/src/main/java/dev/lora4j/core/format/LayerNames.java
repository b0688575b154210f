package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of a base under all their names. As flat names cannot be taken apart by rule, they are
 * made of the names that there are and looked up exactly.
 */
public final class LayerNames {
  /** Greatest number of wrapper modules around a model that files may include or omit. */
  private static final int WRAPPERS = 2;

  /** A module around text encoders, which transformers leaves out from 5.6 on. */
  private static final String LEFT_OUT = "text_model";

  private final Family family;
  private final Map<String, Layer> canonical = new HashMap<>();
  private final Map<String, Layer> natives = new HashMap<>();
  private final Map<String, Layer> flat = new HashMap<>();
  private final Map<String, Optional<Layer>> tails = new HashMap<>();
  private final Set<String> models = new TreeSet<>();
  private final String denoiser;
  private final Map<Pattern, List<String>> beginnings = new ConcurrentHashMap<>();

  /** Creates all names of the layers of {@code family}. */
  public LayerNames(Family family) {
    this.family = family;
    for (Site site : family.sites().all()) {
      String model = Components.of(site.name());
      models.add(model);
      Layer layer = Layer.of(site);
      canonical.put(site.name(), layer);
      boolean whole = model.length() == site.name().length();
      flat.put(flat(model, whole ? "" : site.name().substring(model.length() + 1)), layer);
      flat.putIfAbsent(flat("", site.name()), layer);
      tail(site.name(), layer);
    }
    tails.values().removeIf(Optional::isEmpty);
    denoiser = Components.denoiser(family.sites()).orElse(Components.denoisers().get(0));
    Map<String, List<NativeName>> byPath = new LinkedHashMap<>();
    family.natives().forEach(n -> byPath.computeIfAbsent(n.path(), p -> new ArrayList<>()).add(n));
    byPath.forEach((path, names) -> layer(path, names).ifPresent(layer -> add(path, layer)));
  }

  /**
   * First group of a pattern in each canonical name that matches it, in the order of the family.
   * Formats that count layers ask for it at each key, so it is kept.
   */
  public List<String> beginnings(Pattern pattern) {
    return beginnings.computeIfAbsent(
        pattern,
        p ->
            family.sites().all().stream()
                .map(site -> p.matcher(site.name()))
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .toList());
  }

  private void add(String path, Layer layer) {
    natives.put(path, layer);
    String model = Components.of(layer.parts().get(0).site().name());
    flat.putIfAbsent(flat(model, NativePrefix.behind(path)), layer);
  }

  private Optional<Layer> layer(String path, List<NativeName> names) {
    List<Layer.Part> parts = new ArrayList<>();
    Optional<Long> rows = Optional.empty();
    for (NativeName name : names) {
      long end = name.rows().map(r -> r.from() + r.count()).orElse(0L);
      rows = end > rows.orElse(0L) ? Optional.of(end) : rows;
      family
          .sites()
          .find(name.site())
          .ifPresent(site -> parts.add(new Layer.Part(site, name.rows(), name.swapped())));
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(new Layer(path, parts, rows, true));
  }

  /** Names without the one or two modules around the model, where only one layer has them. */
  private void tail(String name, Layer layer) {
    String tail = name;
    for (int i = 0; i < WRAPPERS; i++) {
      tail = tail.substring(tail.indexOf('.') + 1);
      tails.merge(tail, Optional.of(layer), (a, b) -> a.equals(b) ? a : Optional.empty());
    }
  }

  private static String flat(String model, String path) {
    return model + ":" + path.replace('.', '_');
  }

  /** The kind of base model. */
  public Family family() {
    return family;
  }

  /**
   * Returns true if the base has the model called {@code model}, for example {@code
   * text_encoder_2}.
   */
  public boolean has(String model) {
    return models.contains(model);
  }

  /** Component of the denoiser, for example {@code unet} or {@code transformer}. */
  public String denoiser() {
    return denoiser;
  }

  /** The layer with this canonical name, in which {@code text_model.} may be left out. */
  public Optional<Layer> canonical(String name) {
    String model = Components.of(name) + ".";
    return exactly(name)
        .or(
            () ->
                exactly(
                    model
                        + LEFT_OUT
                        + "."
                        + name.substring(Math.min(name.length(), model.length()))));
  }

  private Optional<Layer> exactly(String name) {
    return lenient(name, '.', n -> Optional.ofNullable(canonical.get(n)));
  }

  /**
   * The layer with this name in the layout that the model was first published in, with the prefix
   * of {@link NativeName#path}.
   */
  public Optional<Layer> natively(String path) {
    return lenient(path, '.', n -> Optional.ofNullable(natives.get(n)));
  }

  /**
   * The layer with this name in any model of the base, in either layout, without the model's name
   * or with the modules that a program had around it.
   */
  public Optional<Layer> anywhere(String path) {
    return canonical(path)
        .or(() -> canonical(denoiser() + "." + path))
        .or(() -> natively(NativePrefix.DENOISER + path))
        .or(() -> natively(path))
        .or(() -> models.stream().flatMap(m -> exactly(m + "." + path).stream()).findFirst())
        .or(() -> unwrapped(path));
  }

  private Optional<Layer> unwrapped(String path) {
    String rest = path;
    for (int i = 0; i <= WRAPPERS; i++) {
      Optional<Layer> tail = tails.getOrDefault(rest, Optional.empty());
      Optional<Layer> found = Optional.ofNullable(canonical.get(rest));
      if (found.isPresent() || tail.isPresent()) {
        return found.isPresent() ? found : tail;
      }
      rest = rest.substring(rest.indexOf('.') + 1);
    }
    return Optional.empty();
  }

  /**
   * The layer with this name in any model of the base, every dot an underscore; the model's name
   * may stand in front.
   */
  public Optional<Layer> flatlyAnywhere(String name) {
    return flatly(denoiser(), name)
        .or(() -> flatly("", name))
        .or(() -> models.stream().flatMap(m -> flatly(m, name).stream()).findFirst());
  }

  /**
   * The layer of {@code model} with this name, in either layout, every dot an underscore; {@code
   * text_model_} may be left out.
   *
   * @param model as in canonical names, for example {@code unet}
   */
  public Optional<Layer> flatly(String model, String name) {
    return named(model, "", name).or(() -> named(model, LEFT_OUT + "_", name));
  }

  private Optional<Layer> named(String model, String before, String name) {
    return lenient(name, '_', n -> Optional.ofNullable(flat.get(flat(model, before + n))));
  }

  /** Finds a layer by its exact name; else without parts that some trainers leave in names. */
  private static Optional<Layer> lenient(
      String name, char dot, Function<String, Optional<Layer>> find) {
    Optional<Layer> exact = find.apply(name);
    if (exact.isPresent()) {
      return exact;
    }
    String plain = name.replace("_orig_mod" + dot, "").replace(dot + "processor" + dot, "" + dot);
    while (plain.endsWith("_")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    return plain.equals(name) ? Optional.empty() : find.apply(plain);
  }

  /** Up to {@code count} canonical names most like {@code name}, nearest first. */
  public List<String> nearest(String name, int count) {
    return family.sites().nearest(name, count);
  }
}
