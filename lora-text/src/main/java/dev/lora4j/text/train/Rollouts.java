package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.align.GivenRewards;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Completions that a model with adapters writes, and their rewards. What it draws depends on seed,
 * step, prompt and number in the group alone.
 */
final class Rollouts {
  private static final long DRAW = 31;

  private final LanguageModel model;
  private final RewardedPrompts prompts;
  private final long seed;
  private final Set<Integer> ends;

  Rollouts(LanguageModel model, RewardedPrompts prompts, long seed) {
    this.model = model;
    this.prompts = prompts;
    this.seed = seed;
    this.ends = Set.copyOf(model.tokenizer().special().ends());
  }

  /**
   * Completions, those of a prompt side by side.
   *
   * @param scored in the same order, without what a reference takes away
   * @param sequences prompts with completions, of which the completions alone count
   */
  record Written(List<ScoredRollout> scored, List<TokenSequence> sequences) {
    /** Rewards, NaN where there is none. */
    double[] rewards() {
      return scored.stream().mapToDouble(s -> s.reward().orElse(Double.NaN)).toArray();
    }

    /** The same with what a reference takes away from rewards. */
    Written less(double[] costs) {
      return with(
          IntStream.range(0, costs.length)
              .mapToObj(
                  i -> {
                    ScoredRollout s = scored.get(i);
                    OptionalDouble left =
                        s.reward().isPresent()
                            ? OptionalDouble.of(s.reward().getAsDouble() - costs[i])
                            : s.reward();
                    return new ScoredRollout(s.rollout(), s.rewards(), left, s.advantage());
                  })
              .toList());
    }

    /** The same with advantages. */
    Written advantages(double[] all) {
      return with(
          IntStream.range(0, all.length)
              .mapToObj(
                  i -> {
                    ScoredRollout s = scored.get(i);
                    return new ScoredRollout(s.rollout(), s.rewards(), s.reward(), all[i]);
                  })
              .toList());
    }

    private Written with(List<ScoredRollout> others) {
      return new Written(others, sequences);
    }
  }

  /**
   * Writes completions of prompts and asks for their rewards.
   *
   * @param scope for what is needed on the way
   * @param step from 1; 0 for prompts that are held out
   * @param adapters of the model
   */
  Written of(Scope scope, List<TokenSequence> asked, long step, MixPlan adapters) {
    PolicySettings settings = prompts.settings();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < asked.size(); p++) {
      int[] ids = asked.get(p).ids();
      int room = Math.min(settings.maxNewTokens(), model.network().longest() - ids.length);
      for (int g = 0; g < settings.group(); g++) {
        long own = Double.doubleToLongBits(SeededNoise.of(seed, DRAW, step, p, g).uniform());
        requests.add(
            new GenerationRequest(
                ids, room, ends, settings.sampling(), own, adapters, token -> false));
      }
    }
    List<GeneratedTokens> grown =
        new TextGenerator(model.programs()).groups(scope, requests, settings.group());
    List<Rollout> rollouts = new ArrayList<>();
    List<TokenSequence> sequences = new ArrayList<>();
    for (int i = 0; i < grown.size(); i++) {
      TokenSequence prompt = asked.get(i / settings.group());
      rollouts.add(rollout(prompt, grown.get(i)));
      sequences.add(sequence(prompt, grown.get(i)));
    }
    return new Written(scored(rollouts, step), sequences);
  }

  private Rollout rollout(TokenSequence prompt, GeneratedTokens grown) {
    int[] all = grown.added();
    int[] text = grown.ended() ? Arrays.copyOf(all, all.length - 1) : all;
    return new Rollout(
        model.tokenizer().decode(prompt.ids(), false),
        model.tokenizer().decode(text, true),
        Arrays.stream(all).boxed().toList(),
        grown.ended(),
        prompts.line(prompt).columns());
  }

  private TokenSequence sequence(TokenSequence prompt, GeneratedTokens grown) {
    int begin = prompt.ids().length;
    int[] ids = Arrays.copyOf(prompt.ids(), begin + grown.added().length);
    System.arraycopy(grown.added(), 0, ids, begin, grown.added().length);
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, begin, ids.length, grown.ended() || !prompts.settings().maskCut());
    return new TokenSequence(ids, counted, new int[0], -1);
  }

  private List<ScoredRollout> scored(List<Rollout> rollouts, long step) {
    GivenRewards given = prompts.rewards().ask(new RewardRequest(rollouts, step));
    List<String> names = prompts.rewards().names();
    double[] combined = combined(given);
    List<ScoredRollout> all = new ArrayList<>();
    for (int i = 0; i < rollouts.size(); i++) {
      Map<String, OptionalDouble> own = new LinkedHashMap<>();
      for (int k = 0; k < names.size(); k++) {
        own.put(names.get(k), given.each().get(k).get(i));
      }
      OptionalDouble reward =
          Optional.of(combined[i])
              .filter(r -> !Double.isNaN(r))
              .map(OptionalDouble::of)
              .orElse(OptionalDouble.empty());
      all.add(new ScoredRollout(rollouts.get(i), own, reward, 0));
    }
    return all;
  }

  private double[] combined(GivenRewards given) {
    double[][] each =
        given.each().stream()
            .map(f -> f.stream().mapToDouble(r -> r.orElse(Double.NaN)).toArray())
            .toArray(double[][]::new);
    double[] weights =
        prompts.rewards().functions().stream().mapToDouble(f -> f.weight()).toArray();
    PolicySettings settings = prompts.settings();
    return settings.advantages().combined(each, weights, settings.group());
  }
}
