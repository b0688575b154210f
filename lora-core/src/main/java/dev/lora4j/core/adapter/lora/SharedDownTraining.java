package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Training of LoRA with the down factors of another adapter, so that many adapters have the same.
 * They are stored as that adapter has them, to the last bit and in its type.
 *
 * @param adapter whose down factors are used
 */
public record SharedDownTraining(Adapter adapter) implements FrozenDownTraining {
  /** Its name in messages. */
  public static final String NAME = "lora with the A of another adapter";

  @Override
  public String name() {
    return NAME;
  }

  /** Refuses layers at which the other adapter has nothing that fits. */
  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    down(site, recipe);
    return FrozenDownTraining.super.tensors(site, recipe);
  }

  @Override
  public HostTensor down(Site site, SiteRecipe recipe) {
    HostTensor down =
        shared(site)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        adapter.name()
                            + " has no LoRA at "
                            + site.name()
                            + " whose A could be shared; train layers that it has, or share the A"
                            + " of another adapter"));
    Shape expected = LowRank.down(site, recipe.rank());
    if (!down.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "the A of "
              + adapter.name()
              + " is "
              + down.shape()
              + " at "
              + site.name()
              + ", and "
              + expected
              + " is needed; train with rank "
              + down.shape().size(0)
              + " there");
    }
    return down;
  }

  private Optional<HostTensor> shared(Site site) {
    List<Factors> found = adapter.at(site.name());
    return found.size() == 1
            && found.get(0).method().equals(LoraMethod.NAME)
            && !found.get(0).tensors().containsKey(LoraMethod.MID)
        ? Optional.of(found.get(0).tensor(LoraMethod.DOWN))
        : Optional.empty();
  }

  @Override
  public Set<String> unrounded() {
    return Set.of(LoraTraining.DOWN);
  }

  /** Only of an adapter with the same down factors. */
  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return FrozenDownTraining.super
        .warmStart(site, found)
        .filter(
            begun ->
                shared(site).equals(Optional.ofNullable(begun.values().get(LoraTraining.DOWN))));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SharedDownTraining").with("adapter", adapter).text();
  }
}
