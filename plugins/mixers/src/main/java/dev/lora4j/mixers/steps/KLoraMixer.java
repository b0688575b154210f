package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * One of two adapters at each layer and step: that whose greatest numbers there are greater, where
 * the style's count more in later steps (Ouyang et al., "K-LoRA: Unlocking Training-Free Fusion of
 * Any Subject and Style LoRAs", CVPR 2025, section 3.3).
 *
 * <p>A plan has each adapter several times: once for every course over the steps that some layers
 * have, with a share of 1 at these and of 0 at all others.
 */
@Extension(
    point = Mixer.class,
    name = "k-lora",
    help = "A content and a style: at each layer and step the one with greater numbers (K-LoRA).",
    experimental = true)
public record KLoraMixer(
    @Setting(help = "Names of the content and the style; else as they were given.")
        List<String> order,
    @Setting(
            help = "What the style gains from the first step to the last.",
            defaultValue = "1.5",
            above = 0)
        double alpha,
    @Setting(help = "What the style counts at the first step.", defaultValue = "0.5", min = 0)
        double beta,
    @Setting(
            help = "Begin again at 0 where the style would count alpha, as the authors' s* does.",
            defaultValue = "false")
        boolean wraps,
    @Setting(
            help =
                "How the sizes of both are evened out: by the sums of all layers, or by the mean"
                    + " ratio of layers, as in the authors' program.",
            defaultValue = "sums")
        KLoraGamma gamma)
    implements WeightMixer {
  /** Number of adapters: two, so that there is a choice. */
  private static final int TWO = 2;

  /** Copies the list. */
  public KLoraMixer {
    order = List.copyOf(order);
  }

  @Override
  public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    List<Integer> both = PlanAdapters.counting(asked, order);
    if (both.size() < TWO) {
      return asked;
    }
    if (both.size() > TWO) {
      throw new IllegalArgumentException(
          "k-lora chooses between two adapters, and "
              + both.size()
              + " count: "
              + PlanAdapters.names(asked));
    }
    MixPlan.Part content = asked.parts().get(both.get(0));
    MixPlan.Part style = asked.parts().get(both.get(1));
    CompetingLayers rivals = CompetingLayers.of(content, style, sites, changes, gamma);
    Map<List<Boolean>, SortedSet<String>> courses = rivals.courses(scales(steps));
    List<MixPlan.Part> parts = new ArrayList<>(asked.parts());
    parts.set(both.get(0), elsewhere(content, rivals.sites()));
    parts.set(both.get(1), elsewhere(style, rivals.sites()));
    courses.forEach(
        (ofStyle, layers) -> {
          add(parts, content, layers, ofStyle, false);
          add(parts, style, layers, ofStyle, true);
        });
    return asked.parts(parts);
  }

  /** Factors of the style's numbers in each step. */
  private double[] scales(int steps) {
    double[] scales = new double[steps];
    for (int step = 0; step < steps; step++) {
      double scale = alpha * Weight.progress(step, steps) + beta;
      scales[step] = wraps ? scale % alpha : scale;
    }
    return scales;
  }

  /** An adapter where there is no choice: at layers of its own, and at the text encoders. */
  private static MixPlan.Part elsewhere(MixPlan.Part part, SortedSet<String> chosen) {
    SortedMap<String, Double> shares = new TreeMap<>(part.shares().bySite());
    chosen.forEach(site -> shares.put(site, 0.0));
    String before = part.shares().all() ? "" : part.shares().text() + ", ";
    String text = before + "but where k-lora chooses";
    return part.text(part.textWeight()).shares(new SiteWeights(text, shares));
  }

  /** An adapter at layers with one course, in the steps in which it is chosen, if there are any. */
  private static void add(
      List<MixPlan.Part> parts,
      MixPlan.Part part,
      SortedSet<String> layers,
      List<Boolean> ofStyle,
      boolean style) {
    int steps = ofStyle.size();
    List<Double> weights = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      weights.add(ofStyle.get(step) == style ? part.weight().at(step, steps) : 0);
    }
    if (weights.stream().allMatch(w -> w == 0)) {
      return;
    }
    SortedMap<String, Double> shares = new TreeMap<>();
    for (String site : part.adapter().sites().keySet()) {
      shares.put(site, layers.contains(site) ? part.shares().at(site) : 0.0);
    }
    String text = "k-lora at " + layers.size() + " layers";
    parts.add(part.text(0).weight(Weight.table(weights)).shares(new SiteWeights(text, shares)));
  }
}
