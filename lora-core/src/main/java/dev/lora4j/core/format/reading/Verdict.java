package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Decision whether an adapter with this key account may be used. */
final class Verdict {
  private static final int NAMED = 3;

  private final Path path;
  private final TargetModel base;
  private final ReadOptions options;

  Verdict(Path path, TargetModel base, ReadOptions options) {
    this.path = path;
    this.base = base;
    this.options = options;
  }

  /** Reasons for a refusal, as sentences; none if the adapter may be used. */
  List<String> on(
      KeyAccount account,
      SortedMap<String, KeyAddress.UnknownLayer> lacking,
      SortedMap<String, List<Factors>> factors) {
    List<String> problems = new ArrayList<>();
    List<String> missing = keys(account, Reason.NO_SITE);
    if (!missing.isEmpty() && !options.allowPartial()) {
      problems.add(missing(account, missing, lacking));
    }
    List<String> halves = keys(account, Reason.HALF_A_PAIR);
    if (!halves.isEmpty() && !options.allowPartial()) {
      problems.add(
          path
              + ": "
              + some(halves)
              + " lacks the other half of its pair; the file is damaged or was cut. Allow partial"
              + " adapters to leave it out.");
    }
    List<String> unknown = keys(account, Reason.UNKNOWN_METHOD);
    if (!unknown.isEmpty() && !options.allowPartial()) {
      problems.add(
          path
              + ": "
              + some(unknown)
              + " is for a layer of the base but belongs to a method that is not known. Allow"
              + " partial adapters to leave it out.");
    }
    if (account.nothing() && problems.isEmpty() && keys(account, Reason.UNUSABLE).isEmpty()) {
      problems.add(nothing(account));
    } else if (!account.nothing() && ZeroAdapters.all(factors)) {
      problems.add(
          path
              + " would change nothing: every change in it is 0. It was saved before it was trained,"
              + " or its values were lost in F16.");
    }
    return problems;
  }

  private String nothing(KeyAccount account) {
    return path
        + " has no factor that "
        + base.family().title()
        + " can use ("
        + account.summary()
        + ")"
        + (base.known() ? "." : "; name the base, as its layers cannot be told from the file.");
  }

  private String missing(
      KeyAccount account,
      List<String> missing,
      SortedMap<String, KeyAddress.UnknownLayer> lacking) {
    KeyAddress.UnknownLayer first = lacking.get(missing.get(0));
    String spelled = first == null ? missing.get(0) : first.spelled();
    String more = missing.size() == 1 ? "" : " and others, " + missing.size() + " keys in all";
    if (!base.known() && account.nothing()) {
      return path
          + ": the sizes of "
          + DisplayNames.of(spelled)
          + more
          + " cannot be told from the file ("
          + account.summary()
          + "). Name the base that the adapter was made for.";
    }
    String nearest =
        first == null ? "" : String.join(", ", base.context().names().nearest(first.likely(), 2));
    return path
        + ": "
        + base.family().title()
        + " has no layer for "
        + DisplayNames.of(spelled)
        + more
        + " ("
        + account.summary()
        + "). Nearest: "
        + nearest
        + ". The adapter was made for another base; allow partial adapters to leave these out.";
  }

  /** Warnings about parts that are left out without a refusal. */
  static List<String> warnings(KeyAccount account) {
    List<String> warnings = new ArrayList<>();
    Map<Reason, String> texts =
        Map.of(
            Reason.OTHER_COMPONENT, "for a model that the base has not got",
            Reason.DUPLICATE, "for layers that are in the file under another name too",
            Reason.EMBEDDING, "bundled embeddings for words of the prompt, not loaded with it",
            Reason.REPLACEMENT,
                "new values of layers that the base has not got, not loaded with it");
    texts.forEach(
        (reason, text) -> {
          List<String> keys = keys(account, reason);
          if (!keys.isEmpty()) {
            warnings.add(keys.size() + " keys are " + text + ": " + some(keys) + ".");
          }
        });
    return warnings.stream().sorted().toList();
  }

  private static List<String> keys(KeyAccount account, Reason reason) {
    return account.ignored().entrySet().stream()
        .filter(e -> e.getValue() == reason)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String some(List<String> keys) {
    String text = String.join(", ", keys.stream().limit(NAMED).map(DisplayNames::of).toList());
    return keys.size() <= NAMED ? text : text + " and " + (keys.size() - NAMED) + " more";
  }
}
