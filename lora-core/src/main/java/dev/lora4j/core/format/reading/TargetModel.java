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
 */
record TargetModel(KeyContext context, boolean known, List<String> warnings) {
  /** The base that is given; else the kind that fits best; else layers as the factors ask for. */
  static TargetModel of(AdapterSource source, Optional<Family> given) {
    if (given.isPresent()) {
      return new TargetModel(context(source, given.get()), true, List.of());
    }
    FamilyGuess guess = FamilyGuess.of(source);
    return guess
        .best()
        .map(family -> new TargetModel(context(source, family), true, guess.warnings()))
        .orElseGet(
            () -> new TargetModel(context(source, GuessedSites.of(source)), false, List.of()));
  }

  private static KeyContext context(AdapterSource source, Family family) {
    return new KeyContext(new LayerNames(family), source.tensors().keySet(), source.metadata());
  }

  Family family() {
    return context.names().family();
  }
}
