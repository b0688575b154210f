package dev.lora4j.core.format.reading;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.LayerNames;
import java.util.List;
import java.util.Optional;

/**
 * The base that an adapter is read for.
 *
 * @param context its layers and the adapter's keys
 * @param known whether they are known, not guessed from the adapter
 * @param given whether the caller named it
 */
record TargetModel(KeyContext context, boolean known, boolean given, List<String> warnings) {
  /** The requested base; else the family that fits best; else layers inferred from the factors. */
  static TargetModel of(AdapterSource source, Optional<Family> given) {
    if (given.isPresent()) {
      return new TargetModel(context(source, given.get()), true, true, List.of());
    }
    FamilyGuess guess = FamilyGuess.of(source);
    return guess
        .best()
        .map(family -> new TargetModel(context(source, family), true, false, guess.warnings()))
        .orElseGet(() -> guessed(source));
  }

  /** Layers inferred from the factors. */
  static TargetModel guessed(AdapterSource source) {
    return new TargetModel(context(source, InferredSites.of(source)), false, false, List.of());
  }

  private static KeyContext context(AdapterSource source, Family family) {
    return new KeyContext(new LayerNames(family), source.tensors().keySet(), source.metadata());
  }

  Family family() {
    return context.names().family();
  }

  /** Hint that the adapter fits another family better than the named base; empty if it does not. */
  String better(AdapterSource source) {
    if (!given) {
      return "";
    }
    return FamilyGuess.of(source)
        .best()
        .filter(best -> !best.name().equals(family().name()))
        .map(best -> " It fits " + best.title() + ".")
        .orElse("");
  }
}
