package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * One adapter in each step, all of them in turn: in step {@code i}, from 0, the one with number
 * {@code floor(i / tau) mod k} (Multi-LoRA Switch; Zhong et al. 2024, section 3.2). It costs no
 * more than one adapter. Adapters whose weight is 0 have no turn.
 */
@Extension(
    point = Mixer.class,
    name = "switch",
    help = "One adapter in each step, all of them in turn (Multi-LoRA Switch).")
public record SwitchMixer(
    @Setting(help = "Steps of a turn.", defaultValue = "5", min = 1) int tau,
    @Setting(help = "Names of the adapters in the order of their turns; else as they were given.")
        List<String> order,
    @Setting(
            help = "Steps by which each change comes later; the authors' program has 1.",
            defaultValue = "0",
            min = 0)
        int delay,
    @Setting(
            help =
                "Whose text encoders take part, which run once: all, or the first, as in the"
                    + " authors' program.",
            defaultValue = "all")
        Texts texts)
    implements WeightMixer {
  /** Adapters of the text encoders. */
  public enum Texts {
    /** The adapters of all turns. */
    ALL,
    /** The adapter of the first turn. */
    FIRST
  }

  /** Copies the list. */
  public SwitchMixer {
    order = List.copyOf(order);
  }

  @Override
  public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    return planFrom(0, asked, steps, sites, changes);
  }

  /** Turns are counted in the steps that are made. */
  @Override
  public MixPlan planFrom(
      int first, MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    List<Integer> turns = PlanAdapters.counting(asked, order);
    List<MixPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < asked.parts().size(); i++) {
      MixPlan.Part part = asked.parts().get(i);
      int turn = turns.indexOf(i);
      if (turn < 0) {
        parts.add(part); // for the text encoders alone
      } else if (turn == 0 || first + turn * (long) tau + delay < steps) {
        boolean reads = texts == Texts.ALL || turn == 0;
        parts.add(
            part.text(reads ? part.textWeight() : 0)
                .weight(at(part.weight(), turn, turns.size(), first, steps)));
      }
    }
    // One at a time, so each acts on the base's own weight whatever the order in the request.
    return asked.parts(parts).order(AdapterOrder.FROM_BASE);
  }

  private Weight at(Weight weight, int turn, int turns, int first, int steps) {
    List<Double> values = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      boolean own = Math.max(0, step - first - delay) / tau % turns == turn;
      values.add(own ? weight.at(step, steps) : 0);
    }
    return Weight.table(values);
  }
}
