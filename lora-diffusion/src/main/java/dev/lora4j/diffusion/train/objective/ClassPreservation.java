package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.diffusion.dataset.caption.WholeWords;
import java.util.Comparator;
import java.util.List;

/**
 * Preservation of the base by an adapter: its predictions for captions without their trigger, by
 * prior preservation (Ruiz et al. 2023) without pictures of the class.
 *
 * @param triggers words that call the adapter, one or more
 * @param words of the class, in the place of a trigger; empty to leave the trigger out
 * @param weight of the distance from the base beside the loss of the pictures, above 0
 */
public record ClassPreservation(List<String> triggers, String words, double weight)
    implements Canonical {
  private static final double MOST = 1000;

  /** Checks the values; the longest trigger is looked for first. */
  public ClassPreservation {
    triggers =
        triggers.stream()
            .map(String::strip)
            .filter(trigger -> !trigger.isEmpty())
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    words = words.strip();
    if (triggers.isEmpty()) {
      throw new IllegalArgumentException(
          "what is kept of the base is its pictures without a trigger, and there is no trigger");
    }
    if (!(weight > 0 && weight <= MOST)) {
      throw new IllegalArgumentException(
          "the weight of what is kept is above 0 and at most 1000, found " + weight);
    }
  }

  /** True if a caption has one of the triggers. */
  public boolean calledBy(String caption) {
    return triggers.stream().anyMatch(trigger -> new WholeWords(trigger).in(caption));
  }

  /** A caption with the words of the class in the place of triggers. */
  public String caption(String caption) {
    String plain = caption;
    for (String trigger : triggers) {
      plain = new WholeWords(trigger).replaced(plain, words);
    }
    return plain;
  }

  /** Entries of an adapter's header. */
  public Metadata metadata() {
    return new HeaderEntries()
        .put("lora4j_preservation_class", words)
        .put("lora4j_preservation_weight", weight)
        .metadata();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ClassPreservation")
        .with("triggers", triggers)
        .with("words", words)
        .with("weight", weight)
        .text();
  }
}
