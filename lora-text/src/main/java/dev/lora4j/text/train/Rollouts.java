package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.RewardTable;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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
   * @param rewards of each, in the same order
   * @param sequences prompts with completions, of which the completions alone count
   */
  record Written(List<Rollout> rollouts, RewardTable rewards, List<TokenSequence> sequences) {}

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
        long own = SeededNoise.of(seed, DRAW, step, p, g).bits();
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
    RewardTable rewards = prompts.rewards().ask(new RewardRequest(rollouts, step));
    return new Written(rollouts, rewards, sequences);
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
}
