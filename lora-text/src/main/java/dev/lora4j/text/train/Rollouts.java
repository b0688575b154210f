package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardContext;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.RewardTable;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.List;

/** Completions that a model with adapters writes, and their rewards. */
final class Rollouts {
  private final CompletionWriter writer;
  private final Rewards judges;

  /**
   * Writing of a run.
   *
   * @param owner of what reward functions open
   */
  Rollouts(Scope owner, LanguageModel model, RewardedPrompts prompts, long seed) {
    this.judges = prompts.rewards().open(new RewardContext(owner, model));
    PolicySettings how = prompts.settings();
    CompletionWriter.Manner manner =
        new CompletionWriter.Manner(
            how.sampling(),
            how.group(),
            how.maxNewTokens(),
            model.network().longest(),
            how.maskCut());
    this.writer = new CompletionWriter(model, prompts.sequences(), manner, seed);
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
    List<CompletionWriter.Written> all = writer.of(scope, asked, step, adapters);
    List<Rollout> rollouts = all.stream().map(CompletionWriter.Written::rollout).toList();
    RewardTable rewards = judges.ask(new RewardRequest(rollouts, step));
    return new Written(
        rollouts, rewards, all.stream().map(CompletionWriter.Written::sequence).toList());
  }
}
