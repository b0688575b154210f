package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The mean of trainings that differ in their seed alone ("model soups", Wortsman et al. 2022). What
 * they have in common stays; effects of the order of pictures and of the noise weigh less. On the
 * bundled base the mean of three draws concepts outside its training more often than any of them.
 */
public final class MeanStyle {
  private MeanStyle() {}

  /**
   * The mean of the changes, not of the factors, cut to the greatest rank among them; with one
   * alone, that one. The losses are the means of each step.
   *
   * @param base what all were trained on
   * @param stored type of the factors
   * @throws IllegalArgumentException if there are none
   * @throws dev.lora4j.core.adapter.AdapterException if their method has no change of its own
   */
  public static TrainedStyle of(StableDiffusion base, List<TrainedStyle> runs, DType stored) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("There is no mean of no styles.");
    }
    TrainedStyle first = runs.get(0);
    if (runs.size() == 1) {
      return first;
    }
    List<Term> terms =
        runs.stream().map(run -> new Term(run.adapter(), 1.0 / runs.size())).toList();
    long rank =
        runs.stream().mapToLong(run -> Provenance.greatestRank(run.adapter())).max().orElse(1);
    Map<String, Site> sites =
        base.base().sites().all().stream()
            .collect(Collectors.toMap(Site::name, Function.identity()));
    try (Scope scope = base.scope().child("mean-style")) {
      Adapter mean =
          new LowRankAlgebra(scope, sites)
              .truncate(
                  first.adapter().name(), terms, RankRule.fixed(Math.toIntExact(rank)), stored)
              .adapter();
      List<Metadata> said =
          runs.stream().map(run -> new Metadata(run.adapter().metadata())).toList();
      Map<String, String> metadata = Provenance.averaged(said, mean).entries();
      return new TrainedStyle(mean.described(mean.name(), metadata), first.family(), losses(runs));
    }
  }

  private static List<Float> losses(List<TrainedStyle> runs) {
    int steps = runs.stream().mapToInt(run -> run.losses().size()).min().orElse(0);
    List<Float> means = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      int at = step;
      means.add((float) runs.stream().mapToDouble(run -> run.losses().get(at)).average().orElse(0));
    }
    return means;
  }
}
