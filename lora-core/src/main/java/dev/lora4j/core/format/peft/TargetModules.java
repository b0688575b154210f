package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names layers so that PEFT finds these in a model and no others. PEFT compares names with the ends
 * of the paths of all modules, also of those that only hold others, and refuses a module that is no
 * layer.
 */
public final class TargetModules {
  private TargetModules() {}

  /**
   * A list of names, such as {@code q_proj} and {@code net.2}, where all layers of that name are
   * meant, and of paths where not; where another module of the base ends in one of these paths, one
   * expression for whole paths.
   *
   * @return a list of texts, or a text
   */
  public static Object of(Collection<PeftSite> targets, SiteCatalogue base) {
    return of(targets, Set.of(), base);
  }

  /**
   * As above, with the layers of another field listed by their whole paths.
   *
   * @param whole which of the targets
   * @return as above
   */
  public static Object of(
      Collection<PeftSite> targets, Collection<PeftSite> whole, SiteCatalogue base) {
    SortedSet<String> paths = new TreeSet<>();
    targets.forEach(t -> paths.add(t.pattern()));
    String model = targets.iterator().next().model();
    List<String> others =
        base.all().stream()
            .map(s -> PeftSite.of(s.name(), base, List.of()))
            .filter(s -> s.model().equals(model) && !paths.contains(s.pattern()))
            .map(PeftSite::pattern)
            .toList();
    Set<String> ends = new HashSet<>();
    others.forEach(o -> addEnds(ends, o));
    others.forEach(o -> addHolders(ends, o));
    paths.forEach(p -> addHolders(ends, p));
    if (paths.stream().anyMatch(ends::contains)) {
      return paths.stream()
          .map(p -> p.matches("[\\w.]+") ? p.replace(".", "\\.") : Pattern.quote(p))
          .collect(Collectors.joining("|", "(text_model\\.)?(", ")"));
    }
    SortedSet<String> named = new TreeSet<>();
    whole.forEach(w -> named.add(w.pattern()));
    named.forEach(w -> addEnds(ends, w));
    for (String path : paths) {
      // A base of which no other layer is known may have more of the same name.
      boolean known = !others.isEmpty() && !ends.contains(name(path));
      named.add(known ? name(path) : path);
    }
    return List.copyOf(named);
  }

  /** Last part of a path, with the parts before it as long as it is a number. */
  private static String name(String path) {
    int dot = path.lastIndexOf('.');
    while (dot > 0 && Character.isDigit(path.charAt(dot + 1))) {
      dot = path.lastIndexOf('.', dot - 1);
    }
    return path.substring(dot + 1);
  }

  /** A path and all later parts of it. */
  private static void addEnds(Set<String> ends, String path) {
    ends.add(path);
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      ends.add(path.substring(dot + 1));
    }
  }

  /** The ends of the modules that a layer is in. */
  private static void addHolders(Set<String> ends, String path) {
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      addEnds(ends, path.substring(0, dot));
    }
  }

  /**
   * Returns true if the model stores the weights of these layers as [in, out]; PEFT has one flag
   * for all.
   */
  public static boolean turned(Collection<PeftSite> targets) {
    return targets.stream().anyMatch(PeftSite::turned);
  }

  /**
   * Refuses layers whose weights the model stores as [in, out], for types that PEFT has at linear
   * layers alone.
   *
   * @param what the type, for the message
   * @throws AdapterException if there is one
   */
  static void requireLinear(Collection<PeftSite> targets, String what) {
    targets.stream()
        .filter(PeftSite::turned)
        .findFirst()
        .ifPresent(
            site -> {
              throw new AdapterException(
                  "PEFT has no form for "
                      + what
                      + " at layers like "
                      + site.name()
                      + ", which this base stores as [in, out] (Conv1D of transformers). Train LoRA"
                      + " there, or cut the adapter to LoRA (resize) and write that.");
            });
  }
}
