package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.EnumSet;
import java.util.Set;

/**
 * Probabilities with which parts of an adapter are left out while it is trained.
 *
 * @param input of elements of the input that the factors see (PEFT's {@code lora_dropout})
 * @param network of elements between the factors (kohya's {@code network_dropout})
 * @param rank of whole directions, for each sample by itself (kohya's {@code rank_dropout})
 * @param module of the whole adapter of a layer, for each step (kohya's {@code module_dropout})
 */
public record Dropouts(double input, double network, double rank, double module)
    implements Canonical {
  /** No dropout. */
  public static final Dropouts NONE = new Dropouts(0, 0, 0, 0);

  /** The kinds with a share above 0. */
  public Set<DropoutKind> kinds() {
    Set<DropoutKind> kinds = EnumSet.noneOf(DropoutKind.class);
    for (DropoutKind kind : DropoutKind.values()) {
      if (of(kind) > 0) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** The probability of a kind. */
  public double of(DropoutKind kind) {
    return switch (kind) {
      case INPUT -> input;
      case NETWORK -> network;
      case RANK -> rank;
      case MODULE -> module;
    };
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Dropouts")
        .with("input", input)
        .with("network", network)
        .with("rank", rank)
        .with("module", module)
        .text();
  }
}
