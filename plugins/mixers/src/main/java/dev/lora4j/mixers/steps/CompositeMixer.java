package dev.lora4j.mixers.steps;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Composite of adapters: each alone in a run of its own, and the mean of their outputs after
 * guidance, in every step (Multi-LoRA Composite; Zhong et al. 2024, section 3.3). It costs a run of
 * the denoiser for each adapter. Adapters whose weight is 0 have none, unless there are {@code
 * shares}.
 */
@Extension(
    point = Mixer.class,
    name = "composite",
    help = "The mean of what the denoiser gives with each adapter alone (Multi-LoRA Composite).")
public record CompositeMixer(
    @Setting(
            help = "How much each adapter counts in the mean, in their order; else all alike.",
            min = 0)
        List<Double> shares,
    @Setting(
            help =
                "Adapters of the text encoders in each run: its own, or all, as in the authors'"
                    + " program.",
            defaultValue = "own")
        Texts texts)
    implements OutputMixer {
  /** Adapters of the text encoders. */
  public enum Texts {
    /** Only the adapter of the run. */
    OWN,
    /** All in each run. */
    ALL
  }

  /** Copies the list, and refuses one that adds up to nothing. */
  public CompositeMixer {
    shares = List.copyOf(shares);
    if (!shares.isEmpty() && sum(shares) == 0) {
      throw new IllegalArgumentException("shares add up to 0, so nothing would count");
    }
  }

  @Override
  public List<MixPlan> plans(MixPlan asked) {
    int all = asked.parts().size();
    if (!shares.isEmpty() && shares.size() != all) {
      throw new IllegalArgumentException(
          "composite has " + shares.size() + " shares for " + all + " adapters: " + asked);
    }
    if (IntStream.range(0, all).noneMatch(i -> PlanAdapters.counts(asked, i))) {
      return List.of(asked); // once, whatever the shares are: all of them would be the base's
    }
    List<MixPlan> plans = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      if (!shares.isEmpty() || PlanAdapters.counts(asked, i)) {
        plans.add(alone(asked, i));
      }
    }
    return plans;
  }

  private MixPlan alone(MixPlan asked, int adapter) {
    List<MixPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < asked.parts().size(); i++) {
      MixPlan.Part part = asked.parts().get(i);
      if (i == adapter) {
        parts.add(part);
      } else if (texts == Texts.ALL || part.weight().value() == 0) {
        parts.add(part.text(part.textWeight()).weight(Weight.of(0)));
      }
    }
    return asked.parts(parts);
  }

  @Override
  public Expr compose(List<Expr> outputs, Expr progress) {
    if (outputs.size() == 1) {
      return outputs.get(0);
    }
    Expr sum = share(outputs.get(0), 0);
    for (int i = 1; i < outputs.size(); i++) {
      sum = sum.add(share(outputs.get(i), i));
    }
    return sum.div(shares.isEmpty() ? outputs.size() : sum(shares));
  }

  private Expr share(Expr output, int i) {
    return shares.isEmpty() ? output : output.mul(shares.get(i));
  }

  private static double sum(List<Double> shares) {
    return shares.stream().mapToDouble(Double::doubleValue).sum();
  }
}
