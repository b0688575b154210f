package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Examination of an adapter's file, also of an unusable one.
 *
 * @param family the kind of base, given or found
 * @param known whether the layers of that base are known, not guessed from the adapter
 * @param dialects names of the dialects that its used keys are spelled in
 * @param matched layers, as the file spells them, that found their sites
 * @param unmatched layers, as the file spells them, that the base lacks
 * @param account what became of each key
 * @param adapter what can be used of it; absent where that is nothing
 * @param problems why it is refused, whole sentences; none if it is not
 * @param warnings sentences for the user
 * @param notFinite values that are no finite numbers
 * @param embeddings as in {@link LoadedAdapter}
 * @param replacements as in {@link LoadedAdapter}
 */
public record Examination(
    Family family,
    boolean known,
    SortedSet<String> dialects,
    SortedSet<String> matched,
    SortedSet<String> unmatched,
    KeyAccount account,
    Optional<Adapter> adapter,
    List<String> problems,
    List<String> warnings,
    NonFiniteValues notFinite,
    Map<String, HostTensor> embeddings,
    Map<String, HostTensor> replacements) {
  /** Copies its lists. */
  public Examination {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** A copy with more problems. */
  Examination with(List<String> more) {
    return with(family, joined(more, problems), warnings);
  }

  /** A copy with a warning before its own. */
  public Examination warned(String warning) {
    return with(family, problems, joined(List.of(warning), warnings));
  }

  /** A copy with another title for the base. */
  public Examination titled(String title) {
    return with(family.titled(title), problems, warnings);
  }

  private Examination with(Family base, List<String> problems, List<String> warnings) {
    return new Examination(
        base,
        known,
        dialects,
        matched,
        unmatched,
        account,
        adapter,
        problems,
        warnings,
        notFinite,
        embeddings,
        replacements);
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /**
   * The adapter.
   *
   * @throws AdapterException with the problems, if there are any
   */
  public LoadedAdapter loaded() {
    if (!problems.isEmpty()) {
      int more = problems.size() - 1;
      throw new AdapterException(
          problems.get(0) + (more == 0 ? "" : " There are " + more + " more problems like it."));
    }
    return new LoadedAdapter(
        adapter.orElseThrow(), account, family, dialects, warnings, embeddings, replacements);
  }
}
