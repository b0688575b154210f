package dev.lora4j.studio.library;

import dev.lora4j.cli.adapter.AdapterContents;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.reading.Examination;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an examination of an adapter's tensors has found.
 *
 * @param kind {@code picture}, {@code text} or {@code unknown}
 * @param family of the bases that it is for; empty for one of no family
 * @param title of the base that it is for
 * @param ranks number of factors of each rank
 * @param methods number of factors of each method
 * @param problems why it cannot be used; none if it can
 * @param warnings what is odd about it
 * @param identity of the adapter; empty if none can be made of it
 * @param fits whether most of its sizes fit, by hash of the base
 */
record ContentFacts(
    String kind,
    String family,
    String title,
    Map<String, Integer> ranks,
    Map<String, Integer> methods,
    double alpha,
    int total,
    int used,
    List<String> problems,
    List<String> warnings,
    String identity,
    Map<String, Boolean> fits) {
  private static final int MOST = 4;
  private static final int LONGEST = 600;

  /** Copies the collections. */
  ContentFacts {
    ranks = Collections.unmodifiableMap(new TreeMap<>(ranks));
    methods = Collections.unmodifiableMap(new TreeMap<>(methods));
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    fits = Collections.unmodifiableMap(new TreeMap<>(fits));
  }

  /** What is known of a file that is no adapter, or is damaged. */
  static ContentFacts unreadable(String problem) {
    return new ContentFacts(
        "unknown",
        "",
        "",
        Map.of(),
        Map.of(),
        0,
        0,
        0,
        List.of(ForeignText.cut(problem, LONGEST)),
        List.of(),
        "",
        Map.of());
  }

  static ContentFacts of(Examination found, Map<String, Boolean> fits) {
    return new ContentFacts(
        kind(found),
        found.family().name(),
        ForeignText.line(found.family().title()),
        found.adapter().map(AdapterContents::ranks).orElseGet(TreeMap::new),
        found.adapter().map(AdapterContents::methods).orElseGet(TreeMap::new),
        found.adapter().map(ContentFacts::alpha).orElse(0.0),
        found.account().total(),
        found.account().used().size() + found.account().converted().size(),
        first(found.problems()),
        first(found.warnings()),
        found.adapter().map(Adapter::identity).orElse(""),
        fits);
  }

  private static List<String> first(List<String> sentences) {
    List<String> shown = new ArrayList<>();
    sentences.stream().limit(MOST).forEach(s -> shown.add(ForeignText.cut(s, LONGEST)));
    if (sentences.size() > MOST) {
      shown.add("And " + (sentences.size() - MOST) + " more like it.");
    }
    return shown;
  }

  private static String kind(Examination found) {
    SortedMap<String, ?> sites =
        found.adapter().<SortedMap<String, ?>>map(Adapter::sites).orElseGet(TreeMap::new);
    if (sites.isEmpty()) {
      return "unknown";
    }
    return sites.keySet().stream().anyMatch(ContentFacts::ofPictures) ? "picture" : "text";
  }

  private static boolean ofPictures(String site) {
    String component = site.substring(0, Math.max(0, site.indexOf('.')));
    return Components.denoisers().contains(component)
        || Components.textEncoders().contains(component);
  }

  /** The alpha of most factors; 0 if they have none. */
  private static double alpha(Adapter adapter) {
    Map<Double, Integer> counts = new TreeMap<>();
    adapter
        .sites()
        .values()
        .forEach(
            site ->
                site.forEach(
                    factors -> {
                      String alpha = factors.settings().get(AdapterMethod.ALPHA);
                      if (alpha != null) {
                        counts.merge(Double.parseDouble(alpha), 1, Integer::sum);
                      }
                    }));
    return most(counts).orElse(0.0);
  }

  private static <K> Optional<K> most(Map<K, Integer> counts) {
    return counts.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getValue))
        .map(Map.Entry::getKey);
  }

  /** The rank of most factors; 0 if they have none. */
  long rank() {
    return most(ranks).map(Long::parseLong).orElse(0L);
  }

  /** The method of most factors; empty if there are none. */
  String method() {
    return most(methods).orElse("");
  }
}
